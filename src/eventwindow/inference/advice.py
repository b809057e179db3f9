"""Which test to read for a design and why, from measured sizes, and the sample that shows an effect of some size."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import ceil, isfinite, sqrt

import numpy as np
import pandas as pd

from eventwindow.calendars.window import Window
from eventwindow.errors import Catalogue, Reason, StudyError, catalogue, printable
from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.inference.design import Design
from eventwindow.inference.expected_volatility import (
    BEYOND,
    NAME,
    basket_of,
    before_window,
    leading_spread,
    none_holds,
    unlike,
    volatility_ratio,
)
from eventwindow.inference.power import detectable
from eventwindow.inference.registry import LEADING, results_of
from eventwindow.inference.results import SignificanceResult
from eventwindow.inference.sample import Sample, sample

EFFECTS = (0.01, 0.02, 0.05)
MOST = 100_000  # events above which a number says nothing


@dataclass(frozen=True, eq=False)
class Advice:
    """What to read and what could be seen, for one window; `text` says it, and so does the object itself.

    Attributes
    ----------
    window, design, n
        The days, how the events meet in calendar time, and how many hold the window.
    test : str
        The test that leads; "" where none could run, or where `ratio` is above what any is known to stand.
    sizes : mapping of str to float
        By kind of months, calm or turbulent: the share of true nulls that what leads rejects at 5 %, as measured.
    careless : str
        The test that is most often wrong in this design, and `careless_sizes` how often.
    ratio : float
        Volatility of the last sessions over that of the estimation window; NaN where days are not shared.
    correlation : float
        Mean correlation of the residuals of events that share days.
    seen : float
        The smallest mean effect found with 80 % power at 5 %, decimals.
    needed : DataFrame
        By effect: events on days of their own, and securities on one shared day (NaN where no number is enough).
    """

    window: Window
    design: Design
    n: int
    test: str
    sizes: Mapping[str, float]
    careless: str
    careless_sizes: Mapping[str, float]
    ratio: float
    correlation: float
    seen: float
    needed: pd.DataFrame

    def text(self, language: str = "en") -> str:
        """The advice in plain words."""
        words = catalogue(language)
        told = [self._read(words), self._volatile(words), self._careless(words), self._seen(words), self._needed(words)]
        return words.text("format.between_sentences").join(filter(None, told))

    def __repr__(self) -> str:
        return printable(self.text())

    @property
    def _none(self) -> Reason | None:
        """Why no test, and no power, is known to hold, where days moved so much more than before."""
        return none_holds(self.ratio, self.n, len(self.window))

    def _read(self, words: Catalogue) -> str:
        meets = words.text(f"advise.{self.design}", n=self.n)
        if self._none:
            return words.text("advise.beyond", meets=meets, ratio=f"{self.ratio:.2f}", most=f"{BEYOND:g}")
        if not self.test:
            return words.text("advise.none", meets=meets)
        name = words.text(f"test.{self.test}")
        return words.text("advise.read", meets=meets, test=name, **_shown(self.sizes))

    def _volatile(self, words: Catalogue) -> str:
        if self.test != NAME or not unlike(self.ratio):
            return ""
        return words.text("advise.volatile", ratio=f"{self.ratio:.2f}")

    def _careless(self, words: Catalogue) -> str:
        if not self.careless:
            return ""
        return words.text("advise.careless", test=words.text(f"test.{self.careless}"), **_shown(self.careless_sizes))

    def _seen(self, words: Catalogue) -> str:
        told = isfinite(self.seen) and not self._none
        return words.text("advise.seen", size=_percent(self.seen)) if told else ""

    def _needed(self, words: Catalogue) -> str:
        """The sample that shows each effect, on days of their own and on one day."""
        row = {name: _row(words, self.needed[name]) for name in ("apart", "shared")}
        effects = words.text("advise.or").join(_percent(effect, 0) for effect in self.needed["effect"])
        told = [words.text("advise.apart", effects=effects, apart=row["apart"])]
        if self.design == "one_day":
            never = not np.isfinite(self.needed["shared"]).all()
            told.append(words.text("advise.shared", shared=row["shared"]))
            told.append(words.text("advise.never", correlation=f"{self.correlation:.2f}") if never else "")
        return words.text("format.between_sentences").join(filter(None, told))


def advise(ar: AbnormalReturns, window: Window, leading: str = "") -> Advice:
    """The advice for one window; `leading` is the test that leads, where it is known already.

    The sample that is needed follows from the noncentral t: n events on days of their own have a mean with the error
    s/√n; n securities on one day, of mean residual correlation r, one of s √(r + (1 - r)/n).
    """
    events = sample(ar, window)
    car = events.car
    if not events.n:
        raise StudyError(f"no event holds the window {window}, so there is nothing to advise")
    kind, n, ratio = events.design, events.n, volatility_ratio(events)
    test = leading or next((r.name for r in results_of(events) if isinstance(r, SignificanceResult) and r.valid), "")
    found = events.correlation if n > 1 else 0.0
    together = max(0.0, found) if isinstance(found, float) else float("nan")
    error, reach = float(np.sqrt(np.mean(car.std_error**2))), detectable(float(np.median(car.dof)))
    careless = careless_test(kind, len(window))
    return Advice(
        window,
        kind,
        n,
        test,
        {} if none_holds(ratio, n, len(window)) else measured(kind, "leading", len(window)),
        careless,
        measured(kind, careless, len(window)),
        ratio,
        together,
        reach * error * sqrt(together + (1 - together) / n) * _moved(events),
        pd.DataFrame([needed(effect, reach * error, together) for effect in EFFECTS]),
    )


def _moved(events: Sample) -> float:
    """What the volatility expected of the event does to its spread, where the events share their days."""
    basket = basket_of(events)
    if isinstance(basket, Reason):
        return 1.0
    return float(leading_spread(basket, before_window(events.ar, events.window).mean(axis=0), len(events.window)))


def needed(effect: float, alone: float, together: float) -> dict[str, float]:
    """Events that show `effect`, where one alone shows `alone`: on days of their own, and on one day."""
    share = (effect / alone) ** 2
    apart = ceil(1 / share)
    shared = ceil((1 - together) / (share - together)) if share > together else float("inf")
    return {"effect": effect, "apart": apart, "shared": 1 if share >= 1 else shared}


def measured(kind: Design, test: str, sessions: int) -> dict[str, float]:
    """Sizes of a test at 5 % by kind of months, of the window measured whose length is nearest."""
    table = sizes()
    mine = table[(table["design"] == kind) & (table["test"] == test)]
    if mine.empty:
        return {}
    lengths = mine["sessions"].unique()
    nearest = min(lengths, key=lambda length: abs(np.log(length / sessions)))
    return dict(mine[mine["sessions"] == nearest][["months", "size"]].itertuples(index=False, name=None))


def careless_test(kind: Design, sessions: int) -> str:
    """The test that rejects true nulls most often among those that do not hold in this design."""
    table = sizes()
    wrong = table[(table["design"] == kind) & ~table["test"].isin([*LEADING[kind], "leading"])]
    rates = {name: measured(kind, name, sessions).get("calm", 0.0) for name in dict.fromkeys(wrong["test"])}
    return max(rates, key=lambda name: rates[name]) if rates and max(rates.values()) > 0.075 else ""


@cache
def sizes() -> pd.DataFrame:
    """Every measured size: design, test, months, sessions of the window, size; the tables of docs/calibration.md."""
    with files("eventwindow.inference").joinpath("sizes.csv").open(encoding="utf-8") as table:
        return pd.read_csv(table)


def _shown(rates: Mapping[str, float]) -> dict[str, str]:
    return {months: f"{100 * rates.get(months, float('nan')):.1f}" for months in ("calm", "turbulent")}


def _percent(value: float, digits: int = 1) -> str:
    return f"{100 * value:.{digits}f}"


def _row(words: Catalogue, numbers: pd.Series) -> str:
    """Numbers of events one after the other; a dash where none is enough."""
    told = [("–" if not isfinite(n) else f"{n:,.0f}" if n <= MOST else f">{MOST:,}") for n in numbers]
    return words.text("advise.or").join(told)
