"""Size and power of every test on a user's own prices: pseudo-events, effects added, rejections counted."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from itertools import product
from typing import Literal

import numpy as np
import pandas as pd

from eventwindow.calendars.window import Span, Window, as_window
from eventwindow.errors import StudyError
from eventwindow.estimation.abnormal import AbnormalReturns, estimate
from eventwindow.estimation.event_time import Array, event_returns
from eventwindow.inference.pseudo_events import Draws, Panel, panel_of
from eventwindow.inference.registry import TESTS, SignificanceResult, SignificanceTest
from eventwindow.inference.single_firm import firm_sq, firm_t

Pattern = Literal["dispersed", "one_day_unrelated", "one_day_related"]
PATTERNS: tuple[Pattern, ...] = ("dispersed", "one_day_unrelated", "one_day_related")
Shape = Literal["equal", "unequal", "opposed"]
EFFECTS = (0.0, 0.005, 0.01, 0.02)
LEVELS = (0.05, 0.01)
EVENTS_AT_ONCE = 5000  # fitted together


@dataclass(frozen=True)
class Calibration:
    """Rejection rates of every test on pseudo-events drawn from one panel of prices."""

    table: pd.DataFrame  # pattern, firms, test, valid, effect, level, rate, mc_error, draws (in which the test ran)
    period: tuple[str, str]  # first and last day of the panel
    firms: int  # in the panel
    draws: int
    seed: int
    window: Window

    def rates(self, effect: float = 0.0, level: float = 0.05) -> pd.DataFrame:
        """One effect and level: a row a test, a column a pattern and number of firms."""
        at = np.isclose(self.table["effect"], effect) & np.isclose(self.table["level"], level)
        wide = self.table[at].pivot_table(index="test", columns=["pattern", "firms"], values="rate", sort=False)
        return wide.reindex([name for name in TESTS if name in wide.index])

    def __repr__(self) -> str:
        head = (
            f"{self.draws} draws a design, {self.firms} firms, {self.period[0]} to {self.period[1]}, seed {self.seed}"
        )
        return f"{head}\nRejections at 5 % without an effect\n{self.rates().round(3).to_string(na_rep='')}"

    def _repr_html_(self) -> str:
        return self.rates().round(3).to_html(na_rep="")


def calibrate(
    prices: pd.DataFrame,
    *,
    draws: int = 2000,
    firms: Sequence[int] = (1, 10, 30, 100),
    patterns: Sequence[Pattern] = PATTERNS,
    effects: Sequence[float] = EFFECTS,
    shape: Shape = "equal",
    window: Span = (0, 0),
    estimation: Span = (-260, -11),
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
    patterns : sequence of {"dispersed", "one_day_unrelated", "one_day_related"}
        Dispersed events share no day; on one day the firms are drawn from all (unrelated) or from the 2N nearest of a
        first one by residual correlation (related). One firm is one pattern.
    effects : sequence of float
        Added to the return of day 0, decimals.
    shape : {"equal", "unequal", "opposed"}
        The effect is the same for every firm, grows from none to twice it, or turns its sign from firm to firm.
    window, estimation : Window or pair of int
        Trading days from day 0.
    seed : int
        Of the draws; the same seed gives the same table.
    workers : int
        Processes.

    Returns
    -------
    Calibration
        `table`: a row a design, test, effect and level, with its rate of rejections and Monte Carlo error.
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
    >>> list(sizes.rates().index)
    ['sq', 'single_firm_t']
    """
    window, estimation = as_window(window), as_window(estimation)
    panel = panel_of(prices, estimation, window)
    designs = [(n, p) for n, p in product(firms, patterns) if n > 1 or p == patterns[0]]
    tasks = [_Task(panel, n, p, draws, tuple(effects), shape, (seed, n, PATTERNS.index(p))) for n, p in designs]
    if workers > 1:
        with ProcessPoolExecutor(workers) as pool:
            parts = list(pool.map(_rejections, tasks))
    else:
        parts = [_rejections(task) for task in tasks]
    days = panel.returns.index
    return Calibration(
        pd.DataFrame([row for part in parts for row in part]),
        (f"{days[0]:%Y-%m-%d}", f"{days[-1]:%Y-%m-%d}"),
        panel.returns.shape[1],
        draws,
        seed,
        window,
    )


@dataclass(frozen=True)
class _Task:
    panel: Panel
    n: int
    pattern: Pattern
    draws: int
    effects: tuple[float, ...]
    shape: Shape
    seed: tuple[int, ...]


def _rejections(task: _Task) -> list[dict[str, object]]:
    drawn = task.panel.draw(np.random.default_rng(task.seed), task.pattern, task.n, task.draws)
    p_values = _single if task.n == 1 else _baskets
    label = "single" if task.n == 1 else task.pattern
    return _rows(label, task.n, p_values(task, drawn), task.effects)


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
        raise StudyError(
            f"{first['security']!r} cannot be drawn: {first['reason']}.", remedy="Leave it out of the panel."
        )
    return fitted


def _single(task: _Task, drawn: Draws) -> dict[str, Array]:
    """p-values (draws, effects) of the firm's own tests."""
    ar, window = _fitted(task.panel, drawn), task.panel.window
    moved = [_with_effect(ar, np.full(len(ar), effect)) for effect in task.effects]
    return {
        "sq": np.column_stack([firm_sq(m, window).p_value for m in moved]),
        "single_firm_t": np.column_stack([firm_t(m, window).p_value for m in moved]),
    }


def _baskets(task: _Task, drawn: Draws) -> dict[str, Array]:
    """p-values (draws, effects) of every test of a basket; NaN where it could not run."""
    draws, n = drawn.day.shape
    tests = [test for test in TESTS.values() if not test.for_one_event]
    p = {test.name: np.full((draws, len(task.effects)), np.nan) for test in tests}
    planted = [effect * _multiples(n, task.shape) for effect in task.effects]
    at_once = max(1, EVENTS_AT_ONCE // n)
    for first in range(0, draws, at_once):
        part = Draws(drawn.security[first : first + at_once], drawn.day[first : first + at_once])
        ar = _fitted(task.panel, part)
        for d in range(len(part.day)):
            basket = ar.select(np.arange(d * n, (d + 1) * n))
            basket = replace(basket, origin=basket.source, position=np.arange(n))
            _fill(p, first + d, basket, planted, tests)
    return p


def _fill(
    p: dict[str, Array], d: int, basket: AbnormalReturns, planted: list[Array], tests: list[SignificanceTest]
) -> None:
    kept: dict[object, object] = {}
    for j, effect in enumerate(planted):
        moved = _with_effect(basket, effect)
        moved.memo.update(kept)
        for test in tests:
            result = test.function(moved, basket.window)
            if isinstance(result, SignificanceResult):
                p[test.name][d, j] = result.p_value
        # what rests on the estimation window alone is the same for every effect
        kept = {key: moved.memo[key] for key in ("moments", ("correlation", basket.window)) if key in moved.memo}


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


def _rows(pattern: str, n: int, p: dict[str, Array], effects: Sequence[float]) -> list[dict[str, object]]:
    kind = "one_day" if pattern.startswith("one_day") else pattern
    rows: list[dict[str, object]] = []
    for (name, values), (j, effect), level in product(p.items(), enumerate(effects), LEVELS):
        ran = np.isfinite(values[:, j])
        if not ran.any():
            continue
        rate, count = float((values[ran, j] <= level).mean()), int(ran.sum())
        rows.append(
            {"pattern": pattern, "firms": n, "test": name, "valid": kind in TESTS[name].valid_in, "effect": effect}
            | {"level": level, "rate": rate, "mc_error": float(np.sqrt(rate * (1 - rate) / count)), "draws": count}
        )
    return rows
