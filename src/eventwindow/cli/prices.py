"""`eventwindow prices`: what is held of a study's prices, pulled again, or compared with another source."""

import argparse
from collections.abc import Mapping

import pandas as pd
from rich.console import Console

from eventwindow.cli.progress import progress_bar
from eventwindow.cli.terminal import origin, records, said, show, titled
from eventwindow.errors import Reason, counted, percent
from eventwindow.prices.inventory import Refresh, inventory, refresh, verify
from eventwindow.prices.load import source_of
from eventwindow.prices.reconcile import Reconciliation
from eventwindow.study.definition import read_study
from eventwindow.study.library import find_study


def prices_command(options: argparse.Namespace) -> None:
    study = read_study(find_study(options.study))
    figures = study.folder / "figures"
    if options.verify:
        source = source_of(options.verify)
        _print_verified(options.verify, *verify(study.symbols, study.start, study.end, source, figures=figures))
    elif options.refresh:
        with progress_bar() as bar:
            _print_changes(refresh(study.symbols, study.start, study.end, figures=figures, progress=bar))
    else:
        _print_inventory(inventory(study.symbols, figures))


def _print_inventory(table: pd.DataFrame) -> None:
    heads = ("ticker", "held from", "fetched", "first", "last", "days")
    shown = titled(f"{table['symbol'].nunique()} tickers", heads, left=heads[:-1])
    for row in records(table.astype(object).where(table.notna(), "")):
        age = f"{str(row.fetched)[:16]}" if row.fetched != "" else ""
        days = f"{int(row.days)}" if row.days != "" else ""
        shown.add_row(row.symbol, row.source, age, str(row.first), str(row.last), days)
    Console(highlight=False).print(shown)


def _print_changes(refreshed: Refresh) -> None:
    console, prices = Console(highlight=False), refreshed.prices
    show(console, *map(said, prices.notes))
    counts = pd.Series({s: h.origin for s, h in prices.histories.items()}, dtype=object).value_counts()
    show(console, "Now: " + ", ".join(f"{counted(n, 'ticker')} {origin(str(o))}" for o, n in counts.items()) + ".")
    show(console, *(f"{symbol}: {said(reason.reason)}" for symbol, reason in prices.unavailable.items()))
    changes = refreshed.changes
    show(console, f"{counted(refreshed.compared, 'ticker')} held before; {counted(len(changes), 'change')}.")
    if len(changes):
        days = {"date": "{:%Y-%m-%d}".format}
        console.print(changes.to_string(index=False, max_rows=40, formatters=days), markup=False)


def _print_verified(
    source: str, compared: Mapping[tuple[str, str], Reconciliation], lost: Mapping[str, Reason]
) -> None:
    """How far all that is held agrees with a source, and every day on which it does not."""
    console = Console(highlight=False)
    show(console, *(f"{symbol}: not compared, {said(reason)}" for symbol, reason in lost.items()))
    for (symbol, place), found in compared.items():
        for day, ours, theirs in found.differing.itertuples(index=False):
            told = f"held ({place}) {percent(ours)}, {source} {percent(theirs)}"
            show(console, f"{symbol} {day:%Y-%m-%d}: {told}")
        if found.only_first or found.only_second:
            mine = f"{counted(found.only_first, 'day')} only held ({place})"
            show(console, f"{symbol}: {mine}, {counted(found.only_second, 'day')} only in {source}")
    days, agreeing = (sum(getattr(f, name) for f in compared.values()) for name in ("compared", "agreeing"))
    tail = f"{counted(days, 'daily return')}, {days - agreeing:,} apart by more than 5 basis points"
    tickers = len({symbol for symbol, _ in compared})
    places = ", ".join(sorted({place for _, place in compared})) or "nothing held"
    against = f"{tickers} of {counted(tickers + len(lost), 'ticker')} compared with {source} ({places})"
    show(console, f"{against}: {tail}.")
