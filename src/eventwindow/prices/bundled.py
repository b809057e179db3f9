"""The figures that lie in a study's folder `figures/`: daily prices and the further tables its claims rest on.

A table is `NAME.parquet`, `NAME.csv`, `NAME.xlsx` or another form that `tables` reads. Those written by
scripts/ship_figures.py hold whole numbers and say in their metadata how to read them; a user's own hold plain numbers.
What `manifest.json` lists is held to its checksum.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from eventwindow.calendars.dates import Rows
from eventwindow.calendars.exchange import Calendar
from eventwindow.errors import PriceError, Reason, check_file, stands
from eventwindow.prices.history import Answers, PriceHistory, Unavailable, history_frame
from eventwindow.prices.study_tables import shaped, study_table
from eventwindow.prices.tables import ENDINGS, LARGEST, is_parquet, parquet_file, reading_parquet, with_texts

TABLES = ("shares", "megacaps", "panel", "weights", "factors", "intraday")


class ShippedFigures:
    """The source "shipped": histories from the daily table of one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fetch(self, symbols: list[str], start: pd.Timestamp, end: pd.Timestamp) -> Answers:
        """The shipped history of each symbol between two dates, both included."""
        held = shipped_histories(self.folder, symbols)
        found: dict[str, PriceHistory | Unavailable] = {}
        for symbol in symbols:
            history = held.get(symbol)
            frame = None if history is None else history.frame.loc[start:end]
            if history is None or frame is None or frame.empty:
                why = "not_shipped" if history is None else "not_shipped_then"
                found[symbol] = Unavailable(symbol, Reason(why), known=history is not None)
            else:
                found[symbol] = PriceHistory(symbol, frame, "shipped", history.note)
        return found


def shipped_histories(folder: Path, symbols: Iterable[str] | None = None) -> dict[str, PriceHistory]:
    """Daily prices of every symbol held (or of those asked for) in the folder's table `daily`."""
    path = _table_path(folder, "daily")
    if path is None:
        return {}
    check_sums(folder, [path.name])
    meaning = _meaning(path)
    if not meaning:
        wanted = None if symbols is None else set(symbols)
        frames = {s: f for s, f in _own(path, _stamp(path)).items() if wanted is None or s in wanted}
    else:
        frames = _split(_read_parquet(path, meaning), symbols)
    return {symbol: PriceHistory(symbol, frame, "shipped", _close_note(frame)) for symbol, frame in frames.items()}


@lru_cache(maxsize=1)
def _own(path: Path, _: tuple[int, ...]) -> dict[str, pd.DataFrame]:
    """The prices of a user's own table as it stands: a run asks for them three times."""
    from eventwindow.prices.files import read_prices

    return read_prices(path)


def _stamp(path: Path) -> tuple[int, ...]:
    """Another one when a file is another or was written again."""
    at = path.stat() if path.is_file() else None
    return (at.st_ino, at.st_mtime_ns, at.st_size) if at else ()


def shipped_tables(folder: Path, names: Iterable[str] = TABLES, zone: str | None = None) -> dict[str, pd.DataFrame]:
    """The further tables that the folder holds, by name; `zone` is that of bars whose stamps name none.

    shares: symbol, as_of, shares, source, note. megacaps: date, symbol, close. panel: adjusted closes, date × symbol.
    weights: date, index, symbol, weight, source. factors: decimals, indexed by date. intraday: start (UTC), symbol,
    open, high, low, close, volume.
    """
    paths = {name: path for name in names if (path := _table_path(folder, name)) is not None}
    check_sums(folder, [path.name for path in paths.values()])
    return {
        name: shaped(name, _read_parquet(path, held), Rows(path.name))
        if (held := _meaning(path))
        else study_table(name, path, zone)
        for name, path in paths.items()
    }


def check_sums(folder: Path, names: Iterable[str] | None = None) -> dict[str, str]:
    """The SHA-256 of each figure that the manifest lists; raises where a file is missing or not the one listed."""
    manifest = folder / "manifest.json"
    if not stands(manifest):
        return {}
    try:
        check_file(manifest, LARGEST, PriceError)
        listed: dict[str, str] = dict(json.loads(manifest.read_text(encoding="utf-8"))["sha256"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise PriceError(f"not a manifest of figures ({error})", where=str(manifest), remedy=_REINSTALL) from None
    wanted = set(listed if names is None else names)
    for name, expected in listed.items():
        if Path(name).name != name:
            raise PriceError(f"{name!r} leads out of the folder", where=str(manifest), remedy=_REINSTALL)
        if name in wanted:
            _check_sum(folder / name, expected)
    return {name: digest for name, digest in listed.items() if name in wanted}


_REINSTALL = "Install the package again, or write the figures anew with scripts/ship_figures.py."


def _check_sum(path: Path, expected: str) -> None:
    if not path.is_file():
        raise PriceError("this shipped figure is missing", where=str(path), remedy=_REINSTALL)
    if (found := sha256_of(path)) != expected:
        what = f"damaged: its SHA-256 is {found[:12]}…, the manifest says {expected[:12]}…"
        raise PriceError(what, where=str(path), remedy=_REINSTALL)


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _table_path(folder: Path, name: str) -> Path | None:
    """The file of that table, whatever its form; two of them are an error, for one would be read in silence."""
    paths = [path for path in sorted(folder.glob(f"{name}.*")) if path.suffix.lower() in ENDINGS]
    if len(paths) > 1:
        raise PriceError(f"{paths[0].name} and {paths[1].name}", where=folder.name, remedy="Keep one of the two.")
    return paths[0] if paths else None


def _meaning(path: Path) -> dict[str, Any]:
    """How to read its numbers, as a Parquet file of ours says; nothing of any other file."""
    if not is_parquet(path):
        return {}
    metadata = parquet_file(path).schema_arrow.metadata or {}
    try:
        return dict(json.loads(metadata.get(b"eventwindow", b"{}")))
    except (ValueError, TypeError, RecursionError) as error:
        raise PriceError(f"not a Parquet file ({error})", where=str(path), remedy="Write it again.") from None


def _read_parquet(path: Path, meaning: Mapping[str, Any]) -> pd.DataFrame:
    """A Parquet table with its whole numbers turned back into prices."""
    import pyarrow as pa

    file = parquet_file(path)
    with reading_parquet(path):
        table: pd.DataFrame = with_texts(file.read(), path).to_pandas(date_as_object=False, strings_to_categorical=True)
    pa.default_memory_pool().release_unused()  # what it was read with: a run's processes would each count it
    for column, scale in meaning.get("divide", {}).items():
        table[column] = table[column].to_numpy(dtype=float) / scale
    if meaning and "start" in table and table["start"].dt.tz is None:  # our own files hold moments in UTC
        table["start"] = table["start"].dt.tz_localize("UTC")
    if "exp" in meaning:
        table = table.set_index("date")
        table = np.exp(table.astype(float) * meaning["exp"])
    return table


def _split(table: pd.DataFrame, symbols: Iterable[str] | None) -> dict[str, pd.DataFrame]:
    """A long table sorted by symbol and date → a frame a symbol."""
    codes = table["symbol"].cat.codes.to_numpy()
    starts = np.flatnonzero(np.r_[True, codes[1:] != codes[:-1]])
    ends = np.r_[starts[1:], len(codes)]
    names = np.asarray(table["symbol"].cat.categories)[codes[starts]]
    wanted = set(names) if symbols is None else set(symbols)
    body = history_frame(table.drop(columns="symbol").set_index("date"))
    return {str(n): body.iloc[a:b] for n, a, b in zip(names, starts, ends, strict=True) if n in wanted}


def _close_note(frame: pd.DataFrame) -> Reason | None:
    held = frame["close"].notna()
    if not held.any():
        return Reason("adjusted_closes_only")
    first = frame.index[int(held.to_numpy().argmax())]
    return None if held.iloc[0] else Reason("adjusted_closes_only_before", day=f"{first.date()}")


NAME = "calendars.json"


def shipped_calendars(figures: Path, start: date, end: date) -> dict[str, Calendar]:
    """Exchange (MIC) → its sessions from `start` to `end`, where the study ships them for just that span; else none.

    The file holds `from`, `to` and a list of calendars: mic, exchanges that keep it, zone, sessions, and opens and
    closes in UTC. scripts/ship_figures.py writes it from the calendar library.
    """
    path = figures / NAME
    if not stands(path):
        return {}
    check_sums(figures, [NAME])
    try:
        check_file(path, LARGEST, PriceError)
        held = json.loads(path.read_text(encoding="utf-8"))
        if (held["from"], held["to"]) != (str(start), str(end)):
            return {}
        return {name: calendar for one in held["calendars"] for name, calendar in _named(one)}
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise PriceError(f"no file of calendars ({error})", where=str(path), remedy="Remove it.") from None


def _named(one: dict[str, list[str]]) -> list[tuple[str, Calendar]]:
    sessions, opens, closes = (pd.DatetimeIndex(pd.to_datetime(one[k])) for k in ("sessions", "opens", "closes"))
    calendar = Calendar(
        str(one["mic"]),
        sessions.as_unit("ns"),
        opens.tz_localize("UTC").as_unit("ns"),
        closes.tz_localize("UTC").as_unit("ns"),
        str(one["zone"]),
    )
    return [(name, calendar) for name in one["exchanges"]]
