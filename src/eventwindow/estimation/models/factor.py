"""Factor models of excess returns; the risk-free rate is added back."""

from dataclasses import dataclass, replace

from eventwindow.errors import StudyError
from eventwindow.estimation.event_time import EventReturns
from eventwindow.estimation.models.fit import Fit
from eventwindow.estimation.models.ols import ols


@dataclass(frozen=True, slots=True)
class FactorModel:
    """E[R] = R_f + alpha + Σ beta_j F_j by OLS on excess returns; k = 1 + factors.

    Fama & French (1993, 2015), Carhart (1997). The factors are columns of the table of factors, and so is the
    risk-free rate, `rf`; None takes plain returns.
    """

    name: str
    factors: tuple[str, ...]
    risk_free: str | None = "rf"
    neighbours: tuple[int, int] = (0, 0)

    def fit(self, source: EventReturns) -> Fit:
        if self.risk_free is None:
            return ols(source.estimation_returns, *source.columns(self.factors), self.factors, source.sessions)
        if source.kind != "simple":
            raise StudyError(f"model {self.name!r} needs simple returns; these are {source.kind} returns.")
        rf, rf_event = (part[:, 0] for part in source.columns((self.risk_free,)))
        fit = ols(source.estimation_returns - rf, *source.columns(self.factors), self.factors, source.sessions)
        return replace(fit, expected=fit.expected + rf_event)


CAPM = FactorModel("capm", ("mkt_rf",))
FF3 = FactorModel("ff3", ("mkt_rf", "smb", "hml"))
FF5 = FactorModel("ff5", ("mkt_rf", "smb", "hml", "rmw", "cma"))
CARHART = FactorModel("carhart", ("mkt_rf", "smb", "hml", "mom"))
