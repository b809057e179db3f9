"""What words of strength ask for: one threshold a word, in units of the security's own history, for all claims."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from eventwindow.claims.evidence import Evidence
from eventwindow.claims.market_value import longest_returns
from eventwindow.claims.model import Claim
from eventwindow.inference.response import FEWEST

SESSIONS = 250  # before the day, whose standard deviation is the unit


@dataclass(frozen=True, slots=True)
class Strength:
    """A move of so many daily standard deviations, or a rank of at most so much in the history that is held.

    A word that qualifies a move ("fell sharply") says two things, the move and its size; another is the size itself.
    """

    deviations: float = 0.0
    rank: int = 0
    qualifies: bool = False


STRENGTHS: dict[str, Strength] = {
    "sharply": Strength(deviations=2.0, qualifies=True),
    "heavily": Strength(deviations=2.0, qualifies=True),
    "shock": Strength(deviations=3.0),
    "panic": Strength(deviations=3.0),
    "historic": Strength(rank=10),
}


def usual_move(claim: Claim, evidence: Evidence) -> float | None:
    """The daily standard deviation of the claim's security over the 250 sessions before its day; None if too few."""
    day = getattr(claim.measure, "date", None)
    if not claim.strength or day is None or claim.security not in evidence.returns:
        return None
    held = longest_returns(evidence, claim.security)
    past = held.loc[held.index < pd.Timestamp(day)].iloc[-SESSIONS:]
    return float(np.std(past, ddof=1)) if len(past) >= FEWEST else None
