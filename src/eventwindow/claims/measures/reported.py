"""What a named public source gives, typed in with its address, for what no price can tell; the rule still decides."""

from dataclasses import dataclass

from eventwindow.claims.evidence import Evidence, SourceText
from eventwindow.claims.model import Measure, Measured, made_of
from eventwindow.errors import Figure, NoFigure, Reason, Text


@dataclass(frozen=True, slots=True)
class Reported(Measure):
    """A figure (`low` alone), a range (`low` to `high`) or a name (`says`) that a named source gives.

    A statement is held against both ends of a range. A name is 1 where it is the one that was `said`
    (`said_zh` in Chinese), else 0.
    """

    unit = "money"
    needs = ("reported",)

    source: SourceText
    low: float | None = None
    high: float | None = None
    currency: str = ""  # of the figure, as an ISO code; a plain number if not given
    says: str = ""
    said: str = ""
    said_zh: str = ""

    def measure(self, evidence: Evidence) -> Measured:
        if self.says and self.said:
            same = self.says.casefold() == self.said.casefold()
            values = {"source": self.source, "says": self.says, "said": Text(self.said, self.said_zh)}
            return Measured(float(same), "name", Reason("reported_name", **values))
        if self.low is None:
            raise NoFigure(Reason("reported_nothing"))
        unit, high = self.currency or "number", self.low if self.high is None else self.high
        ends = [Figure(end, unit, sign=False) for end in (self.low, high)]
        if self.high is None:
            return Measured(self.low, unit, Reason("reported_figure", source=self.source, figure=ends[0]))
        reason = Reason("reported_range", source=self.source, low=ends[0], high=ends[1])
        return Measured(self.low, unit, reason, made_of(unit, low=self.low, high=high), interval=(self.low, high))
