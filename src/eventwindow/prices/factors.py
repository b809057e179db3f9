"""Daily factor returns: of Kenneth French's public library, or of a user's file."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from eventwindow.errors import PriceError, Reason, SourceError
from eventwindow.prices.cache import Store, cache_folder
from eventwindow.prices.study_tables import NAMES, parse_library, study_table

if TYPE_CHECKING:
    from curl_cffi.requests import Session

LIBRARY = "https://mba.tuck.dartmouth.edu/pages/faculty/ken.french/ftp/"
FILES = {
    "three": "F-F_Research_Data_Factors_daily_CSV.zip",
    "five": "F-F_Research_Data_5_Factors_2x3_daily_CSV.zip",
    "momentum": "F-F_Momentum_Factor_daily_CSV.zip",
}
FRESH = timedelta(days=7)  # the library is renewed about monthly
SECONDS = 10.0


def read_factors(path: Path) -> pd.DataFrame:
    """A file of factors: the library's zip or CSV (per cent), or a table of decimals with `date` in any form."""
    if not path.is_file():
        raise PriceError("no such file of factors", where=str(path), remedy="Give the path of a table of factors.")
    return study_table("factors", path)


def library_factors(
    files: tuple[str, ...], store: Store | None = None, session: Session[Any] | None = None
) -> pd.DataFrame:
    """Daily factor returns of files of the library (keys of `FILES`): from a fresh cache, the network, an older cache.

    Decimals by date; the market's excess return and rf are the first file's.
    """
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
