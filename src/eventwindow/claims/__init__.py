"""What was said, held against prices: a claim and the evidence go in, a verdict comes out."""

from eventwindow.claims.evidence import Evidence
from eventwindow.claims.model import Claim, Measured, Verdict
from eventwindow.claims.verdicts import judge, measure_all

__all__ = ["Claim", "Evidence", "Measured", "Verdict", "judge", "measure_all"]
