"""The parts of a release that a person gets wrong by hand; docs/release.md says when each is run.

python scripts/release.py prepare 0.2.0 2026-05-31   # version and date into the package and CITATION.cff
python scripts/release.py address https://…          # where the project lives into pyproject.toml and CITATION.cff
python scripts/release.py tag v0.2.0                 # exit 1 unless everything names this version and an address
python scripts/release.py notes v0.2.0               # what CHANGELOG.md says of it
"""

from __future__ import annotations

import re
import sys
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).parents[1]
VERSION = re.compile(r"\d+\.\d+\.\d+((a|b|rc)\d+)?")
PLACES = {
    "src/eventwindow/__init__.py": re.compile(r'^__version__ = "(.*)"$', re.MULTILINE),
    "CITATION.cff": re.compile(r"^version: (.*)$", re.MULTILINE),
}


def text(root: Path, file: str) -> str:
    return (root / file).read_text(encoding="utf-8")


def prepare(root: Path, version: str, day: str) -> None:
    """Write the version, and the day of the release, wherever they stand."""
    if not VERSION.fullmatch(version):
        raise SystemExit(f"release: {version!r} is no version such as 0.2.0 or 0.2.0rc1.")
    if date.fromisoformat(day).isoformat() != day:
        raise SystemExit(f"release: {day!r} is no date such as 2026-05-31.")
    for file, place in PLACES.items():
        old = text(root, file)
        if len(place.findall(old)) != 1:
            raise SystemExit(f"release: {file} does not name one version.")
        new = place.sub(lambda found: found[0].replace(found[1], version), old)
        if file == "CITATION.cff":
            new = re.sub(r"^date-released: .*\n", "", new, flags=re.MULTILINE)
            new = place.sub(lambda found: f"{found[0]}\ndate-released: {day}", new)
        (root / file).write_text(new, encoding="utf-8", newline="\n")


def address(root: Path, url: str) -> None:
    """Write where the project lives: the links of its package page, and the repository that a citation names."""
    parts = urlsplit(url := url.rstrip("/"))
    if parts.scheme != "https" or "." not in parts.netloc or not re.fullmatch(r"(/[\w.-]+){2,}", parts.path):
        raise SystemExit(
            f"release: {url!r} is no address of a repository such as https://forge.example/team/eventwindow."
        )
    pages = {
        "Source": "",
        "Issues": "/issues",
        "Changelog": "/blob/main/CHANGELOG.md",
        "Documentation": "/blob/main/docs/index.md",
    }
    links = "".join(f'{name} = "{url}{page}"\n' for name, page in pages.items())
    for file, old, new, before in (
        (
            "pyproject.toml",
            r"\[project\.urls\]\n(.+\n)*\n",
            f"[project.urls]\n{links}\n",
            "[project.optional-dependencies]\n",
        ),
        ("CITATION.cff", r"repository-code: .*\n", f'repository-code: "{url}"\n', "keywords: "),
    ):
        kept = re.sub(rf"^{old}", "", text(root, file), flags=re.MULTILINE)
        if kept.count(f"\n{before}") != 1:
            raise SystemExit(f"release: {file} has no {before.strip()!r} before which the address could stand.")
        (root / file).write_text(kept.replace(f"\n{before}", f"\n{new}{before}"), encoding="utf-8", newline="\n")


def sections(root: Path) -> dict[str, str]:
    """The sections of the changelog, by their headings: `0.2.0 (2026-05-31)`."""
    parts = re.split(r"^## (.+)\n", text(root, "CHANGELOG.md"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def faults(root: Path, tag: str) -> list[str]:
    """What does not go together with a tag."""
    version = tag.removeprefix("v")
    found = [
        f"{file} says {named}, the tag {version}"
        for file, place in PLACES.items()
        for named in place.findall(text(root, file))
        if named != version
    ]
    dated = re.findall(r"^date-released: (.+)$", text(root, "CITATION.cff"), re.MULTILINE)
    if len(dated) != 1:
        found.append("CITATION.cff has no date-released")
    elif f"{version} ({dated[0]})" not in sections(root):
        found.append(f"CHANGELOG.md has no section '## {version} ({dated[0]})'")
    if "\n[project.urls]\n" not in text(root, "pyproject.toml") or "\nrepository-code: " not in text(
        root, "CITATION.cff"
    ):
        found.append(
            "pyproject.toml and CITATION.cff do not both say where the project lives: `release.py address URL`"
        )
    if any("unreleased" in heading for heading in sections(root)):
        found.append("CHANGELOG.md has a section that calls itself unreleased")
    left = sorted(path.name for path in (root / "changelog.d").glob("*.md") if path.name != "README.md")
    if left:
        found.append(f"changelog.d still holds {', '.join(left)}")
    return found


def notes(root: Path, tag: str) -> str:
    """The text of the changelog on one release."""
    version = tag.removeprefix("v")
    found = [body for heading, body in sections(root).items() if heading.split(" ")[0] == version]
    if len(found) != 1:
        raise SystemExit(f"release: CHANGELOG.md has {len(found)} sections on {version}.")
    return found[0].strip()


def main(command: str, *arguments: str) -> int:
    if command == "prepare":
        prepare(ROOT, *arguments)
    elif command == "address":
        address(ROOT, *arguments)
    elif command == "tag":
        found = faults(ROOT, *arguments)
        print("\n".join(f"release: {fault}" for fault in found) or f"release: everything names {arguments[0]}")
        return 1 if found else 0
    elif command == "notes":
        print(notes(ROOT, *arguments))
    else:
        raise SystemExit(__doc__)
    return 0


if __name__ == "__main__":
    sys.exit(main(*(sys.argv[1:] or ["help"])))
