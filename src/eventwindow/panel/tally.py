"""The chunks added up → the tests of each group and window, by the same functions that test a small study."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from eventwindow.calendars.window import Window
from eventwindow.errors import Reason, StudyError
from eventwindow.estimation.cumulative import Cumulative
from eventwindow.estimation.event_time import Array, basis
from eventwindow.inference.correlation import MINIMUM_DAYS, NO_VARIANCE
from eventwindow.inference.cross_section import CarVariance, CrossSection, EventRanks, MeanRanks, RankSum, Residuals
from eventwindow.inference.design import Design, chained
from eventwindow.panel.checkpoints import Chunks
from eventwindow.panel.chunk import Arrays, Codes, Specification, add_up
from eventwindow.panel.plan import Plan

NO_SPREAD = 1e-12  # of a sum of squares: what rounding leaves of equal values
FEW = Reason("too_few_days_of_a_pair", needed=MINIMUM_DAYS)


@dataclass(frozen=True)
class Tally:
    """Everything that the tests need of N fitted events: a few numbers each, and sums by key."""

    specification: Specification
    row: Codes  # (N,), places in the list of events
    day: Codes  # (N,), session numbers
    group: Codes  # (N,), -1 for none
    figures: Arrays  # (N,) each: dof, count, square, positive
    sums: Arrays
    later: Arrays  # sums of the second pass

    def chosen(self, group: int, held: np.ndarray) -> np.ndarray:
        """(N,), the events of a group that are `held`; -1 stands for all events."""
        return held if group < 0 else held & (self.group == group)


def spreads(tally: Tally, columns: list[Arrays]) -> Array:
    """(K,), the sd of the SCARs of each key; NaN where fewer than two events hold the window or they do not differ."""
    spec = tally.specification
    out = np.full(((spec.groups + 1), len(spec.report)), np.nan)
    for w, column in enumerate(columns):
        scar = column["car"] / column["std_error"]
        for group in range(-1, spec.groups):
            mine = scar[tally.chosen(group, column["held"])]
            if len(mine) > 1 and mine.std(ddof=1) > 1e-14 * np.abs(mine).max():
                out[group + 1, w] = mine.std(ddof=1)
    return out.ravel()


def day_spreads(tally: Tally) -> Array:
    """(K, L), the sd over the events of the SARs of each day; NaN where there is none."""
    total, square = tally.sums["sar"], tally.sums["squared sar"]
    n = tally.sums["ranked days"][:, -total.shape[1] :]
    left = square - total**2 / np.maximum(n, 1)
    return np.sqrt(np.where((n > 1) & (left > NO_SPREAD * square), left / np.maximum(n - 1, 1), np.nan))


def design_of(day: Codes, window: Window) -> Design:
    """How events that hold the window meet in calendar time."""
    if len(day) < 2:
        return "single"
    ordered = np.sort(day).astype(np.int64)
    if ordered[0] == ordered[-1]:
        return "one_day"
    return chained(ordered, ordered + len(window) - 1)


def cross_section(
    tally: Tally, group: int, w: int, column: Arrays, car_variance: CarVariance | Reason, rank_sum: RankSum | Reason
) -> CrossSection:
    """The events of a group that hold a window; their figures in calendar time are not among the sums."""
    spec, chosen = tally.specification, tally.chosen(group, column["held"])
    window, n, key = spec.report[w], int(chosen.sum()), (group + 1) * len(spec.report) + w
    dof, count, square, positive = (tally.figures[name][chosen] for name in FIGURES)
    value, error, days = (column[name][chosen].astype(float) for name in ("car", "std_error", "days"))
    lacking = column["lacking"][chosen]
    none = np.broadcast_to(np.array("", dtype=object), n)
    seen, ranked = tally.sums["residual days"][key], tally.sums["ranked days"][key]
    scaled = np.where(np.append(np.zeros(len(spec.estimation), bool), np.isnan(day_spreads(tally)[key])), 0.0, ranked)
    at = slice(*(len(spec.estimation) - spec.window.start + day for day in (window.start, window.end + 1)))
    own = _over(tally.sums["own ranks"][key] + tally.later["above"][key], seen) - 0.5
    return CrossSection(
        window,
        design_of(tally.day[chosen], window),
        Cumulative(window, pd.DataFrame(index=pd.RangeIndex(n)), value, error, dof, days, none, lacking),
        at,
        column["sars"][chosen],
        column["bhar"][chosen] if "bhar" in column else Reason("needs_simple_returns", kind=basis(spec.kind)),
        Residuals(count, square, positive, _over(tally.sums["residual"][key], seen)),
        MeanRanks(_over(tally.sums["raw ranks"][key], ranked) - 0.5, ranked / n),
        MeanRanks(_over(tally.later["scaled ranks"][key], scaled) - 0.5, scaled / n),
        EventRanks(np.append(own, tally.later["event"][key] / n - 0.5), np.append(seen, n) / n, count),
        _correlation(tally, group, w, n),
        _portfolio(tally, group, w),
        car_variance,
        rank_sum,
    )


def _over(total: Array, count: Array) -> Array:
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _portfolio(tally: Tally, group: int, w: int) -> Array:
    """(D,), the mean AR of the open events on each calendar day with one."""
    total, events = tally.sums[f"open {w}"], tally.sums[f"open events {w}"]
    value, count = (part.sum(axis=0) if group < 0 else part[group] for part in (total, events))
    return np.asarray(value[count > 0] / count[count > 0])


def _correlation(tally: Tally, group: int, w: int, n: int) -> float | Reason:
    """r̄ of the key, or why there is none."""
    if tally.sums["few"][group + 1, w]:
        return FEW
    if tally.sums["flat"][group + 1, w]:
        return NO_VARIANCE
    return float(2 * tally.sums["pairs"][group + 1, w] / (n * (n - 1)))


FIGURES = ("dof", "count", "square", "positive")
COLUMNS = ("car", "std_error", "days", "lacking", "sars", "bhar")


def collected(plan: Plan, kept: Chunks) -> tuple[Tally, list[Arrays]]:
    """What the first pass added up to, and for each window the columns that the tests across events read."""
    rows = [plan.rows(n).start + part["events/row"] for n, part in _each(plan, kept, "events/row") if part]
    if not rows:
        raise no_fit(Reason.unpacked(kept.load("first", 0, "excluded/reason")["excluded/reason"][0]))
    at = np.concatenate(rows)
    figures = {name: _column(plan, kept, name) for name in FIGURES}
    sums = add_up(_sums(plan, kept))
    columns: list[Arrays] = [_window(plan, kept, w) for w in range(len(plan.specification.report))]
    day, group = plan.events.session[at], plan.events.group[at]
    return Tally(plan.specification, at, day, group, figures, sums, {}), columns


REMEDIES = {
    "no_residual_variance": "Give another benchmark: held against itself, a security leaves nothing.",
    "collinear_factors": "Leave out a factor that the others add up to.",
    "still_factor": "Give a benchmark or factor whose returns differ from day to day.",
}


def no_fit(reason: Reason) -> StudyError:
    remedy = REMEDIES.get(
        reason.key, "Give returns that begin before the estimation windows, or a smaller minimum_returns."
    )
    return StudyError(f"no event has a fit; the first because of: {reason}", remedy=remedy)


def incomplete_windows(
    windows: Sequence[Window], held: Sequence[np.ndarray], lacking: Sequence[np.ndarray]
) -> Iterator[Reason]:
    """How many of the events lack a window, or days of it: `held` and `lacking` of each window, (N,)."""
    for window, whole, days in zip(windows, held, lacking, strict=True):
        for key, n in (("lost", int((~whole).sum())), ("short", int((whole & (days > 0)).sum()))):
            if n:
                yield Reason(f"windows_{key}", n=n, of=len(whole), window=f"{window}")


def with_second_pass(tally: Tally, plan: Plan, kept: Chunks) -> Tally:
    return replace(tally, later=add_up(arrays for _, arrays in _each(plan, kept, stage="second")))


def _each(plan: Plan, kept: Chunks, *names: str, stage: str = "first") -> Iterator[tuple[int, dict[str, np.ndarray]]]:
    for number in range(len(plan)):
        yield number, kept.load(stage, number, *names)


def _column(plan: Plan, kept: Chunks, name: str) -> np.ndarray:
    return np.concatenate([arrays[f"events/{name}"] for _, arrays in _each(plan, kept, f"events/{name}") if arrays])


def _window(plan: Plan, kept: Chunks, w: int) -> dict[str, np.ndarray]:
    names = [name for name in COLUMNS if name != "bhar" or basis(plan.specification.kind) == "simple"]
    column = {name: _column(plan, kept, f"{name} {w}") for name in names}
    return column | {"held": _column(plan, kept, f"reason {w}") == 0}


def _sums(plan: Plan, kept: Chunks) -> Iterator[Arrays]:
    """Each chunk's sums; those by session are laid on the panel's rows."""
    for number, arrays in _each(plan, kept):
        if "events/row" not in arrays:
            continue
        sums = {name.removeprefix("sums/"): value for name, value in arrays.items() if name.startswith("sums/")}
        sums.pop("first")
        first = int(arrays["sums/first"])
        axis = plan.axes[int(plan.events.exchange[plan.starts[number]])]
        for name in [name for name in sums if name.startswith("open")]:
            part = sums[name]
            low, high = max(first, 0), min(first + part.shape[1], len(axis))
            laid = np.zeros((len(part), len(plan.dates)))
            laid[:, axis[low:high]] = part[:, low - first : high - first]
            sums[name] = laid
        yield sums
