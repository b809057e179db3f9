"""What a command wrote into a folder, by its checksums: whether a person has changed any of it since."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from eventwindow.errors import StudyError
from eventwindow.prices.bundled import sha256_of

SEAL = "SHA256SUMS"  # as `sha256sum --check` reads it


def seal(folder: Path, apart: Collection[str]) -> None:
    """Write the checksums of what the folder holds, but for what is made from it: the entries `apart`."""
    lines = (f"{told}  {name}\n" for name, told in _sums(folder, apart).items())
    (folder / SEAL).write_text("".join(lines), encoding="utf-8", newline="\n")


def check_unchanged(folder: Path, apart: Collection[str], again: str) -> None:
    """Raises StudyError where the folder holds anything that no command wrote: it is not written over then.

    `again` is the command that runs what a person has corrected.
    """
    if not (folder / SEAL).is_file():
        raise StudyError(f"{folder} exists already", remedy="Give another folder with --out, or remove this one first.")
    sums = (line.split("  ", 1) for line in (folder / SEAL).read_text(encoding="utf-8").splitlines())
    written = {name: told for told, name in (line for line in sums if len(line) == 2)}
    held = _sums(folder, apart)
    changed = sorted(name for name in {*written, *held} if written.get(name) != held.get(name))
    if changed:
        raise StudyError(
            f"{folder} was changed since it was written: {', '.join(changed)}",
            remedy=f"Judge what you corrected with: {again}\nTo read the article anew, give another folder with --out.",
        )


def _sums(folder: Path, apart: Collection[str]) -> dict[str, str]:
    """The checksum of each file by its path within the folder, without those that a system hides."""
    sums = {}
    for path in sorted(folder.rglob("*")):
        within = path.relative_to(folder)
        hidden = any(part.startswith(".") for part in within.parts)
        if path.is_file() and not hidden and within.parts[0] not in {SEAL, *apart}:
            sums[within.as_posix()] = sha256_of(path)
    return sums
