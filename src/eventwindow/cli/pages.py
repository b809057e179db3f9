"""What comes with the package: its pages and schemas, which messages name by topic, and its studies."""

import argparse
import sys
from pathlib import Path

from eventwindow.errors import StudyError
from eventwindow.study.library import new_study, shipped_studies

PACKAGE = Path(__file__).parents[1]
FOLDERS = (PACKAGE / "docs", PACKAGE.parents[1] / "docs")  # in a wheel; beside the sources


def topics() -> dict[str, Path]:
    """Topic → file: every page by its name, every schema as `NAME.schema`."""
    folder = next((folder for folder in FOLDERS if (folder / "index.md").is_file()), FOLDERS[0])
    files = [*folder.glob("*.md"), *folder.glob("*.schema.json")]
    return {path.name.removesuffix(".json").removesuffix(".md"): path for path in sorted(files)}


def help_command(options: argparse.Namespace) -> None:
    """Print one page as it is written, set where a person reads it in a terminal; without a topic, the list of them."""
    pages, topic = topics(), options.topic
    if topic is None:
        print(*(f"{name:18} {_title(path)}" for name, path in pages.items()), sep="\n")
        return
    path = pages.get(topic.removeprefix("docs/").removesuffix(".md").removesuffix(".json").lower())
    if path is None:
        raise StudyError(f"there is no page {topic!r}", remedy=f"The pages are {', '.join(pages)}.")
    text = path.read_text(encoding="utf-8")
    if sys.stdout.isatty() and path.suffix == ".md":
        from rich.console import Console
        from rich.markdown import Markdown

        Console().print(Markdown(text))
    else:
        print(text, end="")


def _title(path: Path) -> str:
    if path.suffix == ".json":
        return "JSON schema for editors"
    return next((line.lstrip("# ") for line in path.read_text(encoding="utf-8").splitlines() if line[:1] == "#"), "")


def list_command(_: argparse.Namespace) -> None:
    for name, title in shipped_studies().items():
        print(f"{name}  {title}")


def new_command(options: argparse.Namespace) -> None:
    folder = new_study(Path(options.name))
    print(f"wrote {folder}/: study.toml, claims.toml, figures/daily.csv\nrun it with: eventwindow run {folder}")
