"""The further tables of a study: what ships with it, and from public sources what it lacks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from eventwindow.errors import Reason, SourceError
from eventwindow.prices.bundled import shipped_tables
from eventwindow.prices.edgar import edgar_share_counts
from eventwindow.prices.factors import library_factors
from eventwindow.prices.keyed import ON_NETWORK
from eventwindow.prices.share_counts import yahoo_share_counts

if TYPE_CHECKING:
    from curl_cffi.requests import Session


def load_tables(
    figures: Path,
    *,
    mode: str | Path,
    start: date,
    end: date,
    counts_of: Iterable[str] = (),
    factors: tuple[str, ...] = (),
    zone: str | None = None,
    session: Session[Any] | None = None,
) -> tuple[dict[str, pd.DataFrame], tuple[Reason, ...]]:
    """The tables in `figures` and notes; where `mode` asks Yahoo, also what they lack of the following.

    `counts_of` names securities whose share counts are needed, `factors` files of the library (`library_factors`),
    `zone` that of bars whose stamps name none. What cannot be had is a note, never an error: a claim
    that needs it says so itself.
    """
    tables, notes = shipped_tables(figures, zone=zone), list[Reason]()
    held = set(tables["shares"]["symbol"]) if "shares" in tables else set()
    lacking = [symbol for symbol in counts_of if symbol not in held]
    if mode not in ON_NETWORK:
        return tables, ()
    if factors and "factors" not in tables:
        try:
            tables["factors"] = library_factors(factors, session=session).loc[str(start) : str(end)]
        except SourceError as error:
            notes.append(error.reason)
    if lacking:
        counts = _counts(lacking, pd.Timestamp(start), pd.Timestamp(end), session, notes)
        if counts:
            tables["shares"] = pd.concat([tables["shares"], *counts] if held else counts, ignore_index=True)
    return tables, tuple(notes)


def _counts(
    lacking: list[str], start: pd.Timestamp, end: pd.Timestamp, session: Session[Any] | None, notes: list[Reason]
) -> list[pd.DataFrame]:
    """Share counts of filings where the SEC may be asked, of Yahoo for the others."""
    filed = pd.DataFrame(columns=["symbol"])
    try:
        filed = edgar_share_counts(lacking, start, end, session=session)
    except SourceError as error:
        notes.append(Reason("share_counts_of", why=error.reason))
    found = [filed] if len(filed) else []
    try:
        rest = [symbol for symbol in lacking if symbol not in set(filed["symbol"])]
        counts, lost = yahoo_share_counts(rest, start, end, session=session)
        found.append(counts)
        notes += [Reason("no_share_counts", symbol=symbol, why=why) for symbol, why in lost.items()]
    except SourceError as error:
        notes.append(Reason("share_counts_of", why=error.reason))
    return found
