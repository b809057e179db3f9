"""The chunks added up → the tests of each group and window, by the same functions that test a small study."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from eventwindow.calendars.window import Window
from eventwindow.errors import Reason, StudyError
from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.estimation.cumulative import Cumulative
from eventwindow.estimation.event_time import Array, Days, EventReturns, basis
from eventwindow.estimation.models import model_named
from eventwindow.inference.correlation import MINIMUM_DAYS, NO_VARIANCE
from eventwindow.inference.design import Design, chained
from eventwindow.inference.registry import Result, run_tests
from eventwindow.panel.checkpoints import Chunks
from eventwindow.panel.chunk import Arrays, Codes, Specification, add_up
from eventwindow.panel.plan import Plan

NO_SPREAD = 1e-12  # of a sum of squares: what rounding leaves of equal values
FEW = Reason("too_few_days_of_a_pair", needed=MINIMUM_DAYS)


@dataclass(frozen=True)
class Tally:
    """Everything that the tests need of N fitted events: a few numbers each, and sums by key."""

    specification: Specification
    dates: Days  # of all sessions of the panel
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


def tests_of(tally: Tally, group: int, w: int, column: Arrays, pairs: Mapping[Any, Any]) -> list[Result]:
    """Every test of a group and window whose events do not all share their days; `pairs`: figures in calendar time."""
    ar = added_up(tally, group, w, column)
    ar.memo.update(pairs)
    return run_tests(ar, tally.specification.report[w])


def added_up(tally: Tally, group: int, w: int, column: Arrays) -> AbnormalReturns:
    """The events that hold the window as the tests see them: no daily arrays, but all that is worked out from them."""
    spec, chosen = tally.specification, tally.chosen(group, column["held"])
    window, n = spec.report[w], int(chosen.sum())
    labels = pd.DataFrame(index=pd.RangeIndex(n))
    own = {name: tally.figures[name][chosen] for name in ("dof", "count", "square", "positive")}
    none = np.broadcast_to(np.array("", dtype=object), n)
    value, error, days = (column[name][chosen].astype(float) for name in ("car", "std_error", "days"))
    car = Cumulative(window, labels, value, error, own["dof"], days, none)
    ar = _without_days(spec, labels, own["dof"])
    ar.memo.update(
        {
            ("complete", window): (None, car),
            ("design", window): design_of(tally.day[chosen], window),
            ("sum of SARs", window): column["sars"][chosen],
            "positive share": own["positive"],
            "moments": (own["count"], None, own["square"]),
            ("open portfolio", window, 1): _portfolio(tally, group, w),
            ("correlation", window): _correlation(tally, group, w, n),
            **_day_means(tally, group, w, n, own["count"]),
        }
    )
    if "bhar" in column:
        ar.memo["bhar", window] = column["bhar"][chosen]
    return ar


class NotKept:
    """Stands where a panel keeps no array: chunks were added up, and a test that reads it lacks a sum."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __array__(self, *_: object, **__: object) -> Array:
        raise TypeError(f"a panel does not keep {self.name}: what is worked out from it must be added up")


def _without_days(spec: Specification, labels: pd.DataFrame, dof: Array) -> AbnormalReturns:
    """Events of the right number; their daily arrays are not kept."""
    arrays: dict[str, Any] = {
        f"{name}_{kind}": NotKept(f"{name}_{kind}")
        for name in ("estimation", "event")
        for kind in ("returns", "days", "factors")
    }
    names = ("actual", "expected", "residuals", "sigma", "nobs", "own_variance", "loading", "model")
    own: dict[str, Any] = {name: NotKept(name) for name in names}
    return AbnormalReturns(
        labels,
        spec.estimation,
        spec.window,
        **own,
        dof=dof,
        estimation_days=arrays["estimation_days"],
        event_days=arrays["event_days"],
        position=np.arange(len(labels)),
        origin=EventReturns(labels, spec.estimation, spec.window, **arrays, kind=basis(spec.kind)),
        fitter=model_named(spec.model),
    )


def _day_means(tally: Tally, group: int, w: int, n: int, count: Array) -> dict[Any, Any]:
    """Mean residuals and mean ranks by day, with the share of events that have one."""
    spec, sums = tally.specification, tally.sums
    key = (group + 1) * len(spec.report) + w
    days = sums["residual days"][key]
    mean: dict[Any, Any] = {"mean residual": _over(sums["residual"][key], days)}
    ranked = sums["ranked days"][key]
    mean["mean ranks", False] = (_over(sums["raw ranks"][key], ranked) - 0.5, ranked / max(n, 1))
    if tally.later and n:
        ranked = np.where(np.isnan(np.append(np.zeros(len(spec.estimation)), day_spreads(tally)[key])), 0.0, ranked)
        mean["mean ranks", True] = (_over(tally.later["scaled ranks"][key], ranked) - 0.5, ranked / max(n, 1))
        u = _over(sums["own ranks"][key] + tally.later["above"][key], days) - 0.5
        last = tally.later["event"][key] / n - 0.5
        mean["grank", spec.report[w]] = (np.append(u, last), np.append(days, n) / n, count)
    return mean


def _over(total: Array, count: Array) -> Array:
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _portfolio(tally: Tally, group: int, w: int) -> tuple[Days, Array]:
    """The calendar days with an open event, and the mean AR of the open ones."""
    total, events = tally.sums[f"open {w}"], tally.sums[f"open events {w}"]
    value, count = (part.sum(axis=0) if group < 0 else part[group] for part in (total, events))
    at = np.flatnonzero(count)
    return tally.dates[at], value[at] / count[at]


def _correlation(tally: Tally, group: int, w: int, n: int) -> float | Reason:
    """r̄ of the key, or why there is none."""
    if n < 2:
        return Reason("needs_two", n=n)
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
    return Tally(plan.specification, plan.dates, at, day, group, figures, sums, {}), columns


def no_fit(reason: Reason) -> StudyError:
    remedy = "Give returns that begin before the estimation windows, or a smaller minimum_returns."
    if reason.key == "no_residual_variance":
        remedy = "Give another benchmark: held against itself, a security leaves nothing."
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
