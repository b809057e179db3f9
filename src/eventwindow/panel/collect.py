"""Finished chunks → the tally that the tests read; a window's columns are read by themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from eventwindow.errors import Reason, StudyError
from eventwindow.estimation.event_time import basis
from eventwindow.panel.checkpoints import Chunks
from eventwindow.panel.partial import Arrays, add_up
from eventwindow.panel.plan import Plan
from eventwindow.panel.tally import Tally

FIGURES = ("dof", "count", "square", "positive")
COLUMNS = ("car", "std_error", "days", "sars", "bhar")


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
    """A study of which no event can be measured."""
    return StudyError(
        f"no event has a fit; the first because of: {reason}",
        remedy="Give returns that begin before the estimation windows, or a smaller minimum_returns.",
    )


def with_second_pass(tally: Tally, plan: Plan, kept: Chunks) -> Tally:
    """The tally with the generalized ranks."""
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
