"""A chunk's two passes: fits, figures and sums; then the ranks that need the spread over the events of all chunks."""

from collections.abc import Iterator

import numpy as np

from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.estimation.cumulative import Cumulative
from eventwindow.estimation.event_time import Array, basis
from eventwindow.inference.correlation import moments
from eventwindow.inference.shifts import event_sars
from eventwindow.inference.signs import positive_share
from eventwindow.inference.single_firm import firm_sq, leading_sq
from eventwindow.panel.chunk import BLOCK, Arrays, Task, Words, add_up, fitted, stacked
from eventwindow.panel.group_sums import Cells, cells, rank_sums
from eventwindow.panel.pairs import Rows, pair_sums

RANKED = 512  # events whose ranks are held at once


def first_pass(task: Task) -> Arrays:
    """Figures and sums of one chunk; events of the halo count only as partners of the chunk's own.

    Arrays by name, so that it is a file and crosses between machines: "events/…" a row an event with a fit, `row` its
    position in the chunk, halo left out; "excluded/…" `row` and `reason`; "sums/…" by key (K, …) or by group
    (G + 1, …), and the slab's `first` session; "words" the reasons that codes stand for, packed.
    """
    words, events, excluded, sums = Words(), [], [], []
    tail: Rows | None = None
    for rows in blocks(task, 0, task.halo):
        tail = _tail(task, rows.stop, _rows(task, fitted(task, rows)), tail)
    for rows in blocks(task, task.halo, len(task)):
        ar = fitted(task, rows)
        excluded.append(_excluded(task, ar))
        if not len(ar):
            continue
        cars = [ar.car(window) for window in task.specification.report]
        held = np.column_stack([car.complete for car in cars])
        summed = cells(held, _labelled(ar, "group"), task.specification.groups)
        events.append(_figures(task, ar, cars, words))
        own = _rows(task, ar, held)
        sums.append(_sums(ar, summed) | _by_group(task, ar, held) | _correlations(task, own, tail))
        tail = _tail(task, rows.stop, own, tail)
    out = {f"events/{name}": stacked(events, name) for name in (events[0] if events else ())}
    out |= {f"excluded/{name}": stacked(excluded, name) for name in excluded[0]}
    out |= {f"sums/{name}": value for name, value in add_up(sums).items()}
    return out | {"sums/first": np.array(task.first), "words": np.array(tuple(words.code))}


def blocks(task: Task, start: int, stop: int) -> Iterator[slice]:
    for i in range(start, stop, BLOCK):
        yield slice(i, min(i + BLOCK, stop))


def _labelled(ar: AbnormalReturns, name: str) -> np.ndarray:
    return ar.labels[name].to_numpy()


def _figures(task: Task, ar: AbnormalReturns, cars: list[Cumulative], words: Words) -> dict[str, np.ndarray]:
    """One row an event: what its own tables and the tests across events need."""
    spec = task.specification
    each = moments(ar.residuals)
    out = {"row": _labelled(ar, "event") - task.halo, "nobs": ar.nobs, "dof": ar.dof, "sigma": ar.sigma}
    out |= {"count": each.count, "square": each.square, "positive": positive_share(ar.residuals)}
    for w, (window, car) in enumerate(zip(spec.report, cars, strict=True)):
        quantile = firm_sq(ar, window)
        leading, ratio = leading_sq(ar, window, quantile.p_value)
        figures = {
            "car": car.car,
            "std_error": car.std_error,
            "days": car.days.astype(np.int16),
            "lacking": car.lacking.astype(np.int16),
            "reason": words.codes(car.reason),
            "note": words.codes(car.told),
            "sars": np.nansum(event_sars(ar, window), axis=1),
            "quantile": quantile.p_value,
            "floor": quantile.floor,
            "leading": leading,
            "ratio": ratio,
        }
        if basis(spec.kind) == "simple":
            figures["bhar"] = ar.bhar(window)
        out |= {f"{name} {w}": value for name, value in figures.items()}
    if spec.daily:
        out |= {"days": ar.event_days, "actual": ar.actual, "expected": ar.expected, "std_error": ar.std_error}
    return out


def _excluded(task: Task, ar: AbnormalReturns) -> dict[str, np.ndarray]:
    row = ar.excluded["event"].to_numpy(np.int64) - task.halo
    return {"row": row, "reason": np.array([reason.packed() for reason in ar.excluded["reason"]], np.str_)}


def _sums(ar: AbnormalReturns, summed: Cells) -> dict[str, Array]:
    """By key: residuals by estimation day, SARs and their squares by event day, and ranks by day of both windows."""
    e, held = np.isfinite(ar.residuals), np.isfinite(ar.ar)
    seen = summed.sums(np.concatenate([e, held], axis=1))
    sar = np.where(held, ar.sar, 0.0)
    sums = {
        "residual": summed.sums(ar.residuals if e.all() else np.where(e, ar.residuals, 0.0)),
        "residual days": seen[:, : e.shape[1]],
        "ranked days": seen,
        "sar": summed.sums(sar),
        "squared sar": summed.sums(sar**2),
    }
    return sums | add_up(_ranks(ar, summed, slice(i, i + RANKED)) for i in range(0, len(ar), RANKED))


def _ranks(ar: AbnormalReturns, summed: Cells, rows: slice) -> dict[str, Array]:
    """Sums of rank/(M + 1) of ARs, and of rank/(T + 2) of e/s among themselves."""
    t, e = ar.residuals.shape[1], ar.residuals[rows]
    still = ar.residual_sd is None  # the order of e/s is that of e where s does not move
    both, own = rank_sums(np.concatenate([e, ar.ar[rows]], axis=1), t if still else 0, summed, rows)
    if ar.residual_sd is not None:
        own = rank_sums(e / ar.residual_sd[rows], t, summed, rows)[1]
    return {"raw ranks": both, "own ranks": own}


def _by_group(task: Task, ar: AbnormalReturns, held: np.ndarray) -> dict[str, np.ndarray]:
    """By group, the events without one last: ARs by event day, and by session for each window's portfolio."""
    spec, group, seen = task.specification, _labelled(ar, "group"), np.isfinite(ar.ar)
    slots, (_, length), width = spec.groups + 1, ar.ar.shape, len(task.dates)
    slot = np.where(group < 0, spec.groups, group)
    day = task.day[_labelled(ar, "event")] - task.first
    value = np.where(seen, ar.ar, 0.0)
    place = slot[:, None] * length + np.arange(length)
    out: dict[str, np.ndarray] = {
        "aar": np.bincount(place.ravel(), value.ravel(), slots * length).reshape(slots, length),
        "aar events": np.bincount(place.ravel(), seen.ravel().astype(float), slots * length).reshape(slots, length),
    }
    for w, window in enumerate(spec.report):
        at = ar.columns(window)
        used = seen[:, at] & held[:, w, None]
        place = (slot[:, None] * width + day[:, None] + window.taus)[used]
        for name, weight in (("open", value[:, at][used]), ("open events", None)):
            out[f"{name} {w}"] = np.bincount(place, weight, slots * width).reshape(slots, width).astype(float)
    return out


def _rows(task: Task, ar: AbnormalReturns, held: np.ndarray | None = None) -> Rows:
    """What the pairs of these events need."""
    if held is None:
        held = np.column_stack([ar.car(window).complete for window in task.specification.report])
    day = task.day[_labelled(ar, "event")]
    return Rows(ar.residuals, day, _labelled(ar, "group"), np.isfinite(ar.ar), held)


def _tail(task: Task, stop: int, own: Rows, tail: Rows | None) -> Rows | None:
    """The last events that may share a tested day with the one at `stop`."""
    if stop >= len(task):
        return None
    longest = max(map(len, task.specification.report))
    rows = own if tail is None else tail.then(own)
    return rows.take(rows.day > task.day[stop] - longest)


def _correlations(task: Task, own: Rows, tail: Rows | None) -> dict[str, np.ndarray]:
    """Pairs with one event among `own` and the other there or before: all pairs less those of the tail."""
    every = pair_sums(own if tail is None else tail.then(own), task.specification)
    total = every.total
    if tail is not None and len(tail.day):
        total = total - pair_sums(tail, task.specification).total
    return {"pairs": total, "few": every.few, "flat": every.flat}


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
