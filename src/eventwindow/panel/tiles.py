"""Parquet, CSV or a folder of files → a file of tiles, streamed: the panel is never in memory as a whole."""

import hashlib
import json
import os
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from eventwindow.calendars.dates import Rows, check_sessions, iso_days
from eventwindow.errors import PriceError
from eventwindow.estimation.event_time import check_securities
from eventwindow.estimation.numbers import numbers_of
from eventwindow.panel.source import (
    TILE,
    Checked,
    Own,
    TiledPanel,
    checked,
    halts_beside,
    stocks_among,
)
from eventwindow.prices.files import file_symbol
from eventwindow.prices.tables import (
    ENDINGS,
    INDEX,
    canonical,
    head_of,
    is_parquet,
    parquet_file,
    pieces,
    reading_parquet,
    with_texts,
)

DATE, SECURITY = ("date", "day", "index_level_0"), ("security", "firm", "symbol", "ticker", "permno")
VALUE = {"returns": ("return", "returns", "ret"), "prices": ("adj_close", "close", "price", "prc")}
# Dates, securities, values where they are asked for, and the place of a row.
Batch = tuple[Any, Any, np.ndarray[Any, Any] | None, Callable[[int], str]]
ROWS = 1 << 20  # of a long table at a time


def staged_panel(path: Path, folder: Path, kind: str = "simple", own: Own | None = None) -> TiledPanel:
    """The panel at `path` as tiles in `folder`; an earlier run's tiles of the same file are taken as they are.

    Wide tables hold a column a security beside `date`; long ones a row a date and security. A folder holds a file a
    security, or files of one long table. Figures are prices where `own` is given, as in `frame_panel`; a day that only
    benchmarks hold is no session.
    """
    files = _files(path)
    identity = _checksum(files, _made_by(kind, own))
    tiles, meta = folder / f"panel-{identity[:16]}.f64", folder / f"panel-{identity[:16]}.json"
    if not (meta.is_file() and halts_beside(tiles).is_file()):
        folder.mkdir(parents=True, exist_ok=True)
        _stage(path, files, tiles, meta, kind, own)
    known = json.loads(meta.read_text(encoding="utf-8"))
    sessions = pd.DatetimeIndex(np.array(known["sessions"], "M8[D]").astype("M8[s]"))
    spans, odd = (np.array(known.get(name, []), np.int64) for name in ("spans", "displaced"))
    return TiledPanel(sessions, pd.Index(known["securities"]), spans, odd.reshape(-1, 3), identity, tiles)


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    files = sorted(f for f in path.glob("*") if f.suffix.lower() in ENDINGS) if path.is_dir() else []
    if not files:
        raise PriceError(f"there is no panel at {path.name}.", remedy="Give a table, or a folder of them.")
    return files


def _made_by(kind: str, own: Own | None) -> str:
    """What the tiles of the same files differ by."""
    if own is None:
        return "returns"
    told = [own.exchanges, sorted(own.benchmarks)] if own.benchmarks else own.exchanges
    return "prices" + ("log" if kind == "log" else "") + (json.dumps(told, sort_keys=True) if told else "")


def _checksum(files: list[Path], made_by: str) -> str:
    digest = hashlib.sha256(made_by.encode())
    for file in files:
        head_of(file)
        digest.update(file.name.encode())
        with file.open("rb") as stream:
            digest.update(hashlib.file_digest(stream, "sha256").digest())
    return digest.hexdigest()


def _stage(path: Path, files: list[Path], tiles: Path, meta: Path, kind: str, own: Own | None) -> None:
    """Write the tiles beside their final name, then what they hold: a file of tiles without it does not count."""
    fresh = tiles.with_suffix(f".{os.getpid()}")
    try:
        with reading_parquet(path):
            sessions, securities = _laid(path, files, fresh, "returns" if own is None else "prices")
        found = _finish(fresh, sessions, securities, own, kind=kind, where=path.name)
        np.save(halts_beside(fresh), found.halts)
        halts_beside(fresh).replace(halts_beside(tiles))
        fresh.replace(tiles)
    finally:
        fresh.unlink(missing_ok=True)
        halts_beside(fresh).unlink(missing_ok=True)
    told = {"sessions": [f"{day:%Y-%m-%d}" for day in sessions], "securities": [*map(str, securities)]}
    told |= {"spans": found.spans.tolist(), "displaced": found.displaced.tolist()}
    part = meta.with_suffix(f".{os.getpid()}")
    part.write_text(json.dumps(told), encoding="utf-8")
    part.replace(meta)


def _laid(path: Path, files: list[Path], fresh: Path, values: str) -> tuple[pd.DatetimeIndex, pd.Index]:
    """The figures as they stand, in tiles; sessions and securities."""
    if is_parquet(files[0]):
        given = [
            name for name in parquet_file(files[0]).schema_arrow.names if name in DATE or not INDEX.fullmatch(name)
        ]
    else:
        given = list(next(pieces(files[0], 5)).header)
    names = [canonical(name) for name in given]
    date = _one_of(DATE, names, files[0])
    long = next((name for name in SECURITY if name in names), "")
    if long or path.is_dir():
        return _from_long(files, fresh, (date, long, _value(values, names, files[0])))
    if twice := [name for i, name in enumerate(given) if name in given[:i]]:
        raise PriceError(f"two columns {twice[0]!r}", where=files[0].name, remedy="Keep one of the two.")
    if is_parquet(path):
        return _from_wide_parquet(path, fresh, given[names.index(date)])
    return _from_wide_text(path, fresh, names.index(date))


def _value(values: str, names: Sequence[str], file: Path) -> str:
    """The column of returns or of prices; where the file holds the other of the two, that is said."""
    other = "prices" if values == "returns" else "returns"
    held = next((name for name in VALUE[other] if name in names), "")
    if held and not set(VALUE[values]) & set(names):
        remedy = f'Set values = "{other}".'
        raise PriceError(f"the panel holds {held!r}: {other}, not {values}", where=file.name, remedy=remedy)
    return _one_of(VALUE[values], names, file)


def _one_of(wanted: Sequence[str], names: Sequence[str], file: Path) -> str:
    for name in wanted:
        if name in names:
            return name
    there = ", ".join(map(repr, names[:9]))
    remedy = f"Add it, or name the one that holds it {' or '.join(wanted[:3])}."
    raise PriceError(f"the panel lacks a column {wanted[0]!r} (there are {there})", where=file.name, remedy=remedy)


def _days(column: Any, place: Callable[[int], str]) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(iso_days(column, place, PriceError).astype("M8[s]"))


def _from_wide_parquet(path: Path, fresh: Path, date: str) -> tuple[pd.DatetimeIndex, pd.Index]:
    """Column group by column group."""
    file = parquet_file(path)
    sessions = _days(with_texts(file.read([date]), path)[date].to_pandas(), Rows(path.name).at)
    securities = pd.Index([name for name in file.schema_arrow.names if name != date and (not INDEX.fullmatch(name))])
    with fresh.open("wb") as out:
        for i in range(0, len(securities), TILE):
            table = with_texts(file.read(list(securities[i : i + TILE])), path)
            tile = np.full((len(sessions), TILE), np.nan)
            for j, column in enumerate(table.columns):
                tile[:, j] = _floats(column, securities[i + j], path)
            out.write(tile.tobytes())
    return sessions, securities


def _floats(column: Any, name: str, path: Path) -> np.ndarray:
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        plain = column if pa.types.is_float64(column.type) else pc.cast(column, pa.float64())
        return np.asarray(plain.to_numpy(), float)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return numbers_of(column.to_pandas().rename(name), Rows(path.name).at)


def _from_wide_text(path: Path, fresh: Path, date: int) -> tuple[pd.DatetimeIndex, pd.Index]:
    """Piece by piece, twice: dates are read first, to know where the tiles begin."""
    days, lines = list[object](), list[int]()
    for cells in pieces(path):
        days += cells.columns[date]
        lines += cells.lines
    header, unit = cells.header, cells.unit
    securities = pd.Index([name.strip() for i, name in enumerate(header) if i != date])
    sessions = _days(days, Rows(path.name, unit, lines).at)
    tiles, at = _empty(fresh, len(sessions), len(securities)), 0
    for cells in pieces(path):
        columns = cells.numbers([i for i in range(len(header)) if i != date])
        for i, column in enumerate(columns):
            tiles[i // TILE, at : at + len(column), i % TILE] = column
        at += len(cells.lines)
    return sessions, securities


def _from_long(files: list[Path], fresh: Path, names: tuple[str, str, str]) -> tuple[pd.DatetimeIndex, pd.Index]:
    """Batch by batch, twice: first which dates and securities there are, then where each figure goes."""
    days, firms, rows = set[Any](), set[Any](), 0
    for batch in _batches(files, (*names[:2], "")):
        days.update(batch["date"].unique())
        firms.update(batch["security"].unique())
        rows += len(batch)
    sessions, securities = pd.DatetimeIndex(sorted(days)), pd.Index(sorted(firms, key=str))
    if rows > len(sessions) * len(securities):
        for error in _repeats(files, names, sessions, securities):
            raise error
    _empty(fresh, len(sessions), len(securities))
    written = 0
    for batch in _batches(files, names):
        tiles = np.memmap(fresh, np.float64, "r+", shape=(_tiles(len(securities)), len(sessions), TILE))
        batch = batch[batch["value"].notna()]  # noqa: PLW2901
        row, column = sessions.get_indexer(pd.Index(batch["date"])), securities.get_indexer(pd.Index(batch["security"]))
        tiles[column // TILE, row, column % TILE] = batch["value"].to_numpy(float)
        written += len(batch)
    tiles = np.memmap(fresh, np.float64, "r", shape=(_tiles(len(securities)), len(sessions), TILE))
    if sum(int((~np.isnan(tile)).sum()) for tile in tiles) != written:
        raise next(_repeats(files, names, sessions, securities))
    return sessions, securities.astype(str)


def _repeats(
    files: list[Path], names: tuple[str, str, str], sessions: pd.DatetimeIndex, securities: pd.Index
) -> Iterator[PriceError]:
    """Each date of a security that stands in a long panel twice, as an error."""
    seen = np.zeros(len(sessions) * len(securities), bool)
    for file in files:
        for batch in _batches([file], names):
            held = batch[batch["value"].notna()]
            at = sessions.get_indexer(pd.Index(held["date"])) * len(securities)
            at += securities.get_indexer(pd.Index(held["security"]))
            again = pd.Series(at).duplicated().to_numpy() | seen[at]
            seen[at] = True
            for date, security in zip(held["date"][again], held["security"][again], strict=True):
                what = f"{str(security)!r} has two rows for {date:%Y-%m-%d}"
                yield PriceError(what, where=file.name, remedy="Keep one of the two.")


def _batches(files: list[Path], names: tuple[str, str, str]) -> Iterator[pd.DataFrame]:
    """Frames of date, security, value; the file's name stands for the security where no column does."""
    for file in files:
        read = _parquet_batches(file, names) if is_parquet(file) else _text_batches(file, names)
        for date, who, value, place in read:
            names_of = pd.Series(file_symbol(file), range(len(date))) if who is None else pd.Series(list(who))
            if (nobody := (names_of.isna() | (names_of == "")).to_numpy()).any():
                where = place(int(nobody.argmax()))
                raise PriceError("a row without a security", where=where, remedy="Name the security.")
            yield pd.DataFrame({"date": _days(date, place), "security": names_of, "value": value})


def _text_batches(file: Path, names: tuple[str, str, str]) -> Iterator[Batch]:
    for cells in pieces(file):
        date, security, value = (cells.names.index(_one_of((n,), cells.names, file)) if n else -1 for n in names)
        who = None if security < 0 else cells.columns[security]
        yield cells.columns[date], who, cells.numbers([value])[0] if value >= 0 else None, cells.rows.at


def _parquet_batches(file: Path, names: tuple[str, str, str]) -> Iterator[Batch]:
    held = parquet_file(file)
    given = held.schema_arrow.names
    there = {canonical(name): name for name in given}
    date, security, value = (there[_one_of((n,), list(there), file)] if n else "" for n in names)
    if twice := [name for name in (date, security, value) if given.count(name) > 1]:
        raise PriceError(f"two columns {twice[0]!r}", where=file.name, remedy="Keep one of the two.")
    first = 0
    for batch in held.iter_batches(ROWS, columns=[name for name in (date, security, value) if name]):
        frame = with_texts(batch, file).replace_schema_metadata(None).to_pandas()
        rows = Rows(file.name, "row", range(first + 1, first + len(frame) + 1))
        figures = numbers_of(frame[value], rows.at) if value else None
        yield frame[date], frame[security] if security else None, figures, rows.at
        first += len(frame)


def _tiles(securities: int) -> int:
    return -(-securities // TILE)


def _empty(path: Path, sessions: int, securities: int) -> np.memmap[Any, Any]:
    tiles = np.memmap(path, np.float64, "w+", shape=(_tiles(securities), sessions, TILE))
    for tile in tiles:
        tile[:] = np.nan
    return tiles


def _closed(fresh: Path, sessions: pd.DatetimeIndex, securities: pd.Index, benchmarks: Collection[str]) -> np.ndarray:
    """(D,) rows without a figure of any security: no sessions; of one security alone a weekday is a halt."""
    tiles = np.memmap(fresh, np.float64, "r", shape=(_tiles(len(securities)), len(sessions), TILE))
    closed = np.ones(len(sessions), bool) if len(securities) > 1 else np.asarray(sessions.day_of_week >= 5)
    mine = stocks_among(securities, benchmarks)
    for number, tile in enumerate(tiles):
        own = mine[number * TILE : (number + 1) * TILE]
        closed &= np.isnan(tile[:, : len(own)][:, own]).all(axis=1)
    return closed


def _finish(
    fresh: Path, sessions: pd.DatetimeIndex, securities: pd.Index, own: Own | None, *, kind: str, where: str
) -> Checked:
    """Check what is laid out, and write returns in place of prices, tile by tile; `returns` of the answer are empty."""
    if not len(sessions) or not len(securities):
        remedy = "Give a row a session and a column a security, or a long table."
        raise PriceError("the panel holds no figures", where=where, remedy=remedy)
    check_sessions(sessions, where)
    check_securities(securities, where)
    closed = np.zeros(0, bool) if own is None else _closed(fresh, sessions, securities, own.benchmarks)
    spans, halts, odd, remedy = [], [], [], 'Set values = "prices".'
    with fresh.open("r+b") as file:
        for i in range(0, len(securities), TILE):
            tile = np.fromfile(file, np.float64, len(sessions) * TILE).reshape(len(sessions), TILE)
            names = securities[i : i + TILE]
            mine = tile[:, : len(names)]
            found = checked(mine, names, sessions, own, closed, kind=kind, where=where, remedy=remedy)
            if own is not None:
                mine[:] = found.returns
                file.seek(-tile.nbytes, os.SEEK_CUR)
                tile.tofile(file)
            spans.append(found.spans)
            halts.append(found.halts + np.array([i, 0, 0, 0]))
            odd.append(found.displaced + np.array([i, 0, 0]))
    over = np.concatenate(halts)
    over = over[np.argsort(over[:, 0], kind="stable")]
    return Checked(np.empty((0, 0)), np.concatenate(spans), over, np.concatenate(odd))
