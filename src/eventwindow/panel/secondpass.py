"""A chunk's second pass: the ranks that need the spread over the events of all chunks."""

from __future__ import annotations

import numpy as np

from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.estimation.event_time import Array
from eventwindow.panel.chunk import Task, fitted
from eventwindow.panel.group_sums import cells
from eventwindow.panel.partial import add_up
from eventwindow.panel.passes import RANKED, blocks
from eventwindow.panel.rankings import rank_sums


def second_pass(task: Task, spread: Array, by_day: Array) -> dict[str, np.ndarray]:
    """By key: "above" (K, T), the weighted events whose scaled CAR lies below their residual of a day; "event" (K,).

    "scaled ranks" (K, T + L) are those of e/s and of SARs over the sd of their day. `spread` (K,), the sd of the SCARs
    of all chunks, and `by_day` (K, L), of the SARs of each event day, are NaN where there is none.
    """
    parts = (fitted(task, rows) for rows in blocks(task, task.halo, len(task)))
    return add_up(_block(task, ar, spread) | _scaled_ranks(task, ar, by_day) for ar in parts if len(ar))


def _scaled_ranks(task: Task, ar: AbnormalReturns, by_day: Array) -> dict[str, np.ndarray]:
    """Keys whose days have the same spreads are ranked once."""
    spec, group = task.specification, ar.labels["group"].to_numpy()
    held = np.column_stack([ar.car(window).complete for window in spec.report])
    summed = cells(held, group, spec.groups)
    e, sar = ar.standardised_residuals, ar.sar
    total = np.zeros((len(by_day), e.shape[1] + sar.shape[1]))
    alike: dict[bytes, list[int]] = {}
    for key, spread in enumerate(by_day):
        alike.setdefault(spread.tobytes(), []).append(key)
    for keys in alike.values():
        member = np.zeros(len(ar), bool)
        for named, w in (divmod(key, len(spec.report)) for key in keys):
            member |= held[:, w] & ((group == named - 1) | (named == 0))
        for i in range(0, len(ar), RANKED):
            rows = np.flatnonzero(member[i : i + RANKED]) + i
            values = np.concatenate([e[rows], sar[rows] / by_day[keys[0]]], axis=1)
            total[keys] += rank_sums(values, 0, summed.of(rows), slice(None))[0][keys]
    return {"scaled ranks": total}


def _block(task: Task, ar: AbnormalReturns, spread: Array) -> dict[str, np.ndarray]:
    spec = task.specification
    w_count, t = len(spec.report), ar.residuals.shape[1]
    out = {"above": np.zeros((len(spread), t)), "event": np.zeros(len(spread))}
    e, sigma = (ar.residuals, ar.sigma) if ar.residual_sd is None else (ar.standardised_residuals, np.ones(len(ar)))
    count = np.isfinite(e).sum(axis=1).astype(float)
    group = ar.labels["group"].to_numpy()
    for w, window in enumerate(spec.report):
        car = ar.car(window)
        for named in (False, True) if spec.groups else (False,):
            key = (group + 1 if named else np.zeros(len(ar), np.int64)) * w_count + w
            used = car.complete & (group >= 0) if named else car.complete
            value = car.scar / spread[key] * sigma
            for i in range(0, len(ar), RANKED):
                rows = np.arange(i, min(i + RANKED, len(ar)))[used[i : i + RANKED]]
                _compare(out, e[rows], value[rows], count[rows], key[rows])
    return out


def _compare(out: dict[str, np.ndarray], e: Array, value: Array, count: Array, key: np.ndarray) -> None:
    """Add the events (n,): residuals above their value count whole, equal ones half."""
    above = (e > value[:, None]).astype(float)
    equal = e == value[:, None]
    if equal.any():
        above += 0.5 * equal
    np.add.at(out["event"], key, (1 + count - above.sum(axis=1)) / (count + 2))
    above /= (count + 2)[:, None]
    for one in np.unique(key):
        out["above"][one] += above[key == one].sum(axis=0)
