"""Size and power of every test on a user's own prices: pseudo-events, effects added, rejections counted."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, product
from typing import Literal, cast

import numpy as np
import pandas as pd

from eventwindow.calendars.window import Span, Window, as_window
from eventwindow.errors import StudyError
from eventwindow.estimation.abnormal import AbnormalReturns, estimate
from eventwindow.estimation.event_time import Array, event_returns
from eventwindow.estimation.given import as_windows
from eventwindow.inference.design import Design
from eventwindow.inference.expected_volatility import BEYOND, HIGH, LOW, NAME, volatility_ratio
from eventwindow.inference.pseudo_events import MONTHS, PATTERNS, Draws, Panel, panel_of
from eventwindow.inference.registry import LEADING, TESTS, SignificanceResult, in_reading_order
from eventwindow.inference.results import LEVEL
from eventwindow.inference.sample import Sample, sample
from eventwindow.parallel import processes, starting

LEAD = "leading"  # the test that `run_tests` puts first, draw by draw
Shape = Literal["equal", "unequal", "opposed"]
EFFECTS = (0.0, 0.005, 0.01, 0.02)
LEVELS = (LEVEL, 0.01)
DESIGNS = {"one_day_related": "one_day", "one_day_unrelated": "one_day"}  # of patterns with a name of their own
CLUSTERED = ("one_day_related", "one_day_unrelated", "staggered")  # patterns whose events fall into one month
EVENTS_AT_ONCE = 5000  # fitted together
BANDS = (LOW, HIGH, 1.4, BEYOND)  # of the volatility ratio, between which rejections are counted apart
BANDED = (LEAD, "date_permutation_mean", NAME, "kolari_pynnonen_t", "corrado_z", "adjusted_patell_z")  # that are


@dataclass(frozen=True, eq=False)
class Calibration:
    """Rejection rates of every test on pseudo-events drawn from one panel of prices."""

    # pattern, months, window_start, window_end, firms, shape, volatility ("" or a band of its ratio), test, valid,
    # effect, level, rate, mc_error, draws (that ran)
    table: pd.DataFrame
    period: tuple[str, str]  # first and last day of the panel
    firms: int  # in the panel
    draws: int
    seed: int
    windows: tuple[Window, ...]

    def rates(self, effect: float = 0.0, level: float = LEVEL) -> pd.DataFrame:
        """One effect and level: a row a test, a column a pattern, kind of months, window and number of firms."""
        at = np.isclose(self.table["effect"], effect) & np.isclose(self.table["level"], level)
        at &= self.table["volatility"] == ""
        chosen = self.table[at].assign(days=self.table["window_end"] - self.table["window_start"] + 1)
        columns = [c for c in ("pattern", "months", "days", "firms") if len(chosen[c].unique()) > 1] or ["firms"]
        wide = chosen.pivot_table(index="test", columns=columns, values="rate", sort=False)
        return wide.reindex([name for name in (LEAD, *TESTS) if name in wide.index])

    def __repr__(self) -> str:
        head = (
            f"{self.draws} draws a design, {self.firms} firms, {self.period[0]} to {self.period[1]}, seed {self.seed}"
        )
        effect = float(self.table["effect"].min())
        what = f"with an effect of {effect:g}" if effect else "without an effect"
        return f"{head}\nRejections at 5 % {what}\n{self.rates(effect).round(3).to_string(na_rep='')}"

    def _repr_html_(self) -> str:
        return self.rates().round(3).to_html(na_rep="")


def calibrate(
    prices: pd.DataFrame,
    *,
    draws: int = 2000,
    firms: Sequence[int] = (1, 10, 30, 100),
    patterns: Sequence[str] = tuple(PATTERNS),
    months: Sequence[str] = ("all",),
    effects: Sequence[float] = EFFECTS,
    shape: Shape = "equal",
    windows: Sequence[Span] = ((0, 0),),
    estimation: Span = (-260, -11),
    tests: Sequence[str] = tuple(TESTS),
    seed: int = 0,
    workers: int = 1,
) -> Calibration:
    """Size and power of every test on prices of your own: pseudo-events drawn, effects added, rejections counted.

    Market model on the panel's equal-weighted mean.

    Parameters
    ----------
    prices : DataFrame (D days, S securities)
        Closing prices.
    draws : int
        Samples of a design.
    firms : sequence of int
        Numbers of firms in a sample.
    patterns : sequence of {"one_day_related", "one_day_unrelated", "staggered", "mixed", "scattered"}
        On one day the firms are drawn from all (unrelated) or from the 2N nearest of a first one by residual
        correlation (related). Staggered events of related firms lie within ten sessions; mixed ones are clusters of up
        to five related firms on days apart; scattered ones share no day. One firm is one pattern.
    months : sequence of {"all", "calm", "turbulent"}
        Of day 0; turbulent are the fifth of the months in which the market moved most.
    effects : sequence of float
        Added to the return of day 0, decimals.
    shape : {"equal", "unequal", "opposed"}
        The effect is the same for every firm, grows from none to twice it, or turns its sign from firm to firm.
    windows : sequence of Window or pair of int
        That are tested, in trading days from day 0, each on draws of its own.
    estimation : Window or pair of int
        Trading days from day 0.
    tests : sequence of str
        Names of the registry; what leads is counted besides. A test's rates do not hang on what else is asked.
    seed : int
        Of the draws; the same seed gives the same table.
    workers : int
        Processes.

    Returns
    -------
    Calibration
        `table`: a row a design, test, effect and level, with its rate of rejections and Monte Carlo error, clustered by
        month where the events share one. The test "leading" is what `run_tests` puts first, draw by draw; a draw
        where none leads is none of its own. Where the firms share their days, true nulls are counted by band of the
        volatility ratio, too.
        `rates(effect, level)`: tests by design.

    Raises
    ------
    StudyError
        Where the panel is too short or too narrow for the draws.

    References
    ----------
    Brown, S. J. and Warner, J. B. (1980). Measuring security price performance. Journal of Financial Economics 8,
    205-258.

    Examples
    --------
    >>> prices = 100 * (1 + pd.DataFrame(rng.normal(0, 0.01, (300, 4)), columns=list("ABCD"))).cumprod()
    >>> prices.index = pd.bdate_range("2022-01-03", periods=300)
    >>> sizes = ew.calibrate(prices, draws=20, firms=[1], effects=[0.0], estimation=(-110, -11))
    >>> list(sizes.rates().index)[:3]
    ['leading', 'sq', 'single_firm_t']
    """
    spans, estimation = tuple(as_windows(windows)), as_window(estimation)
    if (prices <= 0).any(axis=None):
        remedy = "Leave empty what was not traded; of returns take the prices, or (1 + returns).cumprod()."
        raise StudyError(
            "holds figures of zero or below, which are no prices", where="the table of prices", remedy=remedy
        )
    _check_names(patterns, PATTERNS)
    _check_names(months, MONTHS)
    _check_names(tests, TESTS)
    designs = [(n, p) for n, p in product(firms, patterns) if n > 1 or p == patterns[0]]
    tasks = [
        _Task(
            panel,
            n,
            p,
            kind,
            draws,
            tuple(effects),
            shape,
            (seed, n, [*PATTERNS].index(p), len(panel.window)),
            tuple(tests),
        )
        for panel in (panel_of(prices, estimation, span) for span in spans)
        for kind, (n, p) in product(months, designs)
    ]
    if workers > 1:
        with processes(workers) as pool:
            with starting():
                found = pool.map(_rejections, tasks)
            parts = list(found)
    else:
        parts = [_rejections(task) for task in tasks]
    days, table = prices.index[1:], pd.DataFrame([row for part in parts for row in part])
    period = f"{days[0]:%Y-%m-%d}", f"{days[-1]:%Y-%m-%d}"
    return Calibration(table, period, prices.shape[1], draws, seed, spans)


def _check_names(names: Sequence[str], known: Collection[str]) -> None:
    if strange := next((name for name in names if name not in known), ""):
        raise StudyError(f"{strange!r} is unknown.", remedy=f"Write one of {', '.join(known)}.")


@dataclass(frozen=True)
class _Task:
    panel: Panel
    n: int
    pattern: str
    months: str
    draws: int
    effects: tuple[float, ...]
    shape: Shape
    seed: tuple[int, ...]
    tests: tuple[str, ...]


def _rejections(task: _Task) -> list[dict[str, object]]:
    pattern = "scattered" if task.n == 1 else task.pattern
    drawn = task.panel.draw(np.random.default_rng(task.seed), pattern, task.n, task.draws, task.months)
    month = pd.PeriodIndex(task.panel.returns.index, freq="M").astype(str).to_numpy()[drawn.day[:, 0]]
    p, ratio = _baskets(task, drawn)
    return _rows(task, p, month) + _banded(task, p, month, ratio)


def _fitted(panel: Panel, drawn: Draws) -> AbnormalReturns:
    """Abnormal returns of all draws of a design at once, in the order drawn."""
    names, days = panel.returns.columns.to_numpy(), panel.returns.index
    events = pd.DataFrame({"security": names[drawn.security.ravel()], "date": days[drawn.day.ravel()]})
    source = event_returns(
        panel.returns, events, estimation=panel.estimation, window=panel.window, factors=panel.market
    )
    fitted = estimate(source, minimum_returns=len(panel.estimation))
    if len(fitted.excluded):
        first = fitted.excluded.iloc[0]
        remedy = "Leave it out of the panel."
        raise StudyError(f"{first['security']!r} cannot be drawn: {first['reason']}.", remedy=remedy)
    return fitted


def _baskets(task: _Task, drawn: Draws) -> tuple[dict[str, Array], Array]:
    """p-values (draws, effects) of every test, NaN where it could not run; and the volatility ratio of each draw."""
    draws, n = drawn.day.shape
    ratio = np.full(draws, np.nan)
    p = {name: np.full((draws, len(task.effects)), np.nan) for name in (LEAD, *task.tests)}
    planted = [effect * _multiples(n, task.shape) for effect in task.effects]
    at_once = max(1, EVENTS_AT_ONCE // n)
    for first in range(0, draws, at_once):
        part = Draws(drawn.security[first : first + at_once], drawn.day[first : first + at_once])
        ar = _fitted(task.panel, part)
        for d in range(len(part.day)):
            basket = ar.select(np.arange(d * n, (d + 1) * n))
            basket = replace(basket, origin=basket.source, position=np.arange(n))
            plain = sample(basket, basket.window)
            _fill(p, first + d, plain, planted)
            ratio[first + d] = volatility_ratio(plain)
    return p, ratio


def _fill(p: dict[str, Array], d: int, plain: Sample, planted: list[Array]) -> None:
    for j, effect in enumerate(planted):
        moved = sample(_with_effect(plain.ar, effect), plain.window, plain)
        for test, valid, _ in in_reading_order(moved):
            leads = valid and np.isnan(p[LEAD][d, j])
            result = test(moved) if leads or test.name in p else None
            if isinstance(result, SignificanceResult):
                for name in {test.name, LEAD if leads else test.name} & p.keys():
                    p[name][d, j] = result.p_value


def _multiples(n: int, shape: Shape) -> Array:
    """(n,) what the effect is multiplied by, firm by firm; the mean of the absolute values is one."""
    if shape == "unequal":
        return np.linspace(0.0, 2.0, n)
    return np.where(np.arange(n) % 2, -1.0, 1.0) if shape == "opposed" else np.ones(n)


def _with_effect(ar: AbnormalReturns, effect: Array) -> AbnormalReturns:
    """The same events with `effect` (N,) added to the returns of day 0."""
    added = effect[:, None] * (ar.window.taus == 0)
    source = ar.source
    origin = None if source is None else replace(source, event_returns=source.event_returns + added)
    return replace(ar, actual=ar.actual + added, origin=origin, position=np.arange(len(ar)))


def _rows(
    task: _Task, p: dict[str, Array], month: np.ndarray, volatility: str = "", at: np.ndarray | None = None
) -> list[dict[str, object]]:
    """Rates of the draws `at` (all by default), which a band of the volatility ratio holds."""
    rows: list[dict[str, object]] = []
    window, kind = task.panel.window, DESIGNS.get(task.pattern, task.pattern)
    design: dict[str, object] = {
        "pattern": "single" if task.n == 1 else task.pattern,
        "months": task.months,
        "window_start": window.start,
        "window_end": window.end,
        "firms": task.n,
        "shape": task.shape,
        "volatility": volatility,
    }
    leading = LEADING["single" if task.n == 1 else cast("Design", kind)]
    together = task.n == 1 or task.pattern in CLUSTERED
    for (name, values), (j, effect), level in product(p.items(), enumerate(task.effects), LEVELS):
        ran = np.isfinite(values[:, j]) if at is None else np.isfinite(values[:, j]) & at
        if not ran.any():
            continue
        rejected = values[ran, j] <= level
        error = clustered_error(rejected, month[ran] if together else np.arange(ran.sum()))
        figures = {"rate": float(rejected.mean()), "mc_error": error, "draws": int(ran.sum())}
        told = {"test": name, "valid": name in (LEAD, *leading), "effect": effect, "level": level}
        rows.append(design | told | figures)
    return rows


def _banded(task: _Task, p: dict[str, Array], month: np.ndarray, ratio: Array) -> list[dict[str, object]]:
    """Rates of true nulls by band of the volatility ratio, where the firms share their days."""
    nulls = replace(task, effects=tuple(effect for effect in task.effects if effect == 0.0))
    null = [j for j, effect in enumerate(task.effects) if effect == 0.0]
    chosen = {name: p[name][:, null] for name in BANDED if name in p}
    band = np.digitize(ratio, BANDS)
    parts = [_rows(nulls, chosen, month, name, (band == k) & np.isfinite(ratio)) for k, name in enumerate(band_names())]
    return [row for part in parts for row in part]


def band_names() -> list[str]:
    """What the bands of the volatility ratio are called, the lowest first."""
    between = [f"{low:g} to {high:g}" for low, high in pairwise(BANDS)]
    return [f"below {BANDS[0]:g}", *between, f"above {BANDS[-1]:g}"]


def clustered_error(rejected: np.ndarray, cluster: np.ndarray) -> float:
    """Standard error of a rate over draws of which those of one cluster hang together."""
    _, which = np.unique(cluster, return_inverse=True)
    count = which.max() + 1
    total = np.bincount(which, rejected - rejected.mean())
    return float(np.sqrt((total**2).sum() * count / max(count - 1, 1)) / len(rejected))
