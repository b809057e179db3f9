"""Parquet, CSV or a folder of files → a file of tiles, streamed: the panel is never in memory as a whole."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from eventwindow.errors import PriceError
from eventwindow.eventlist.source import TILE, TiledPanel, check_securities, check_sessions, spans_of

DATE, SECURITY = ("date", "Date", "day", "__index_level_0__"), ("security", "firm", "symbol", "ticker", "permno")
VALUE = {"returns": ("return", "returns", "ret"), "prices": ("adj_close", "close", "price", "prc")}
ROWS = 1 << 20  # of a long table at a time


def staged_panel(path: Path, folder: Path, *, values: str = "returns") -> TiledPanel:
    """The panel at `path` as tiles in `folder`; an earlier run's tiles of the same file are taken as they are.

    Wide tables hold a column a security beside `date`; long ones a row a date and security. A folder holds a file a
    security, or files of one long table. `values` says whether figures are returns or prices.
    """
    if values not in VALUE:
        raise PriceError(f"values = {values!r} is neither returns nor prices.", where=path.name)
    files = _files(path)
    identity = _checksum(files, values)
    tiles, meta = folder / f"panel-{identity[:16]}.f64", folder / f"panel-{identity[:16]}.json"
    if not meta.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        _stage(path, files, tiles, meta, values)
    known = json.loads(meta.read_text(encoding="utf-8"))
    sessions = pd.DatetimeIndex(np.array(known["sessions"], "M8[D]").astype("M8[s]"))
    return TiledPanel(tiles, sessions, pd.Index(known["securities"]), np.array(known["spans"], np.int64), identity)


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    files = sorted(f for f in path.glob("*") if f.suffix in (".csv", ".parquet")) if path.is_dir() else []
    if not files:
        raise PriceError(
            f"there is no panel at {path.name}.", remedy="Give a Parquet or CSV file, or a folder of them."
        )
    return files


def _checksum(files: list[Path], values: str) -> str:
    digest = hashlib.sha256(values.encode())
    for file in files:
        digest.update(file.name.encode())
        with file.open("rb") as stream:
            digest.update(hashlib.file_digest(stream, "sha256").digest())
    return digest.hexdigest()


def _stage(path: Path, files: list[Path], tiles: Path, meta: Path, values: str) -> None:
    """Write the tiles beside their final name, then what they hold: a file of tiles without it does not count."""
    fresh = tiles.with_suffix(f".{os.getpid()}")
    names = _columns(files[0])
    date = _one_of(DATE, names, files[0])
    long = next((name for name in SECURITY if name in names), None)
    if long is not None:
        sessions, securities = _from_long(files, fresh, (date, long, _one_of(VALUE[values], names, files[0])))
    elif path.is_dir():
        sessions, securities = _from_long(files, fresh, (date, "", _one_of(VALUE[values], names, files[0])))
    elif path.suffix == ".parquet":
        sessions, securities = _from_wide_parquet(path, fresh, date)
    else:
        sessions, securities = _from_wide_csv(path, fresh, date)
    spans = _finish(fresh, sessions, securities, prices=values == "prices", where=path.name)
    fresh.replace(tiles)
    told = {"sessions": [f"{day:%Y-%m-%d}" for day in sessions], "securities": [*map(str, securities)]}
    part = meta.with_suffix(f".{os.getpid()}")
    part.write_text(json.dumps(told | {"spans": spans.tolist()}), encoding="utf-8")
    part.replace(meta)


def _columns(file: Path) -> list[str]:
    if file.suffix == ".parquet":
        import pyarrow.parquet as pq

        return list(pq.read_schema(file).names)
    return list(pd.read_csv(file, nrows=0).columns)


def _one_of(wanted: tuple[str, ...], names: list[str], file: Path) -> str:
    for name in wanted:
        if name in names:
            return name
    raise PriceError(f"the panel lacks a column {wanted[0]!r} (or {', '.join(wanted[1:])}).", where=file.name)


def _from_wide_parquet(path: Path, fresh: Path, date: str) -> tuple[pd.DatetimeIndex, pd.Index]:
    """Column group by column group."""
    import pyarrow.parquet as pq

    file = pq.ParquetFile(path)
    sessions = pd.DatetimeIndex(file.read([date])[date].to_pandas())
    securities = pd.Index([name for name in file.schema_arrow.names if name != date])
    with fresh.open("wb") as out:
        for i in range(0, len(securities), TILE):
            table = file.read(list(securities[i : i + TILE]))
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
        raise PriceError(f"the column {name!r} does not hold numbers.", where=path.name) from None


def _from_wide_csv(path: Path, fresh: Path, date: str) -> tuple[pd.DatetimeIndex, pd.Index]:
    """Rows by rows; dates are read first, to know where the tiles begin."""
    sessions = pd.DatetimeIndex(pd.to_datetime(pd.read_csv(path, usecols=[date])[date]))
    securities = pd.Index([name for name in _columns(path) if name != date])
    tiles = _empty(fresh, len(sessions), len(securities))
    at = 0
    for chunk in pd.read_csv(path, chunksize=max(1, 4 * ROWS // max(len(securities), 1)), usecols=list(securities)):
        values = chunk[securities].to_numpy(float)
        for i in range(0, len(securities), TILE):
            part = values[:, i : i + TILE]
            tiles[i // TILE, at : at + len(part), : part.shape[1]] = part
        at += len(chunk)
    return sessions, securities


def _from_long(files: list[Path], fresh: Path, names: tuple[str, str, str]) -> tuple[pd.DatetimeIndex, pd.Index]:
    """Batch by batch, twice: first which dates and securities there are, then where each figure goes."""
    days, firms = set[Any](), set[Any]()
    for batch in _batches(files, names):
        days.update(batch["date"].unique())
        firms.update(batch["security"].unique())
    sessions, securities = pd.DatetimeIndex(sorted(days)), pd.Index(sorted(firms, key=str))
    _empty(fresh, len(sessions), len(securities))
    written = 0
    for batch in _batches(files, names):
        tiles = np.memmap(fresh, np.float64, "r+", shape=(_tiles(len(securities)), len(sessions), TILE))
        batch = batch[batch["value"].notna()]  # noqa: PLW2901
        row, column = sessions.get_indexer(pd.Index(batch["date"])), securities.get_indexer(pd.Index(batch["security"]))
        tiles[column // TILE, row, column % TILE] = batch["value"].to_numpy(float)
        written += len(batch)
    tiles = np.memmap(fresh, np.float64, "r", shape=(_tiles(len(securities)), len(sessions), TILE))
    found = sum(int((~np.isnan(tile)).sum()) for tile in tiles)
    if found != written:
        raise PriceError(
            "the panel holds a date of a security twice.", where=files[0].name, remedy="Keep one of the two."
        )
    return sessions, securities.astype(str)


def _batches(files: list[Path], names: tuple[str, str, str]) -> Iterator[pd.DataFrame]:
    """Frames of date, security, value; the file's name stands for the security where no column does."""
    date, security, value = names
    columns = [name for name in names if name]
    for file in files:
        if file.suffix == ".parquet":
            import pyarrow.parquet as pq

            frames: Any = (b.to_pandas() for b in pq.ParquetFile(file).iter_batches(ROWS, columns=columns))
        else:
            frames = pd.read_csv(file, usecols=columns, chunksize=ROWS)
        for frame in frames:
            who = frame[security] if security else file.stem
            yield pd.DataFrame({"date": pd.to_datetime(frame[date]), "security": who, "value": frame[value]})


def _tiles(securities: int) -> int:
    return -(-securities // TILE)


def _empty(path: Path, sessions: int, securities: int) -> np.memmap[Any, Any]:
    tiles = np.memmap(path, np.float64, "w+", shape=(_tiles(securities), sessions, TILE))
    for tile in tiles:
        tile[:] = np.nan
    return tiles


def _finish(fresh: Path, sessions: pd.DatetimeIndex, securities: pd.Index, *, prices: bool, where: str) -> np.ndarray:
    """Check, turn prices into simple returns, and find the spans, tile by tile."""
    check_sessions(sessions, where)
    check_securities(securities, where)
    spans = []
    with fresh.open("r+b") as file:
        for i in range(0, len(securities), TILE):
            tile = np.fromfile(file, np.float64, len(sessions) * TILE).reshape(len(sessions), TILE)
            if prices:
                with np.errstate(divide="ignore", invalid="ignore"):
                    tile[1:] = tile[1:] / tile[:-1] - 1
                tile[0] = np.nan
                file.seek(-tile.nbytes, os.SEEK_CUR)
                tile.tofile(file)
            width = min(TILE, len(securities) - i)
            spans.append(spans_of(tile[:, :width], securities[i : i + TILE], sessions))
    return np.concatenate(spans)
