"""Abnormal returns of many events at once, and what is summed and averaged from them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import stdtr

from eventwindow.calendars.window import Span, Window, as_window
from eventwindow.errors import Reason, StudyError, WindowError, counted
from eventwindow.estimation.cumulative import OWN, Cumulative, cumulate, cut_halts, merged, own_windows
from eventwindow.estimation.event_time import OUTSIDE, Array, Days, EventReturns, over_several, taken
from eventwindow.estimation.exports import Basis, Exports
from eventwindow.estimation.models import MODELS, Fit, Model, check_between_trades, model_named

EXCLUDED = ("event", "security", "reason")


@dataclass(frozen=True, eq=False)
class AbnormalReturns(Exports):
    """AR = R - E[R] of N events over an event window of L days, estimated over T days; decimals, NaN where missing.

    The forecast errors of one event have the covariance diag(own_variance) + loading @ loading.T. `abnormal_returns`
    makes one; `car`, `aar`, `caar` and `bhar` sum and average it, `select` takes some of its events.

    Attributes
    ----------
    labels : DataFrame
        A row an event: event, security, group, benchmark, date (day 0) and what else the table of events held.
    estimation, window : Window
        The estimation window and the event window, in trading days from day 0.
    actual, expected, ar : array (N, L)
        Actual, expected and abnormal returns, decimals.
    std_error, sar, p_value : array (N, L)
        Standard error of one day's AR, AR over it, and its two-sided p-value under t(dof).
    residuals : array (N, T)
        Of the estimation window, decimals.
    sigma, dof, nobs : array (N,)
        Standard deviation of the residuals, its degrees of freedom, and the number of returns in the estimation.
    own_variance, loading : array (N, L), array (N, L, k)
        The two parts of the covariance of the forecast errors.
    estimation_days, event_days : array of int (N, T), (N, L)
        Days since 1970-01-01; -1 outside the data.
    coefficients : DataFrame
        A row an event, a column a coefficient of the model.
    gap : array (N, G), optional
        Abnormal returns of the days between the two windows.
    excluded : DataFrame
        Events without a result: event, security, reason.
    notes : tuple of str
        What a reader must know: shifted dates, halts, other events in a window.

    References
    ----------
    MacKinlay, A. C. (1997). Event studies in economics and finance. Journal of Economic Literature 35, 13-39.
    Campbell, J. Y., Lo, A. W. and MacKinlay, A. C. (1997). The Econometrics of Financial Markets, chapter 4.

    Examples
    --------
    >>> study.ar.shape
    (3, 11)
    >>> study.aar().loc[0].round(4).tolist()
    [-0.0488, 3.0]
    >>> study.select(["A", "B"]).car(0).car.round(4)
    array([-0.0494, -0.0481])
    """

    labels: pd.DataFrame
    estimation: Window
    window: Window
    actual: Array  # (N, L)
    expected: Array  # (N, L)
    residuals: Array  # (N, T)
    sigma: Array  # (N,), divisor dof
    dof: Array  # (N,), T - k
    nobs: Array  # (N,), T
    own_variance: Array  # (N, L)
    loading: Array  # (N, L, k)
    estimation_days: Days  # (N, T), days since 1970-01-01, -1 outside the data
    event_days: Days  # (N, L)
    model: np.ndarray  # (N,), ids
    position: np.ndarray  # (N,), rows of `origin`
    origin: EventReturns | None = None
    fitter: Model | None = None  # the model, where all events have the same
    coefficients: pd.DataFrame = field(default_factory=pd.DataFrame)
    residual_sd: Array | None = None  # (N, T), where the volatility moves
    gap: Array | None = None  # (N, G), AR of the days between the two windows
    excluded: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=EXCLUDED, dtype=object))
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.position)

    @cached_property
    def source(self) -> EventReturns | None:
        """The returns and factors of these events."""
        whole = self.origin is None or np.array_equal(self.position, np.arange(len(self.origin)))
        return self.origin if whole or self.origin is None else self.origin.rows(self.position)

    @property
    def covered(self) -> Array | None:
        """(N, L), sessions that each return covers: more than one after a halt."""
        every = None if self.origin is None else self.origin.covered
        return None if every is None else every[self.position]

    @property
    def halted(self) -> NDArray[np.bool_] | None:
        """(N, L + 1), no price between two, from the day before the window on."""
        every = None if self.origin is None else self.origin.halted
        return None if every is None else every[self.position]

    @cached_property
    def ar(self) -> Array:
        """(N, L), actual less expected return."""
        return read_only(self.actual - self.expected)

    @cached_property
    def std_error(self) -> Array:
        """(N, L), of one day's AR: s √(1 + x'(X'X)⁻¹x)."""
        return read_only(np.sqrt(self.own_variance + np.einsum("nlk,nlk->nl", self.loading, self.loading)))

    @property
    def sar(self) -> Array:
        """(N, L), AR over its standard error."""
        return self.ar / self.std_error

    @property
    def p_value(self) -> Array:
        """(N, L), of one day's AR, two-sided, t(dof)."""
        return np.asarray(2 * stdtr(self.dof[:, None], -np.abs(self.sar)))

    @property
    def standardised_residuals(self) -> Array:
        """(N, T), e/s, without leverage."""
        return self.residuals / (self.sigma[:, None] if self.residual_sd is None else self.residual_sd)

    def columns(self, window: Window) -> slice:
        """Where `window` lies in the event window."""
        if window.start < self.window.start or window.end > self.window.end:
            remedy = "Widen that one."
            raise WindowError(f"window {window} reaches beyond the event window {self.window}.", remedy=remedy)
        return slice(window.start - self.window.start, window.end - self.window.start + 1)

    def car(self, window: Span | None = None) -> Cumulative:
        """CAR of each event over `window`; by default over its own (labels window_start, window_end), else all days."""
        if window is None and self.has_own_windows:
            return self._own_cars()
        window = self.window if window is None else as_window(window)
        at, halted = self.columns(window), self.halted
        cut = () if halted is None else cut_halts(halted, self.event_days, at)
        car = cumulate(
            window,
            self.labels,
            self.ar[:, at],
            self.event_days[:, at],
            own_variance=self.own_variance[:, at],
            loading=self.loading[:, at],
            dof=self.dof,
            lacking=self.lacking(window),
            cut=cut,
        )
        return replace(car, basis=self.basis._replace(window=window))

    def lacking(self, window: Window) -> Days:
        """(N,), days of a window without a return: a return over a halt holds the sessions that it covers."""
        at = self.columns(window)
        held = 1.0 if self.covered is None else self.covered
        counted = np.where(np.isfinite(self.ar), held, 0.0)[:, at]
        return np.asarray(len(window) - counted.sum(axis=1), np.int64)

    def _own_cars(self) -> Cumulative:
        """Each event over its own window."""
        cars = [(rows, self.select(rows).car(span)) for rows, span in self._by_own_window()]
        return replace(merged(self.window, self.labels, cars), basis=self.basis)

    @property
    def has_own_windows(self) -> bool:
        """Whether the events have windows of their own."""
        return set(OWN) <= set(self.labels)

    def _by_own_window(self) -> Iterator[tuple[Days, Window]]:
        """Each window of the events' own, with the places of those that have it."""
        spans, which = np.unique(own_windows(self.labels, self.window), axis=0, return_inverse=True)
        for number, (start, end) in enumerate(spans.tolist()):
            yield np.flatnonzero(which == number), Window(start, end)

    def aar(self) -> pd.DataFrame:
        """The mean AR of each day over the events that have one: columns aar, n; index tau."""
        seen = np.isfinite(self.ar)
        n = seen.sum(axis=0)
        mean = np.where(n > 0, np.sum(self.ar, axis=0, where=seen) / np.maximum(n, 1), np.nan)
        return pd.DataFrame({"aar": mean, "n": n}, index=pd.Index(self.window.taus, name="tau"))

    def caar(self, window: Span | None = None) -> float:
        """The mean CAR of the events that hold the whole window."""
        car = self.car(window)
        if not car.complete.any():
            raise WindowError(f"no event holds the whole window {car.window}.")
        return float(car.car[car.complete].mean())

    def bhar(self, window: Span | None = None) -> Array:
        """(N,), Π(1 + R) - Π(1 + E[R]) over `window`, simple returns; NaN where it is not complete.

        Without a window, over that of `car`.
        """
        if self.origin is not None and self.origin.kind != "simple":
            raise StudyError(f"a buy-and-hold return needs simple returns; these are {self.origin.kind} returns.")
        if window is None and self.has_own_windows:
            out = np.full(len(self), np.nan)
            for rows, span in self._by_own_window():
                out[rows] = self.select(rows).bhar(span)
            return out
        at = self.columns(self.window if window is None else as_window(window))
        seen = np.isfinite(self.ar[:, at])
        held, expected = (np.prod(np.where(seen, 1 + part[:, at], 1), axis=1) for part in (self.actual, self.expected))
        return np.where(self.car(window).complete, held - expected, np.nan)

    def select(self, chosen: Sequence[str] | np.ndarray | slice) -> AbnormalReturns:
        """The events at `chosen`: a mask, positions, a slice of them, or the symbols of securities."""
        chosen = np.arange(len(self))[chosen] if isinstance(chosen, slice) else np.atleast_1d(np.asarray(chosen))
        index = chosen if len(chosen) else np.empty(0, int)
        if index.dtype.kind in "OUST":
            if unknown := sorted(set(map(str, chosen)).difference(self.labels["security"])):
                remedy = "Choose among .labels['security']; .excluded says what was left out, and why."
                raise StudyError(f"no event of {unknown[0]!r} has a result", remedy=remedy)
            return self.among(chosen)
        try:
            return self._at(np.arange(len(self))[index])
        except IndexError:
            what = f"a mask or places that do not fit {counted(len(self), 'event')}"
            remedy = "Give True or False for each event, places from 0 on, or securities."
            raise StudyError(what, remedy=remedy) from None

    def among(self, securities: Collection[str]) -> AbnormalReturns:
        """The events of these securities, of those that have one."""
        wanted = set(securities)  # of few texts faster than pandas' own
        held = np.array([security in wanted for security in self.labels["security"].tolist()], bool)
        return self._at(np.flatnonzero(held))

    def _at(self, rows: NDArray[np.integer]) -> AbnormalReturns:
        arrays = {name: value[rows] for name, value in vars(self).items() if _by_event(name, value)}
        return replace(
            self,
            labels=taken(self.labels, rows),
            coefficients=taken(self.coefficients, rows),
            fitter=self.fitter or _sole_model(self.model[rows]),
            **arrays,
        )

    def to_frame(self) -> pd.DataFrame:
        """A row an event and day: actual, expected and abnormal return, standard error, t and p."""
        n, length = self.actual.shape
        frame = self.labels[["event", "security", "group", "benchmark"]].loc[np.repeat(np.arange(n), length)]
        figures = day_by_day(self.window, self.event_days, self.actual, self.expected, self.std_error, self.dof)
        return frame.reset_index(drop=True).assign(model=np.repeat(self.model, length), **figures)

    def _exported(self, name: str) -> pd.DataFrame:
        """The daily means with their running sum; the table "daily" is `to_frame`."""
        if name == "daily":
            return self.to_frame()
        if name:
            remedy = 'Leave the name out for the daily means, or "daily".'
            raise StudyError(f"there is no table {name!r}", remedy=remedy)
        means = self.aar()
        return means.assign(caar=means["aar"].cumsum()).reset_index()

    @property
    def basis(self) -> Basis:
        """Model and windows, which the note of a table names."""
        return Basis(tuple(sorted(set(self.model))), self.estimation, self.window)

    def __repr__(self) -> str:
        models = "".join(f", {name}" for name in sorted(set(self.model)))
        head = f"Abnormal returns of {len(self)} event{'s' * (len(self) != 1)} over {self.window}{models}"
        left = f"; {len(self.excluded)} excluded: {self.excluded['reason'].iloc[0]}" if len(self.excluded) else ""
        return f"{head}{left}\n{self._table().to_string(max_rows=12)}"

    def _repr_html_(self) -> str:
        return self._table().to_html(max_rows=12)

    def _table(self) -> pd.DataFrame:
        index = pd.MultiIndex.from_frame(self.labels[["event", "security"]])
        return pd.DataFrame(self.ar, index, pd.Index(self.window.taus, name="tau"))


def read_only(values: Array) -> Array:
    """An array that is kept, and so is not to be changed in place."""
    values.flags.writeable = False
    return values


def day_by_day(
    window: Window, days: Days, actual: Array, expected: Array, std_error: Array, dof: Array
) -> dict[str, np.ndarray]:
    """The columns of a row an event and day, from (N, L) figures; no date where the data do not reach."""
    ar = actual - expected
    dates = np.where(days == OUTSIDE, np.datetime64("NaT", "D"), days.astype("datetime64[D]"))
    figures = {
        "date": dates.astype("datetime64[s]"),
        "tau": np.broadcast_to(window.taus, days.shape),
        "actual_return": actual,
        "expected_return": expected,
        "abnormal_return": ar,
        "std_error": std_error,
        "t_stat": ar / std_error,
        "p_value": 2 * stdtr(dof[:, None], -np.abs(ar / std_error)),
    }
    return {name: figure.ravel() for name, figure in figures.items()}


def _sole_model(names: np.ndarray) -> Model | None:
    """The model that all of the events have."""
    return MODELS.get(names[0]) if len(set(names)) == 1 else None


def _by_event(name: str, value: Any) -> bool:
    return isinstance(value, np.ndarray) and name not in ("ar", "std_error")


def estimate(source: EventReturns, model: str | Model = "market_model", minimum_returns: int = 100) -> AbnormalReturns:
    """Fit `model` to every event; those without a fit are listed in `excluded` with their reason."""
    fitter = model_named(model)
    if source.sessions is not None:
        check_between_trades(fitter)
    wide, gap = source.through_the_gap()
    fit = fitter.fit(wide)
    reason = fit.problem.copy()
    short = fit.nobs < minimum_returns
    reason[short] = [
        Reason("few_estimation_returns", n=int(n), window=f"{source.estimation}", needed=minimum_returns)
        for n in fit.nobs[short]
    ]
    before = wide.event_returns[:, :gap] - fit.expected[:, :gap]
    fit = fit.at_days(slice(gap, None))
    expected, own_variance, loading = _over_halts(source, fit)
    result = AbnormalReturns(
        source.labels,
        source.estimation,
        source.window,
        source.event_returns,
        expected,
        fit.residuals,
        fit.sigma,
        fit.dof,
        fit.nobs,
        own_variance,
        loading,
        source.estimation_days,
        source.event_days,
        np.full(len(source), fitter.name, dtype=object),
        np.arange(len(source)),
        source,
        fitter,
        pd.DataFrame(fit.coefficients, columns=list(fit.coefficient_names)),
        fit.residual_sd,
        before,
        notes=(*fit.notes, *halt_notes(source)),
    )
    if not (reason != "").any():
        return result
    kept = result.select(np.flatnonzero(reason == ""))
    excluded = source.labels[["event", "security"]].assign(reason=reason)[reason != ""].reset_index(drop=True)
    return replace(kept, excluded=excluded)


def _over_halts(source: EventReturns, fit: Fit) -> tuple[Array, Array, Array]:
    """Expected returns, variances and loadings; of a return over several sessions, those of all of them."""
    parts = fit.expected, fit.own_variance, fit.loading
    if source.covered is None:
        return parts
    out = tuple(part.copy() for part in parts)
    for row, days in over_several(source.covered):
        for new, part in zip(out, parts, strict=True):
            new[row, days[-1]] = part[row, days].sum(axis=0)
    return out[0], out[1], out[2]


def halt_notes(source: EventReturns) -> tuple[str, ...]:
    """Which returns cover several sessions."""
    return tuple(
        f"{source.labels['security'].iloc[row]}: the return of"
        f" {pd.Timestamp(int(source.event_days[row, days[-1]]), unit='D'):%Y-%m-%d} covers"
        f" {len(days)} sessions: there is no price between"
        for row, days in over_several(source.covered)
    )
