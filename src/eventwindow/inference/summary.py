"""The table of all tests of one window: what holds for the design first, what does not marked."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from eventwindow.calendars.window import Window
from eventwindow.errors import Reason, counted, percent, printable, signed
from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.estimation.exports import Basis, Exports, worded
from eventwindow.inference.design import Design
from eventwindow.inference.registry import TESTS, results_of
from eventwindow.inference.results import NotComputed, Result, SignificanceResult, noted
from eventwindow.inference.sample import sample
from eventwindow.inference.tables import none_leads

WORDS: dict[Design, str] = {
    "single": "one event",
    "one_day": "all events share their days",
    "staggered": "the event windows overlap in calendar time",
    "scattered": "no two events share a day",
    "mixed": "some events share days",
}
COLUMNS = ("test", "statistic", "p_value", "distribution", "n", "null", "note", "valid")
PARAMETRIC = ("t(", "N(", "F(")


@dataclass(frozen=True)
class Summary(Exports):
    """Every test of one window, in the order in which they should be read.

    Attributes
    ----------
    window : Window
        The days that are tested.
    design : {"single", "one_day", "staggered", "scattered", "mixed"}
        How the events meet in calendar time, which decides what holds.
    n : int
        Events that hold the whole window.
    mean_car : float or None
        Their mean CAR, decimals.
    results : tuple of SignificanceResult or NotComputed
        All tests.
    valid, invalid : tuple of SignificanceResult
        Those that hold for the design, and what a study that forgets the shared days would have said.
    none_leads : Reason or None
        Why none of them holds, where volatility rose further than any is known to stand.
    not_computed : tuple of NotComputed
        Those that could not run.

    Examples
    --------
    >>> summary = study.summary(0)
    >>> summary.design, summary.n, round(summary.mean_car, 4)
    ('one_day', 3, -0.0488)
    >>> [result.name for result in summary.not_computed]
    ['calendar_time']
    """

    window: Window
    design: Design
    n: int
    mean_car: float | None
    results: tuple[Result, ...]
    basis: Basis | None = None

    @property
    def valid(self) -> tuple[SignificanceResult, ...]:
        """The results whose p-values can be believed in this design."""
        return tuple(r for r in self.results if r.valid and isinstance(r, SignificanceResult))

    @property
    def none_leads(self) -> Reason | None:
        """Why no test leads, where volatility rose further than any is known to stand."""
        return none_leads(self._whole())

    @property
    def invalid(self) -> tuple[SignificanceResult, ...]:
        """What a study that forgets the shared days would have said, and what holds its size at calmer times alone."""
        return tuple(r for r in self.results if not r.valid and isinstance(r, SignificanceResult))

    @property
    def not_computed(self) -> tuple[NotComputed, ...]:
        """The tests that could not run, with their reasons."""
        return tuple(r for r in self.results if isinstance(r, NotComputed))

    def to_frame(self) -> pd.DataFrame:
        """A row a test; without a statistic the note is the reason."""
        return worded(self._whole())

    def _whole(self) -> pd.DataFrame:
        notes = [r.reason if isinstance(r, NotComputed) else noted(r) for r in self.results]
        frame = pd.DataFrame([asdict(r) for r in self.results]).assign(note=np.array(notes, object))
        frame = frame.rename(columns={"name": "test"})
        return frame.reindex(columns=list(COLUMNS))

    def _exported(self, name: str) -> pd.DataFrame:
        """The tests that ran: those that could not have no figure to print."""
        table = super()._exported(name).drop(columns=["null", "note"])
        return table[table["statistic"].notna()].reset_index(drop=True)

    def __repr__(self) -> str:
        blocks = [self._headline()]
        blocks += [f"{title}\n{table.to_string(index=False)}" for title, table in self._parts()]
        if self.not_computed:
            blocks.append("Not computed\n" + "\n".join(f"  {_title(r)}: {r.reason}" for r in self.not_computed))
        return printable("\n\n".join(blocks))

    def _repr_html_(self) -> str:
        blocks = [f"<p><strong>{self._headline()}</strong></p>"]
        blocks += [f"<p>{title}</p>{table.to_html(index=False)}" for title, table in self._parts()]
        reasons = "".join(f"<li>{_title(r)}: {r.reason}</li>" for r in self.not_computed)
        return "".join([*blocks, f"<p>Not computed</p><ul>{reasons}</ul>" if reasons else ""])

    def _headline(self) -> str:
        mean = "" if self.mean_car is None else f", mean CAR {percent(self.mean_car) or 'not computed'}"
        return f"Window {self.window}: {counted(self.n, 'event')}{mean}; {WORDS[self.design]}"

    def _parts(self) -> Iterator[tuple[str, pd.DataFrame]]:
        why = self.none_leads
        why_not = "what a careless study would have said" if why is None else f"no test leads, for {why}"
        parts = (("Tests that hold for this design", self.valid), (f"Not valid here: {why_not}", self.invalid))
        for title, results in parts:
            if results:
                rows = [self._row(r) for r in results]
                yield title, pd.DataFrame(rows, columns=["test", "statistic", "p", "against", "n", "note"])

    def _row(self, r: SignificanceResult) -> tuple[str, ...]:
        among = str(r.distribution)
        tail = self.design not in ("single", "scattered") and r.p_value < 0.01 and among.startswith(PARAMETRIC)
        p = "< .01" if tail else f"{r.p_value:.4f}"
        return _title(r), signed(f"{r.statistic:.4g}"), p, among, str(r.n), str(r.note or "")


def summarise(ar: AbnormalReturns, window: Window) -> Summary:
    events = sample(ar, window)
    mean = float(events.car.car.mean()) if events.n else None
    return Summary(window, events.design, events.n, mean, tuple(results_of(events)), ar.basis._replace(window=window))


def _title(result: Result) -> str:
    return TESTS[result.name].title if result.name in TESTS else result.name
