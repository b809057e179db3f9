"""The cross-section of a wide panel of stocks: how many moved which way, and which of them did worse."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from eventwindow.claims.evidence import (
    Day,
    Evidence,
    Members,
    Symbol,
    moved,
)
from eventwindow.claims.measures.effects import GAP, T, compared, one_day
from eventwindow.claims.model import Measure, Measured, made_of
from eventwindow.errors import Figure, NoFigure, Reason
from eventwindow.inference.response import of_track

YEAR = 252
Statistic = Literal["share_down", "share_up", "median", "equal_weight", "without_treated", "equal_less_index"]


@dataclass(frozen=True, slots=True)
class PanelBreadth(Measure):
    """One figure of the cross-section of `date`: a share, or a return in decimals.

    share_down, share_up: of stocks; median; equal_weight: mean return; without_treated: the index `security` with the
    `treated` taken out at their weights, (R − Σ wR)/(1 − Σ w); equal_less_index: mean return less the index.
    Stocks named in `treated` are left out of every figure but `equal_less_index`.
    """

    needs = ("panel", "weights")
    one_session = True

    date: Day
    figure: Statistic
    security: Symbol = ""
    treated: Members = ()

    def measure(self, evidence: Evidence) -> Measured:
        if self.figure == "without_treated":
            return self._without(evidence)
        moves = self._moves(evidence)
        value = STATISTICS[self.figure](moves)
        values = {"n": len(moves), "when": self.date, "left": self._left_out(evidence)}
        if self.figure == "equal_less_index":
            value -= evidence.total_return(self.security, self.date, self.date)
            values |= {"better": compared(value), "index": evidence.name(self.security)}
        unit = "share" if self.figure.startswith("share") else "decimal"
        values |= {"share": Figure(value, "share")} if unit == "share" else {"moved": moved(value)}
        parts = made_of("share", down=(moves < 0).mean()) | made_of("decimal", median=moves.median(), mean=moves.mean())
        return Measured(value, unit, Reason(f"panel_{self.figure}", **values), parts)

    def _left_out(self, evidence: Evidence) -> Reason | str:
        return Reason("without", names=evidence.named(self.treated)) if self._left(evidence) else ""

    def _left(self, evidence: Evidence) -> tuple[str, ...]:
        return () if self.figure == "equal_less_index" else evidence.members(self.treated)

    def _moves(self, evidence: Evidence) -> pd.Series:
        panel, stamp = evidence.table("panel"), pd.Timestamp(self.date)
        if stamp not in panel.index:
            raise NoFigure(Reason("panel_lacks_day", day=self.date))
        place = int(panel.index.searchsorted(stamp))
        if place == 0:
            raise NoFigure(Reason("panel_begins", day=self.date))
        moves = panel.iloc[place].astype(float) / panel.iloc[place - 1].astype(float) - 1
        return moves.drop(labels=list(self._left(evidence)), errors="ignore").dropna()

    def _without(self, evidence: Evidence) -> Measured:
        """The index without the treated: weights of the table "weights", drifted to the close before by prices."""
        weights, lacking = self._weights(evidence)
        index = evidence.total_return(self.security, self.date, self.date)
        moves = {s: evidence.total_return(s, self.date, self.date) for s in weights.index}
        part, weight = sum(float(weights[s]) * r for s, r in moves.items()), float(weights.sum())
        value = (index - part) / (1 - weight)
        values = {"n": len(moves), "names": evidence.named(self.treated), "weight": Figure(weight, "share")}
        values |= {
            "index": evidence.name(self.security),
            "when": self.date,
            "moved": moved(index),
            "then": moved(value),
        }
        reason = Reason.sentences(
            Reason("without_treated", **values),
            Reason("no_weight_of", names=evidence.named(lacking)) if lacking else None,
        )
        return Measured(value, "decimal", reason, made_of("decimal", index=index) | made_of("share", weight=weight))

    def _weights(self, evidence: Evidence) -> tuple[pd.Series, list[str]]:
        """Weights at the close before of those taken out, and who of them is in the panel without a weight."""
        held = evidence.table("weights")
        dated = held[pd.to_datetime(held["date"]) < pd.Timestamp(self.date)]
        own = dated[dated["index"] == self.security] if "index" in dated else dated
        dated = dated if own.empty else own
        if "index" in dated and len(set(dated["index"])) > 1:
            raise NoFigure(Reason("no_weights_in", index=self.security))
        dated = dated[dated["date"] == dated["date"].max()]
        treated = evidence.members(self.treated)
        chosen = [s for s in treated if s in set(dated["symbol"])]
        if not chosen:
            raise NoFigure(Reason("no_weight"))
        panel = evidence.tables.get("panel", pd.DataFrame())
        lacking = [s for s in treated if s in panel.columns and s not in chosen]
        weights = dated.set_index("symbol")["weight"].astype(float)
        return weights[chosen] * self._drift(evidence, chosen, pd.Timestamp(dated["date"].max())), lacking

    def _drift(self, evidence: Evidence, chosen: list[str], start: pd.Timestamp) -> pd.Series:
        """What prices did to the weights from their date to the close before the day."""
        grown = pd.Series({s: self._grown(evidence, s, start) for s in (*chosen, self.security)})
        return grown[chosen] / grown[self.security]

    def _grown(self, evidence: Evidence, symbol: str, start: pd.Timestamp) -> float:
        """The close before the day over the last one up to `start`."""
        closes = evidence.history(symbol)["close"].dropna()
        first, last = closes.loc[:start], closes[closes.index < pd.Timestamp(self.date)]
        if first.empty:
            raise NoFigure(Reason("no_row", security=evidence.name(symbol), day=start))
        return float(last.iloc[-1] / first.iloc[-1])


STATISTICS: dict[Statistic, Callable[[pd.Series], float]] = {
    "share_down": lambda r: float((r < 0).mean()),
    "share_up": lambda r: float((r > 0).mean()),
    "median": lambda r: float(r.median()),
    "equal_weight": lambda r: float(r.mean()),
    "equal_less_index": lambda r: float(r.mean()),
}


@dataclass(frozen=True, slots=True)
class Characteristic(Measure):
    """Slope of the market-adjusted return of `date` on a standardised characteristic, decimal per standard deviation.

    prior_return: total return over the 252 sessions up to the one before; prior_beta: slope on the panel's mean over
    them. The same slope on each of 250 earlier days, characteristics as of then, is its null distribution. `treated`
    are left out.
    """

    unit = "slope"
    needs = ("panel",)
    one_session = True
    tests = True

    date: Day
    of: Literal["prior_return", "prior_beta"] = "prior_return"
    treated: Members = ()

    def measure(self, evidence: Evidence) -> Measured:
        left = list(evidence.members(self.treated))
        panel = evidence.table("panel").astype(float).drop(columns=left, errors="ignore")
        stamp = pd.Timestamp(self.date)
        place = int(panel.index.searchsorted(stamp))
        if stamp not in panel.index or place < T + GAP + YEAR + 1:
            raise NoFigure(Reason("panel_too_short"))
        kept = panel.iloc[place - T - GAP - YEAR - 1 : place + 1]
        slopes = self.slopes(kept.loc[:, kept.notna().all()])
        value, null = float(slopes.iloc[-1]), slopes.iloc[: -GAP - 1]
        spread = float(null.std(ddof=1))
        track = one_day(value, self.date, null, slopes.iloc[-GAP - 1 : -1])
        test = of_track(track, value, spread, len(null) - 1, "date permutation of the slope")
        values = {"when": self.date, "better": compared(value, "slope"), "of": Reason(f"of_{self.of}")}
        values["left"] = Reason("without", names=evidence.named(self.treated)) if left else ""
        reason = Reason("characteristic", **values)
        return Measured(value, "slope", reason, made_of("spread", usual_size=spread), effect=test)

    def slopes(self, prices: pd.DataFrame) -> pd.Series:
        """The slope on each day that has a year before it."""
        values, days = prices.to_numpy(float), prices.index[1:]
        moves = pd.DataFrame(values[1:] / values[:-1] - 1, days)
        if self.of == "prior_return":
            score = pd.DataFrame(values[YEAR:-1] / values[: -YEAR - 1] - 1, days[YEAR:]).reindex(days)
        else:
            score = _rolling_beta(moves).shift(1)
        rows = score.notna().all(axis=1)
        x = score[rows].to_numpy()
        x = (x - x.mean(axis=1, keepdims=True)) / x.std(axis=1, keepdims=True)
        y = moves[rows].to_numpy()
        return pd.Series((x * (y - y.mean(axis=1, keepdims=True))).mean(axis=1), index=moves.index[rows])


def _rolling_beta(moves: pd.DataFrame) -> pd.DataFrame:
    """Slope of each stock on the mean of all over the last year."""
    market = moves.mean(axis=1)
    product = moves.mul(market, axis=0).rolling(YEAR).mean()
    covariance = product - moves.rolling(YEAR).mean().mul(market.rolling(YEAR).mean(), axis=0)
    return covariance.div(market.rolling(YEAR).var(ddof=0), axis=0).replace([np.inf, -np.inf], np.nan)
