"""CARs regressed on characteristics of the events."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from eventwindow.calendars.dates import Rows
from eventwindow.calendars.window import Span, Window, as_window
from eventwindow.errors import Catalogue, Reason, StudyError, counted, printable
from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.estimation.event_time import Array
from eventwindow.estimation.exports import Basis, Exports, worded
from eventwindow.estimation.given import by_number
from eventwindow.estimation.numbers import numbers_of
from eventwindow.inference.calendar_dependence import NO_VARIANCE, variance_of_cars
from eventwindow.inference.design import TOGETHER, Design
from eventwindow.inference.permutation import date_permutation, shared_residuals
from eventwindow.inference.results import Answer, student
from eventwindow.inference.sample import Sample, sample
from eventwindow.inference.shifts import ROUNDING, event_residuals, untouched

Characteristics = pd.DataFrame | pd.Series | Sequence[str] | str
CONSTANT = "const"
GLS = "GLS, rank among estimation days"
RANK, CLUSTERED, CALENDAR = "rank among estimation days", "clustered by security and date", "calendar time"
RESULTS = ["term", "method", "statistic", "p_value", "std_error", "note", "valid"]
NUMBER = re.compile(r"\s*[+\-\u2212]?[.,]?\d")
PLACE = Rows("the characteristics", "row").at
CLUSTERS = 20  # dates below which clustered errors are too small


@dataclass(frozen=True, eq=False)
class CarRegression(Exports):
    """Slopes of CARs on characteristics, each with its results; leads with what holds for the design."""

    window: Window
    n: int
    coefficients: pd.Series  # the constant first, decimals per unit of the characteristic
    results: pd.DataFrame  # in the columns of RESULTS
    r_squared: float = np.nan
    basis: Basis | None = None

    def to_frame(self) -> pd.DataFrame:
        """A row a term and method: coefficient, standard error, statistic, p, and whether it holds for the design."""
        return worded(self._whole())

    def _whole(self) -> pd.DataFrame:
        slopes = self.results["term"].map(self.coefficients)
        columns = ["term", "method", "coefficient", "std_error", "statistic", "p_value", "n", "note", "valid"]
        return self.results.assign(coefficient=slopes, n=self.n)[columns]

    def _exported(self, name: str) -> pd.DataFrame:
        """What could be computed, for a paper."""
        table = super()._exported(name)
        return table[table["p_value"].notna()].drop(columns=["note", "n"]).reset_index(drop=True)

    def _basis(self, words: Catalogue) -> str:
        fit = words.text("paper.regression", n=self.n, r=f"{self.r_squared:.3f}")
        return f"{super()._basis(words)} {fit}".strip()

    def __repr__(self) -> str:
        head = f"CAR over {self.window} on characteristics, {self.n} events"
        return printable(f"{head}\n{self.results.to_string(index=False)}")

    def _repr_html_(self) -> str:
        return self.results.to_html(index=False)


def car_regression(ar: AbnormalReturns, window: Span, characteristics: Characteristics) -> CarRegression:
    """OLS of CARs on characteristics of the events.

    On a shared day the event's slope is ranked among those of every run of estimation days, by OLS, which leads, and by
    GLS on the residuals' covariance. Where windows overlap in part, its variance is taken in calendar time; elsewhere
    errors are HC3 and clustered by security and date, by statsmodels, the latter against t with one degree of freedom
    less than there are securities or dates, whichever are fewer.

    Parameters
    ----------
    ar : AbnormalReturns (N events)
        Of `abnormal_returns`.
    window : Window, int or pair of int
        Trading days from day 0, inside the event window.
    characteristics : DataFrame, Series, str or list of str
        A row an event, named by the columns or index levels event and security; or columns of `ar.labels`. A column of
        names, such as ["group"], gives a dummy for each but the first: the slope is a difference of CAARs.

    Returns
    -------
    CarRegression
        `coefficients` (decimals per unit, the constant first), `r_squared`, and `results`: a row a term and method,
        those first that hold for the design (`valid`). `to_frame` and the tables for papers hold both.

    Raises
    ------
    StudyError
        Where a characteristic is missing or unknown, or the events cannot identify the coefficients.
    WindowError
        Where the window is none or reaches beyond the event window.

    References
    ----------
    Sefcik, S. E. and Thompson, R. (1986). An approach to statistical inference in cross-sectional models with security
    abnormal returns as dependent variable. Journal of Accounting Research 24, 316-334.
    Cohn, J., Johnson, T., Liu, Z. and Wardlaw, M. (2026). Past is prologue: inference from the cross section of returns
    around an event. Journal of Financial Economics 180, 104278.
    MacKinnon, J. G. and White, H. (1985). Some heteroskedasticity-consistent covariance matrix estimators. Journal of
    Econometrics 29, 305-325.

    Examples
    --------
    >>> size = pd.DataFrame({"size": [1.0, 2.0, 4.0]}, index=["A", "B", "C"])
    >>> fitted = ew.car_regression(study, 0, size)
    >>> fitted.coefficients.round(4).to_dict()
    {'const': -0.0491, 'size': 0.0001}
    """
    window = as_window(window)
    events = sample(ar, window)
    table = numbered(characteristics_of(joined(ar.labels, characteristics), PLACE))[ar.car(window).complete]
    if not np.isfinite(table.to_numpy()).all():
        raise _no_number(table, ar.labels[ar.car(window).complete])
    return replace(regressed(events, table), basis=ar.basis._replace(window=window))


def _no_number(table: pd.DataFrame, labels: pd.DataFrame) -> StudyError:
    """Which characteristic of which event is missing or infinite."""
    row, column = np.argwhere(~np.isfinite(table.to_numpy()))[0]
    cell, event = table.iloc[row, column], labels.iloc[row]
    what = f"{table.columns[column]!r} is {'missing' if np.isnan(cell) else 'infinite'} for"
    return StudyError(
        f"{what} the event of {event['security']!r} on {event['date']:%Y-%m-%d}, which has a CAR.",
        remedy="Fill it, or leave such events out.",
    )


def regressed(events: Sample, table: pd.DataFrame) -> CarRegression:
    """CARs of events that hold the window on the numbers of a table, a row an event; the constant is added."""
    car, window = events.car.car, events.window
    x, names = _design_matrix(table)
    robust = robust_rows(events.ar.labels, car, x, names, events.design, len(window))
    if events.design in TOGETHER:
        rows = [*_ranked(events, x, names), *_weighed(events, x, names), *robust]
    elif events.design == "scattered":
        rows = [*robust, *_in_calendar_time(events, x, names), *_ranked(events, x, names)]
    else:
        rows = [*_in_calendar_time(events, x, names), *robust, *_ranked(events, x, names)]
    return fitted(window, car, x, names, rows)


def fitted(window: Window, car: Array, x: Array, names: list[str], rows: list[tuple[object, ...]]) -> CarRegression:
    """The slopes and their results, in the order in which they lead."""
    slopes = pd.Series(np.linalg.lstsq(x, car, rcond=None)[0], names)
    total = float(np.sum((car - car.mean()) ** 2))
    explained = 1 - float(np.sum((car - x @ slopes.to_numpy()) ** 2)) / total if total else np.nan
    return CarRegression(window, len(x), slopes, pd.DataFrame(rows, columns=RESULTS), explained)


def regressed_alone(
    labels: pd.DataFrame, car: Array, window: Window, table: pd.DataFrame, kind: Design
) -> CarRegression:
    """The same from the CARs alone, of events too many for their days to be held together."""
    x, names = _design_matrix(table)
    return fitted(window, car, x, names, robust_rows(labels, car, x, names, kind, len(window)))


def _design_matrix(table: pd.DataFrame) -> tuple[Array, list[str]]:
    if reason := unidentified(table):
        raise StudyError(f"{reason}.", remedy="Use fewer, not collinear.")
    return np.column_stack([np.ones(len(table)), table.to_numpy(float)]), [CONSTANT, *map(str, table.columns)]


def unidentified(table: pd.DataFrame) -> Reason | None:
    """Why the events (rows) cannot identify a slope on each column and a constant."""
    x = np.column_stack([np.ones(len(table)), table.to_numpy(float)])
    if np.linalg.matrix_rank(x) == x.shape[1] < len(x):
        return None
    return Reason("cannot_identify", n=len(x), k=x.shape[1])


def characteristics_of(table: pd.DataFrame, place: Callable[[int], str]) -> pd.DataFrame:
    """Columns of numbers as numbers, NaN where missing; columns of names as they are, None where missing."""
    out: dict[Any, pd.Series[Any]] = {}
    for name in table:
        column = table[name]
        if pd.api.types.is_numeric_dtype(column):
            out[name] = column.astype(float)
        elif _names(column):
            out[name] = column.astype(str).str.strip().where(~_missing(column), None)
        else:
            out[name] = pd.Series(numbers_of(column.rename(str(name)), place), table.index)
    return pd.DataFrame(out, index=table.index)


def numbered(table: pd.DataFrame) -> pd.DataFrame:
    """Characteristics as numbers: of a column of names a column for each name but the first."""
    out: dict[str, Any] = {}
    for name in table:
        column = table[name]
        out |= {str(name): column} if pd.api.types.is_numeric_dtype(column) else _dummies(str(name), column)
    return pd.DataFrame(out, index=table.index)


def _names(column: pd.Series) -> bool:
    """Whether no cell of a column begins as a number does."""
    held = column[~_missing(column)].astype(str).unique()
    return len(held) > 0 and not any(NUMBER.match(cell) for cell in held)


def _missing(column: pd.Series) -> pd.Series:
    return column.isna() | column.astype(str).str.strip().eq("")


def _dummies(name: str, column: pd.Series) -> dict[str, Array]:
    """One where the cell holds the value, zero elsewhere, NaN where it is missing; the first value is the base."""
    base, *others = sorted(column.dropna().unique())
    return {f"{name}: {value} \u2212 {base}": np.where(column.isna(), np.nan, column == value) for value in others}


def joined(labels: pd.DataFrame, characteristics: Characteristics) -> pd.DataFrame:
    """The characteristics of each event, in the order of `labels`.

    Names are columns of the labels. A table is joined by its columns or index levels `event` and `security`, or by an
    index that holds either; a table without names must hold a row an event, none of them excluded.
    """
    if isinstance(characteristics, str):
        characteristics = [characteristics]
    if isinstance(characteristics, pd.Series):
        characteristics = characteristics.to_frame(characteristics.name or "characteristic")
    if not isinstance(characteristics, pd.DataFrame):
        names = list(dict.fromkeys(characteristics))
        if lacking := [name for name in names if name not in labels]:
            raise StudyError(f"{lacking[0]!r} is no column of the events.", remedy="Give it in the table of events.")
        return labels[names]
    table = characteristics
    keys = [name for name in ("event", "security") if name in table.columns or name in table.index.names]
    if keys:
        table = table.reset_index() if set(keys) & set(table.index.names) else table
        table = table.set_index(keys)
    elif by_number(table, labels["security"]):
        return table.sort_index()
    elif isinstance(table.index, pd.RangeIndex):
        events = counted(len(labels), "event")
        raise StudyError(
            f"{counted(len(table), 'row')} of characteristics for {events} with abnormal returns.",
            remedy="Name the event or the security of each row: a column `event` or `security`, or the index.",
        )
    else:
        keys = ["security" if table.index.isin(labels["security"]).any() else "event"]
    if table.index.has_duplicates:
        remedy = "Keep one."
        raise StudyError(f"the characteristics hold {table.index[table.index.duplicated()][0]!r} twice.", remedy=remedy)
    wanted = pd.MultiIndex.from_frame(labels[keys]) if len(keys) > 1 else pd.Index(labels[keys[0]])
    if (missing := ~wanted.isin(table.index)).any():
        raise StudyError(f"no characteristics are given for {wanted[missing][0]!r}.", remedy="Add a row for it.")
    return table.reindex(wanted)


def slope_rank(events: Sample, x: Array, column: int) -> Answer:
    """The slope on one column of x (N, c) by its rank among the slopes of all runs of estimation days."""
    weights = np.linalg.pinv(x)[column]
    return date_permutation(events, lambda values: weights @ values)


def _ranked(events: Sample, x: Array, names: list[str]) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for j, name in enumerate(names):
        r = slope_rank(events, x, j)
        if isinstance(r, Reason):
            rows.append((name, RANK, None, None, None, r, True))
        else:
            rows.append((name, RANK, r.statistic, r.p_value, None, r.distribution, True))
    return rows


def _in_calendar_time(events: Sample, x: Array, names: list[str]) -> list[tuple[object, ...]]:
    """Slopes over √(Σ_ij w_i w_j n_ij c_ij), w their weights on the CARs: windows that overlap may move together."""
    weights, car = np.linalg.pinv(x), events.car.car
    rows: list[tuple[object, ...]] = []
    for name, own in zip(names, weights, strict=True):
        found = variance_of_cars(events.ar, events.meeting, own)
        if isinstance(found, Reason) or found.value <= 0:
            reason = found if isinstance(found, Reason) else NO_VARIANCE
            rows.append((name, CALENDAR, None, None, None, reason, True))
            continue
        error = float(np.sqrt(found.value))
        r = student(float(own @ car) / error, found.days - 1)
        rows.append((name, CALENDAR, r.statistic, r.p_value, error, Reason("past_variances"), True))
    return rows


def _weighed(events: Sample, x: Array, names: list[str]) -> list[tuple[object, ...]]:
    """GLS slopes ranked among those of every run of days, each with the covariance of the days outside it."""
    ar, window, residuals = events.ar, events.window, shared_residuals(events)
    if isinstance(residuals, Reason) or len(ar) > FIRMS:
        reason = residuals if isinstance(residuals, Reason) else TOO_MANY
        return [(name, GLS, None, None, None, reason, True) for name in names]
    event = ar.ar[:, ar.columns(window)] if len(window) == 1 else event_residuals(ar, window)
    slopes, t = slopes_of_runs(residuals, event, x), residuals.shape[1]
    b = gls_slopes(events.car.car, x, factor_covariance(residuals))
    error = slopes[untouched(t, len(window))].std(axis=0, ddof=1)
    p = (np.abs(slopes) >= np.abs(slopes[t]) * (1 - ROUNDING)).mean(axis=0)
    note = Reason("gls_size")
    return [(name, GLS, *cells, note, True) for name, *cells in zip(names, b / error, p, error, strict=True)]


def robust_rows(
    labels: pd.DataFrame, car: Array, x: Array, names: list[str], kind: Design, length: int
) -> list[tuple[object, ...]]:
    """Slopes over the errors of HC3, and over errors clustered by security and date.

    Neither holds on a shared day. Where windows of several days overlap, dates are no clusters of their own. The
    clustered ones are held against t(G - 1), G the fewer of the securities and the dates.
    """
    import statsmodels.api as sm

    shared, overlap = kind in TOGETHER, kind != "scattered"
    doubt = Reason("all_share_days") if shared else Reason("windows_meet") if overlap else ""
    hc3 = sm.OLS(car, x).fit(cov_type="HC3", use_t=True)
    cells = zip(hc3.tvalues, hc3.pvalues, hc3.bse, strict=True)
    rows: list[tuple[object, ...]] = [(n, "HC3", *c, doubt, not overlap) for n, c in zip(names, cells, strict=True)]
    firm, date = (pd.factorize(labels[c])[0] for c in ("security", "date"))
    if min(firm.max(), date.max()) < 1:
        reason = Reason("two_way_clusters")
        return [*rows, *((name, CLUSTERED, None, None, None, reason, False) for name in names)]
    two_way = sm.OLS(car, x).fit(cov_type="cluster", cov_kwds={"groups": np.column_stack([firm, date])}, use_t=True)
    few = min(firm.max(), date.max()) + 1 < CLUSTERS
    note = doubt if overlap and length > 1 else Reason("too_few_clusters", needed=CLUSTERS) if few else ""
    cells = zip(two_way.tvalues, two_way.pvalues, two_way.bse, strict=True)
    return [*rows, *((n, CLUSTERED, *c, note, not note) for n, c in zip(names, cells, strict=True))]


COMPONENTS = 100  # of the covariance at most, and at most half the days and a quarter of the firms
FIRMS = 200  # beyond which a covariance a run takes too long
TOO_MANY = Reason("gls_firms", n=FIRMS)


def factor_covariance(residuals: Array) -> Array:
    """(N, N) from residuals (N, T): the first K principal components, and each firm's own variance about them."""
    days = residuals.T - residuals.mean(axis=1)
    t, n = days.shape
    k = max(1, min(COMPONENTS, t // 2, n // 4))
    vectors = np.linalg.svd(days, full_matrices=False)[2][:k].T
    scores = days @ vectors
    own = (days - scores @ vectors.T).var(axis=0, ddof=1)
    return np.asarray(vectors * scores.var(axis=0, ddof=1) @ vectors.T + np.diag(own))


def gls_slopes(y: Array, x: Array, covariance: Array) -> Array:
    """(c,) coefficients of y (N,) on x (N, c)."""
    import statsmodels.api as sm

    return np.asarray(sm.GLS(y, x, sigma=covariance).fit().params)


def slopes_of_runs(residuals: Array, event: Array, x: Array) -> Array:
    """(D, c) slopes of each run of the joined circle (N, T + L), the event's own at place T.

    A run's covariance is that of the estimation days that are not in it.
    """
    t, length = residuals.shape[1], event.shape[1]
    joined, out = np.concatenate([residuals, event], axis=1), np.empty((t + length, x.shape[1]))
    for start in range(t + length):
        run = (start + np.arange(length)) % (t + length)
        covariance = factor_covariance(np.delete(residuals, run[run < t], axis=1))
        out[start] = gls_slopes(joined[:, run].sum(axis=1), x, covariance)
    return out
