"""What the market as a whole did on day 0: benchmarks, stocks of a panel, and every group against each benchmark."""

from collections.abc import Mapping, Sequence

import pandas as pd

from eventwindow.calendars.window import Window
from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.estimation.ex_treated import WithoutTreated
from eventwindow.inference.registry import leading_permutation
from eventwindow.inference.results import SignificanceResult, noted
from eventwindow.inference.sample import sample

MARKET = ["measure", "name", "left_out", "n", "value"]
GROUPS = ["group", "benchmark", "window_start", "window_end", "n", "caar", "p_value", "test", "note"]
STOCKS = ["security", "weight", "return", "contribution"]


def market_table(
    day0: pd.Timestamp,
    benchmarks: Mapping[str, pd.Series],
    without: tuple[str, WithoutTreated] | None,
    panel: pd.DataFrame | None,
    treated: Sequence[str],
) -> pd.DataFrame:
    """One figure of `day0` a row: returns in decimals, shares that fell and rose; `left_out` is "treated" or empty.

    benchmarks: symbol → simple returns. without: a benchmark and itself without the treated. panel: closes, date ×
    symbol, once whole and once without the `treated`.
    """
    rows: list[tuple[object, ...]] = []
    for name, series in benchmarks.items():
        rows += [("return", name, "", 1, series[day0])] if pd.notna(series.get(day0)) else []
    if without is not None and pd.notna(without[1].returns.get(day0)):
        rows.append(("return", without[0], "treated", 1, without[1].returns[day0]))
    moves = panel_moves(panel, day0)
    rows += _breadth(moves, "")
    rows += _breadth(moves.drop(labels=list(treated), errors="ignore"), "treated")
    return pd.DataFrame(rows, columns=MARKET)


def on_sessions(panel: pd.DataFrame | None, sessions: pd.DatetimeIndex) -> pd.DataFrame | None:
    """A panel with a row for each session that it reaches: where one was missing, no return spans it unseen."""
    if panel is None:
        return None
    return panel.reindex(sessions[(sessions >= panel.index[0]) & (sessions <= panel.index[-1])])


def panel_moves(panel: pd.DataFrame | None, day: pd.Timestamp) -> pd.Series:
    """Returns of the stocks of `panel` (closes, date × symbol) on `day`; none where it holds no such day."""
    if panel is None or day not in panel.index or panel.index[0] == day:
        return pd.Series(dtype=float)
    at = int(panel.index.searchsorted(day))
    return (panel.iloc[at].astype(float) / panel.iloc[at - 1].astype(float) - 1).dropna()


def _breadth(moves: pd.Series, left_out: str) -> list[tuple[object, ...]]:
    if moves.empty:
        return []
    shares = {"share_down": (moves < 0).mean(), "share_up": (moves > 0).mean()}
    figures = {"mean": moves.mean(), "median": moves.median(), **shares}
    return [(measure, "panel", left_out, len(moves), float(value)) for measure, value in figures.items()]


def groups_table(
    seen: Mapping[str, AbnormalReturns], baskets: Mapping[str, Sequence[str]], window: Window
) -> pd.DataFrame:
    """The mean CAR of every basket against every benchmark, with its p by the date permutation that leads.

    seen: benchmark → abnormal returns of one event. p is NaN where no permutation runs, or none leads.
    """
    rows: list[tuple[object, ...]] = []
    for benchmark, abnormal in seen.items():
        for group, members in baskets.items():
            chosen = abnormal.among(members)
            events = sample(chosen, window)
            if not events.n:
                continue
            result = leading_permutation(events)
            p = result.p_value if isinstance(result, SignificanceResult) and result.valid else None
            where = (group, benchmark, window.start, window.end, events.n)
            rows.append((*where, chosen.caar(window), p, result.name, noted(result)))
    return pd.DataFrame(rows, columns=GROUPS).astype({"p_value": float})


def treated_stocks_table(without: WithoutTreated, day0: pd.Timestamp) -> pd.DataFrame:
    """The stocks taken out of the benchmark on `day0`: weight the evening before, return and what it gave to the index.

    The largest weight first; a stock that was not held on that day is no part of it.
    """
    both = pd.DataFrame({"weight": without.weights.T[day0], "contribution": without.parts.T[day0]})
    held = both[both["weight"] > 0].sort_values("weight", ascending=False, kind="stable")
    held = held.assign(**{"return": held["contribution"] / held["weight"]})
    return held.rename_axis("security").reset_index()[STOCKS]
