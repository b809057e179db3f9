"""What comes with the package: its pages and schemas, which messages name by topic, and its studies."""

import argparse
import importlib
import inspect
import re
import sys
from pathlib import Path

from eventwindow.errors import StudyError
from eventwindow.study.library import new_study, shipped_studies

PACKAGE = Path(__file__).parents[1]
FOLDERS = (PACKAGE / "docs", PACKAGE.parents[1] / "docs")  # in a wheel; beside the sources

_DOCUMENTED = re.compile(r"^::: ([\w.]+)$", re.MULTILINE)  # where the site puts a name's documentation


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
    text = _DOCUMENTED.sub(lambda found: documented(found[1]), path.read_text(encoding="utf-8"))
    if sys.stdout.isatty() and path.suffix == ".md":
        from rich.console import Console
        from rich.markdown import Markdown

        Console().print(Markdown(text))
    else:
        print(text, end="")


def documented(name: str) -> str:
    """What the site shows of a name, in short: its signature and the first lines of its docstring."""
    module, _, own = name.rpartition(".")
    thing = getattr(importlib.import_module(module), own)
    first = (inspect.getdoc(thing) or "").partition("\n\n")[0]
    called = f"{own}{_bare(inspect.signature(thing))}" if callable(thing) else own
    return f"```python\n{called}\n```\n\n{first}"


def _bare(signature: inspect.Signature) -> inspect.Signature:
    """Names and defaults; types stand in the docstring, which the site prints whole."""
    plain = [p.replace(annotation=inspect.Parameter.empty) for p in signature.parameters.values()]
    return signature.replace(parameters=plain, return_annotation=inspect.Signature.empty)


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
