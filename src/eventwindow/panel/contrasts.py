"""Groups of an event list held against each other, and the CARs of its events on their characteristics."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from eventwindow.calendars.dates import Rows
from eventwindow.calendars.window import Window
from eventwindow.errors import Reason, StudyError
from eventwindow.inference.design import Design
from eventwindow.inference.regression import (
    CONSTANT,
    CarRegression,
    characteristics_of,
    numbered,
    regressed,
    regressed_alone,
    unidentified,
)
from eventwindow.inference.sample import sample
from eventwindow.panel.chunk import Arrays
from eventwindow.panel.plan import Asked, Plan
from eventwindow.panel.tally import Tally, design_of

PAIRED = 5_000  # events whose pairs of windows are looked at day by day
RESULTS = ["method", "statistic", "p_value", "std_error", "n", "note", "valid"]
DIFFERENCES = ["group", "other", "window_start", "window_end", "difference", *RESULTS]
REGRESSION = ["window_start", "window_end", "term", "coefficient", *RESULTS]


def asked_of(
    events: pd.DataFrame, groups: Sequence[str], compare: Sequence[Sequence[str]], names: Sequence[str], rows: Rows
) -> Asked:
    """What is asked of a list, with what it lacks found before anything runs."""
    pairs = []
    for pair in compare:
        if isinstance(pair, str) or len(pair) != 2 or pair[0] == pair[1]:
            raise StudyError(f"compare = {pair!r} is no pair of groups", remedy='Write [["large", "small"]].')
        if lacking := [name for name in map(str, pair) if name not in groups]:
            held = f"Its groups are {', '.join(groups)}." if groups else "Give the list a column `group`."
            what = f"compare: no event of the list has the group {lacking[0]!r}"
            raise StudyError(what, where=rows.name, remedy=held)
        pairs.append((str(pair[0]), str(pair[1])))
    return Asked(tuple(pairs), characteristics_of(events[list(names)], rows.at) if names else None)


def differences(plan: Plan, tally: Tally, columns: list[Arrays], asked: Asked) -> pd.DataFrame:
    """CAAR of one group less that of another, by pair, window and method; those that hold for the design come first."""
    rows: list[tuple[object, ...]] = []
    for one, other in asked.pairs:
        codes = [plan.events.groups.index(name) for name in (one, other)]
        for w, window in enumerate(plan.specification.report):
            chosen = columns[w]["held"] & np.isin(tally.group, codes)
            table = pd.DataFrame({one: (tally.group[chosen] == codes[0]).astype(float)})
            head = (one, other, window.start, window.end)
            rows += [(*head, *row[1:]) for row in _rows(plan, tally, columns, w, chosen, table) if row[0] != CONSTANT]
    return pd.DataFrame(rows, columns=DIFFERENCES)


def regression(plan: Plan, tally: Tally, columns: list[Arrays], asked: Asked) -> tuple[pd.DataFrame, list[Reason]]:
    """Slopes of CARs on the characteristics, by window; and how many events lack one of them."""
    rows: list[tuple[object, ...]] = []
    if asked.characteristics is None:
        return pd.DataFrame(columns=REGRESSION), []
    given = asked.characteristics.iloc[plan.events.row[tally.row]].reset_index(drop=True)
    whole = given.notna().all(axis=1).to_numpy()
    for w, window in enumerate(plan.specification.report):
        chosen = columns[w]["held"] & whole
        table = numbered(given[chosen]) if chosen.any() else given[chosen]
        rows += [(window.start, window.end, *row) for row in _rows(plan, tally, columns, w, chosen, table)]
    lost = int((~whole).sum())
    told = [Reason("no_characteristic", n=lost, names=", ".join(map(str, given)))] if lost else []
    return pd.DataFrame(rows, columns=REGRESSION), told


def _rows(
    plan: Plan, tally: Tally, columns: list[Arrays], w: int, chosen: np.ndarray, table: pd.DataFrame
) -> Iterator[tuple[object, ...]]:
    """Term, slope and the columns of RESULTS of one regression; one row with the reason where it cannot be run."""
    window = plan.specification.report[w]
    if reason := unidentified(table):
        yield "", None, "", None, None, None, len(table), Reason("not_computed", reason=reason), False
        return
    found = _fitted(plan, tally, columns[w], window, chosen, table)
    for term, method, statistic, p, error, note, valid in found.results.itertuples(index=False):
        told = Reason("not_computed", reason=note) if pd.isna(p) else note
        yield term, found.coefficients[term], method, statistic, p, error, found.n, told, valid


def _fitted(
    plan: Plan, tally: Tally, column: Arrays, window: Window, chosen: np.ndarray, table: pd.DataFrame
) -> CarRegression:
    """With the days of the events where they hold together in memory, from their CARs alone elsewhere."""
    row, day = tally.row[chosen], tally.day[chosen]
    if len(row) <= PAIRED:
        return regressed(sample(plan.fitted_together(row), window), table)
    dates = plan.dates[plan.events.session[row]]
    labels = pd.DataFrame({"security": plan.events.security[row], "date": dates})
    kind: Design = "staggered" if plan.several_exchanges(row) else design_of(day, window)
    return regressed_alone(labels, column["car"][chosen], window, table, kind)
