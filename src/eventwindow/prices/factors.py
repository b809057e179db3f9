"""Daily factor returns of Kenneth French's public library: its own files, a user's file, or what ships with a study."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from eventwindow.errors import PriceError, Reason, SourceError, check_file
from eventwindow.prices.bundled import shipped_tables
from eventwindow.prices.store import Store, cache_folder
from eventwindow.prices.study_tables import study_table
from eventwindow.prices.tables import LARGEST, is_parquet, unpacked

if TYPE_CHECKING:
    from curl_cffi.requests import Session

LIBRARY = "https://mba.tuck.dartmouth.edu/pages/faculty/ken.french/ftp/"
FILES = {
    "three": "F-F_Research_Data_Factors_daily_CSV.zip",
    "five": "F-F_Research_Data_5_Factors_2x3_daily_CSV.zip",
    "momentum": "F-F_Momentum_Factor_daily_CSV.zip",
}
NAMES = ("mkt_rf", "smb", "hml", "rmw", "cma", "mom", "rf")
LONGEST_HEAD = 30  # lines above the figures of a file of the library
DATED = (b"date", b"\xef\xbb\xbfdate", b'"date"')  # how a table of one's own begins
FRESH = timedelta(days=7)  # the library is renewed about monthly
SECONDS = 10.0
_DAY = re.compile(rb"^\s*(\d{8})\s*,(.*)$")
_GONE = (-99.99, -999.0)  # the library's marks for a missing figure


@dataclass(frozen=True, slots=True)
class Factors:
    """Daily factor returns, decimals, indexed by date; `origin` is "library", "shipped" or "file"."""

    table: pd.DataFrame
    origin: str
    note: Reason | None = None


def load_factors(
    files: tuple[str, ...] = ("five", "momentum"),
    *,
    mode: str | Path = "auto",
    figures: Path | None = None,
    store: Store | None = None,
    session: Session[Any] | None = None,
) -> Factors:
    """Factors from the library (fresh cache, network, older cache), else from the shipped figures; or from a path.

    `files` names the library's files to join (keys of `FILES`); "auto" falls back, "library" does not, "shipped" asks
    nobody. The market's excess return and rf are the first file's.
    """
    if mode not in ("auto", "library", "shipped"):
        return Factors(read_factors(Path(mode)), "file")
    note = None
    if mode != "shipped":
        try:
            return Factors(_from_library(files, store, session), "library")
        except SourceError as error:
            if mode == "library":
                raise
            note = error.reason
    shipped = {} if figures is None else shipped_tables(figures, ["factors"])
    if "factors" not in shipped:
        raise SourceError(
            Reason("no_factors", why=note or Reason("no_factors_ship")),
            remedy="Give them as a file: date, mkt_rf, smb, hml, …, rf in decimals, or a file of the library.",
        )
    return Factors(shipped["factors"], "shipped", note)


def read_factors(path: Path) -> pd.DataFrame:
    """A file of factors: the library's zip or CSV (per cent), or a table of decimals with `date` in any form."""
    if not path.is_file():
        raise PriceError("no such file of factors", where=str(path), remedy="Give the path of a table of factors.")
    if is_parquet(path):
        return study_table("factors", path)
    check_file(path, LARGEST, PriceError)
    raw = unpacked(path.read_bytes(), path)
    if any(map(_DAY.match, raw.splitlines()[:LONGEST_HEAD])) and not raw.lower().startswith(DATED):
        return parse_library(raw, where=path.name)
    return study_table("factors", path)


def parse_library(raw: bytes, where: str) -> pd.DataFrame:
    """The daily rows of a file of the library (zipped or not), per cent → decimals, its marks for missing → NaN."""
    lines = unpacked(raw, Path(where)).splitlines()
    rows = [(number, match) for number, line in enumerate(lines) if (match := _DAY.match(line))]
    if not rows:
        raise PriceError(
            "no daily rows of factors", where=where, remedy="Give a daily file of the library, as CSV or zip."
        )
    first = rows[0][0]
    header = next((line for line in reversed(lines[:first]) if line.strip()), b"")
    names = [_name(cell) for cell in header.decode("latin-1").split(",")[1:]]
    try:
        values = np.array([[float(cell) for cell in match[2].split(b",")] for _, match in rows])
        dates = pd.to_datetime([match[1].decode() for _, match in rows], format="%Y%m%d")
    except ValueError as error:
        raise PriceError(f"a row that is none: {error}", where=where, remedy="Fetch the file again.") from None
    if values.ndim != 2 or values.shape[1] != len(names) or not set(names) & set(NAMES):
        raise PriceError(f"unknown columns {header!r}", where=where, remedy="Give a file of daily factors.")
    if not dates.is_monotonic_increasing or not dates.is_unique:
        raise PriceError("dates out of order or twice", where=where, remedy="Fetch the file again.")
    values = np.where(np.isin(values, _GONE), np.nan, values / 100)
    return pd.DataFrame(values, index=pd.DatetimeIndex(dates, name="date").as_unit("ns"), columns=names)


def _from_library(files: tuple[str, ...], store: Store | None, session: Session[Any] | None) -> pd.DataFrame:
    store = Store(cache_folder() / "factors") if store is None else store
    parts = [_library_file(FILES[name], store, session) for name in files]
    joined = parts[0]
    for part in parts[1:]:
        joined = joined.join(part[[c for c in part.columns if c not in joined.columns]], how="left")
    return joined[[name for name in NAMES if name in joined.columns]]


def _library_file(name: str, store: Store, session: Session[Any] | None) -> pd.DataFrame:
    """Fresh cache, network, older cache; what does not parse is never kept."""
    kept = store.get(name)
    if kept is not None and kept[1].age < FRESH:
        return parse_library(kept[0], where=name)
    try:
        raw = _download(LIBRARY + name, session)
        table = parse_library(raw, where=LIBRARY + name)
    except (SourceError, PriceError) as error:
        if kept is not None:
            return parse_library(kept[0], where=name)
        raise SourceError(Reason("library_no_data", why=error.reason), where=error.where) from None
    try:
        store.put(name, raw, source=LIBRARY, client="eventwindow", facts={"last": str(table.index[-1].date())})
    except OSError:
        return table  # a cache that cannot be written costs a download next time
    return table


def _download(address: str, session: Session[Any] | None) -> bytes:
    from curl_cffi.requests import Session as Client
    from curl_cffi.requests.exceptions import RequestException

    client = Client[Any](impersonate="chrome") if session is None else session
    try:
        answer = client.get(address, timeout=SECONDS)
    except RequestException as error:
        raise SourceError(Reason("library_unreachable", why=str(error).split(" See https")[0])) from None
    if answer.status_code != 200:
        raise SourceError(Reason("library_status", code=answer.status_code))
    return bytes(answer.content)


def _name(cell: str) -> str:
    return cell.strip().lower().replace("-", "_")
