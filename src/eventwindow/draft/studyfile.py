"""The folder of a study of listings, as `quick` and `verify` write it: study.toml, and the figures that ship."""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from eventwindow.draft.chinese import simplified
from eventwindow.draft.entries import Entry
from eventwindow.draft.listings import Home
from eventwindow.errors import PriceError, StudyError, catalogue
from eventwindow.study.definition import Study
from eventwindow.study.library import shipped_figures, shipped_shares, shipped_weights

WRITTEN = {"en": "en", "zh": "zh-Hant"}  # keys of a study and the languages of their words
EVENT = "day"
Made = TypeVar("Made")


def both(stem: str, key: str, **values: object) -> Entry:
    """A key of a study in the languages that a study is written in."""
    return {f"{stem}_{code}": catalogue(of).text(key, **values) for code, of in WRITTEN.items()}


def head_tables(study: Entry, windows: Mapping[str, Any], event: Entry) -> Iterator[str]:
    """The study with its one event, which leads it and is called by its day, and its windows."""
    called = {f"title_{code}": catalogue(of).day(event["date"]) for code, of in WRITTEN.items()}
    yield toml_table("[study]", study | {"headline": EVENT})
    yield toml_table("[windows]", dict(windows))
    yield toml_table("[[events]]", {"id": EVENT} | event | called | {"session": "next"})


def security_table(home: Home, **more: str) -> str:
    """A listing as a security of the study."""
    told: Entry = {"symbol": home.symbol, "exchange": home.exchange, "currency": home.currency, "name_en": home.name}
    told |= {"name_zh": home.name_zh} if home.name_zh else {}
    return toml_table("[[securities]]", told | more)


def without_lacking(make: Callable[[frozenset[str]], Made], folder: Path, needed: Collection[str] = ()) -> Made:
    """What `make` makes in the folder, made again without the symbols that have no prices.

    Raises PriceError where one of those that are `needed` has none.
    """
    lacking = frozenset[str]()
    while True:
        try:
            return make(lacking)
        except StudyError as error:
            shutil.rmtree(folder, ignore_errors=True)
            unknown = frozenset(error.symbols if isinstance(error, PriceError) else ()) - lacking
            if not unknown or unknown & {*needed}:
                raise
            lacking |= unknown


def toml_table(head: str, values: Entry) -> str:
    """A table of TOML under its head, `[name]` or `[[name]]`."""
    return f"{head}\n" + "".join(f"{key} = {_toml(value)}\n" for key, value in values.items())


def _toml(value: Any) -> str:
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, int):
        return f"{value:_}"
    return str(value)


def keep_figures(study: Study) -> None:
    """Keep the figures that ship for these symbols beside the study, for where Yahoo cannot be reached."""
    if text := shipped_figures(study.symbols):
        write_text(study.folder / "figures" / "daily.csv", text)
    if shares := shipped_shares(study.symbols):
        write_text(study.folder / "figures" / "shares.csv", shares)
    if treated := study.file.robustness.treated:
        write_text(study.folder / "figures" / "weights.csv", shipped_weights(treated)[-1])


def write_text(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def keep_simplified(folder: Path) -> None:
    """Keep the Chinese texts of the study in Simplified characters beside it, as those that ship have them."""
    if texts := chinese_texts(folder):
        write_text(folder / "locale" / "zh_Hans.po", simplified_catalogue(texts, simplified))


def chinese_texts(folder: Path) -> list[str]:
    """The Chinese texts of a study's files, in order."""
    tables = [tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.toml"))]
    return sorted(set(_chinese(tables)))


def simplified_catalogue(texts: Iterable[str], write: Callable[[str], str], header: str = "") -> str:
    """A catalogue of the texts, each as `write` has it in Simplified Chinese."""
    import polib

    held = polib.POFile(wrapwidth=0)
    held.header, held.metadata = header, {"Language": "zh_Hans", "Content-Type": "text/plain; charset=UTF-8"}
    held.extend(polib.POEntry(msgid=text, msgstr=write(text)) for text in texts)
    return str(held).rstrip("\n") + "\n"


def _chinese(value: Any) -> Iterator[str]:
    """Texts under keys that end in _zh."""
    if isinstance(value, list):
        yield from (text for one in value for text in _chinese(one))
    elif isinstance(value, dict):
        yield from (held for key, held in value.items() if key.endswith("_zh") and held)
        yield from (text for held in value.values() for text in _chinese(held))
