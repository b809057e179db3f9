"""Rank tests: Corrado, Corrado & Zivney, and the generalized rank tests of Kolari & Pynnönen."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eventwindow.errors import Reason
from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.estimation.event_time import Array
from eventwindow.inference.cross_section import CrossSection, EventRanks, MeanRanks
from eventwindow.inference.results import Answer, normal, student
from eventwindow.inference.significance import significance_test
from eventwindow.inference.standardised import standardised_alike
from eventwindow.parallel import in_blocks

Doubled = NDArray[np.uint16]  # twice a rank: ties make halves; 0 is no rank
Counts = NDArray[np.int64]
COLUMN_BITS = 10  # a sort key carries its column in its last bits
SIGN = np.int64(0x7FFFFFFFFFFFFFFF)
MISSING = np.array(np.nan).view(np.int64) >> COLUMN_BITS  # as a key, above every number's


@dataclass(frozen=True)
class Ranked(MeanRanks):
    """With twice the ranks of each event, 0 for none."""

    both: Doubled  # (N, T + L), of both windows; no rows where the values are standardised
    own: Doubled  # (N, T), of e/s among themselves; no rows where these are not the values ranked


def ranked_days(ar: AbnormalReturns, *, standardised: bool) -> Ranked:
    """Each event's M returns of both windows ranked; ties are averaged, a missing day has no rank."""
    n, t = ar.residuals.shape
    wanted = standardised == (ar.residual_sd is not None)  # the order of e/s is that of e where s does not move
    own = np.empty((n if wanted else 0, t), np.uint16)
    every = np.empty((0 if standardised else n, t + ar.ar.shape[1]), np.uint16)
    event = ar.sar / event_spread(ar.sar) if standardised else ar.ar
    scale = ar.sigma[:, None] if ar.residual_sd is None else ar.residual_sd

    def work(rows: slice) -> tuple[Array, Array]:
        e = ar.residuals[rows] / scale[rows] if standardised else ar.residuals[rows]
        values = np.concatenate([e, event[rows]], axis=1)
        order, near = orders(values)
        whole = not near.any() and not np.isnan(values[np.arange(len(e)), order[:, -1]]).any()
        if whole and standardised and not wanted:
            return _column_sums(order) / (values.shape[1] + 1), np.full(values.shape[1], float(len(e)))
        both, alone = doubled_ranks(values, t if wanted else 0, order, near)
        if wanted:
            own[rows] = alone
        if not standardised:
            every[rows] = both
        held = both > 0
        weight = 0.5 / (held.sum(axis=1) + 1)
        return weight @ both, held.sum(axis=0).astype(float)

    totals, seen = zip(*in_blocks(n, work), strict=True)
    days = np.sum(seen, axis=0)
    return Ranked(_mean(np.sum(totals, axis=0), days), days / n, every, own)


def event_spread(sar: Array) -> Array:
    """(L,) the sd over the events of each day's SARs: Corrado & Zivney (1992) divide by it; NaN for one event."""
    seen = np.isfinite(sar)
    n = seen.sum(axis=0)
    mean = np.sum(sar, axis=0, where=seen) / np.maximum(n, 1)
    square = np.sum((sar - mean) ** 2, axis=0, where=seen)
    return np.sqrt(np.where((n > 1) & (square > 0), square / np.maximum(n - 1, 1), np.nan))


def ranks_with(ar: AbnormalReturns, ranks: Doubled, value: Array) -> EventRanks:
    """Of the T values e/s, whose doubled `ranks` (N, T) are known, and of `value` (N,), all ranked together."""
    moving = ar.residual_sd is not None
    e, at = (ar.standardised_residuals, value) if moving else (ar.residuals, value * ar.sigma)

    def work(rows: slice) -> tuple[Array, Array, Array, Array]:
        above, equal = e[rows] > at[rows, None], e[rows] == at[rows, None]
        held = ranks[rows] > 0
        count = held.sum(axis=1).astype(float)
        event = 1 + count - above.sum(axis=1) - 0.5 * equal.sum(axis=1)
        total = (1 / (count + 2)) @ (0.5 * ranks[rows] + above + 0.5 * equal)
        return total, held.sum(axis=0).astype(float), event, count

    totals, seen, event, count = zip(*in_blocks(len(ar), work), strict=True)
    days, counts = np.sum(seen, axis=0), np.concatenate(count)
    last = (np.concatenate(event) / (counts + 2)).mean() - 0.5
    return EventRanks(np.append(_mean(np.sum(totals, axis=0), days), last), np.append(days, len(ar)) / len(ar), counts)


def mean_over(values: Array) -> tuple[Array, Array]:
    """Means over the events of each day (NaN where none has a value), and the share N_t/N that has one."""
    total = values.sum(axis=0)
    if np.isfinite(total).all():
        return total / len(values), np.ones(len(total))
    seen = np.isfinite(values)
    n = seen.sum(axis=0)
    return np.where(n > 0, np.nansum(values, axis=0) / np.maximum(n, 1), np.nan), n / len(values)


def _mean(total: Array, days: Array) -> Array:
    return np.where(days > 0, total / np.maximum(days, 1) - 0.5, np.nan)


def _column_sums(order: Counts) -> Array:
    """Sums of the ranks in each column, from the orders of rows without ties or gaps."""
    n, m = order.shape
    return np.asarray(np.bincount(order.ravel(), np.tile(np.arange(1.0, m + 1), n), m), float)


def ranked(values: Array, t: int) -> tuple[Doubled, Doubled]:
    """Twice the ranks of each row (n, M), ties averaged, 0 where missing; and of its first `t` among themselves."""
    return doubled_ranks(values, t, *orders(values))


def doubled_ranks(values: Array, t: int, order: Counts, near: np.ndarray) -> tuple[Doubled, Doubled]:
    """As `ranked`, from the rows' order and the rows whose order needs a second look."""
    both, own = _doubled(order, t, None)
    if near.any():
        rows = np.flatnonzero(near)
        exact = np.argsort(values[rows], axis=1)
        both[rows], own[rows] = _doubled(exact, t, np.take_along_axis(values[rows], exact, axis=1))
    missing = np.isnan(values)
    if missing.any():
        both[missing], own[missing[:, :t]] = 0, 0
    return both, own


def orders(values: Array) -> tuple[Counts, np.ndarray]:
    """Columns of each row in ascending order, missing ones last; and the rows whose neighbours may be equal.

    A float64's bits, the sign turned, sort as integers; with the column in the last bits a plain sort gives the order.
    Rows in which two values agree in all the other bits are marked.
    """
    m = values.shape[1]
    if m > 1 << COLUMN_BITS:
        return np.argsort(values, axis=1), np.ones(len(values), bool)
    plain = values + 0.0  # no minus zero
    if np.isnan(plain.sum()):
        plain[np.isnan(plain)] = np.nan  # no minus NaN
    key = plain.view(np.int64)
    key ^= (key >> 63) & SIGN
    key &= -(1 << COLUMN_BITS)
    key |= np.arange(m)
    key.sort(axis=1)
    order = key & ((1 << COLUMN_BITS) - 1)
    key >>= COLUMN_BITS
    equal = key[:, 1:] == key[:, :-1]
    return order, np.asarray((equal & (key[:, 1:] < MISSING)).any(axis=1)) if equal.any() else np.zeros(len(key), bool)


def _doubled(order: Counts, t: int, ascending: Array | None) -> tuple[Doubled, Doubled]:
    """Twice the ranks from each row's order; `ascending`, the sorted values, where there are ties to average."""
    place = np.arange(order.shape[1], dtype=np.uint16)[None]
    ends = (place, place) if ascending is None else _ends_of_ties(ascending)
    both = np.empty(order.shape, np.uint16)
    np.put_along_axis(both, order, (ends[0] + ends[1] + 2).astype(np.uint16), axis=1)
    if not t:
        return both, both[:, :0]
    early = order < t
    through = np.cumsum(early, axis=1, dtype=np.uint16)
    before = through - early
    if ascending is not None:
        before, through = np.take_along_axis(before, ends[0], axis=1), np.take_along_axis(through, ends[1], axis=1)
    own = np.empty(order.shape, np.uint16)
    np.put_along_axis(own, order, before + through + np.uint16(1), axis=1)
    return both, own[:, :t]


def _ends_of_ties(ascending: Array) -> tuple[Counts, Counts]:
    """For each place in a sorted row, the first and the last place with the same value."""
    m = ascending.shape[1]
    place, differs = np.arange(m), ascending[:, 1:] != ascending[:, :-1]
    edge = np.ones((len(ascending), 1), bool)
    first = np.maximum.accumulate(np.where(np.hstack([edge, differs]), place, 0), axis=1)
    last = np.minimum.accumulate(np.where(np.hstack([differs, edge]), place, m)[:, ::-1], axis=1)[:, ::-1]
    return first, last


NULL = "the abnormal returns rank like those of other days"


@significance_test("Corrado rank", NULL)
def corrado_z(events: CrossSection) -> Answer:
    """ΣK̄_τ / (√L S) on ranks of raw ARs over the estimation and the whole event window, N(0,1) (Corrado 1989)."""
    return _corrado(events, events.ranks)


@significance_test("Corrado–Zivney rank", NULL)
def corrado_zivney_z(events: CrossSection) -> Answer:
    """As `corrado_z`, on ranks of e/s and of SAR over their sd across the events of the day (Corrado & Zivney 1992)."""
    if events.n < 2:
        return Reason("needs_two_that_hold", n=events.n)
    return _corrado(events, events.scaled_ranks)


@significance_test("GRANK-T", NULL)
def grank_t(events: CrossSection) -> Answer:
    """Z √((T - 1)/(T - Z²)), t(T - 1), Z the standardised mean rank of SCAR/sd(SCAR) (Kolari & Pynnönen 2011)."""
    if reason := standardised_alike(events.car.scar):
        return reason
    seen = events.event_ranks.share > 0
    u, share = events.event_ranks.mean[seen], events.event_ranks.share[seen]
    t = len(u) - 1
    z = u[-1] / np.sqrt((share * u**2).sum() / (t + 1))
    if z**2 >= t:
        return Reason("mean_rank_on_event_alone")
    return student(z * np.sqrt((t - 1) / (t - z**2)), t - 1)


@significance_test("GRANK-Z", NULL)
def grank_z(events: CrossSection) -> Answer:
    """Ū₀ / √(T/(12 N (T + 2))), N(0,1); independent firms only (Kolari & Pynnönen 2011)."""
    if reason := standardised_alike(events.car.scar):
        return reason
    u, t = events.event_ranks.mean, events.event_ranks.days
    return normal(u[-1] / np.sqrt((t / (12 * (t + 2))).sum() / events.n**2))


def _corrado(events: CrossSection, ranks: MeanRanks) -> Answer:
    k, share = ranks.mean, ranks.share
    tested = k[events.tested]
    spread = np.sqrt(np.nansum(share * k**2) / (share > 0).sum())
    days = np.isfinite(tested).sum()
    if spread <= 0 or days == 0:
        return Reason("ranks_constant")
    return normal(np.nansum(tested) / (np.sqrt(days) * spread))
