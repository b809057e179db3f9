"""A basket: its t as one security, the F of Schipper & Thompson, the common effect by generalised least squares."""

import numpy as np

from eventwindow.errors import Reason
from eventwindow.estimation.event_time import Array
from eventwindow.inference.conformal import SINGULAR, unusable
from eventwindow.inference.portfolio import unfit
from eventwindow.inference.results import NotComputed, Result, fisher, student
from eventwindow.inference.sample import Sample

JOINT, COMMON = "every CAR is zero", "the CAR common to the firms, by GLS, is zero"
BASKET = "the CAR of the equal-weighted basket is zero"


def portfolio_t(events: Sample) -> Result:
    """The basket's CAR over its own standard error, t(T - k): equal weights daily, constant members."""
    name, held, window = "portfolio_t", events.ar, events.window
    if not len(held):
        return NotComputed(name, Reason("no_event_in_window"), BASKET)
    basket = unfit(held, events.design) or events.members.basket
    if isinstance(basket, Reason):
        return NotComputed(name, basket, BASKET, len(held))
    car = basket.car(window)
    if car.reason[0]:
        return NotComputed(name, car.reason[0], BASKET, len(held))
    at = held.columns(window)
    lost = np.isfinite(held.ar[:, at]).any(axis=0) & ~np.isfinite(basket.ar[0, at])
    if basket.halted is not None:
        lost &= ~basket.halted[0, 1:][at]
    note = Reason("days_without_a_member", n=int(lost.sum())) if lost.any() else None
    return student(name, BASKET, car.scar[0], car.dof[0], len(held), note=note)


def sur_f(events: Sample) -> Result:
    """F = (T - k - N + 1)/(N(T - k)) c'Σ̂⁻¹c/f, F(N, T - k - N + 1) (Schipper & Thompson 1983; CLM 1997).

    Exact for one set of factors, no gaps and Gaussian errors; to be read beside `conformal_sur`.
    """
    parts = _parts("sur_f", JOINT, events)
    if isinstance(parts, NotComputed):
        return parts
    c, sigma, f, dof = parts
    n = len(c)
    quadratic = float(c @ np.linalg.solve(sigma, c)) / f
    value, second = (dof - n + 1) / (n * dof) * quadratic, dof - n + 1
    return fisher("sur_f", JOINT, value, (n, second), n, note=Reason("gaussian_errors"))


def gls_t(events: Sample) -> Result:
    """The common CAR weighted by Σ̂⁻¹ over its error √(f/1'Σ̂⁻¹1), t(T - k - N + 1): the weights cost N - 1 degrees.

    The variance is scaled by (T - k)/(T - k - N + 1), since Σ̂ is estimated (Rao 1967).
    """
    parts = _parts("gls_t", COMMON, events)
    if isinstance(parts, NotComputed):
        return parts
    c, sigma, f, dof = parts
    n = len(c)
    weight = np.linalg.solve(sigma, np.ones(n))
    effect, left = weight @ c / weight.sum(), dof - n + 1
    spread = max(float(c @ np.linalg.solve(sigma, c) - weight.sum() * effect**2), 0.0) / f
    variance = f / weight.sum() * (dof + spread) / left
    note = Reason("common_effect", effect=float(effect))
    return student("gls_t", COMMON, effect / np.sqrt(variance), left, n, note=note)


def _parts(name: str, null: str, events: Sample) -> tuple[Array, Array, float, float] | NotComputed:
    """CARs, residual covariance with divisor T - k, the forecast factor f, and T - k."""
    held, car = events.ar, events.car
    if reason := unusable(events):
        return NotComputed(name, reason, null, len(held))
    e, n = held.residuals, len(held)
    lacking = int((~np.isfinite(e)).all(axis=0).sum())
    if not np.isfinite(e).all() or not np.isfinite(held.ar[:, held.columns(events.window)]).all():
        missed = Reason("days_without_residual", n=lacking) if lacking else Reason("member_misses_return")
        return NotComputed(name, missed, null, n)
    dof = float(held.dof[0])
    if dof - n + 1 < 1:
        return NotComputed(name, Reason("firms_and_freedom", n=n, dof=int(dof)), null, n)
    factor = (car.std_error / held.sigma) ** 2
    if np.ptp(factor) > 1e-8 * factor.max():
        return NotComputed(name, Reason("factors_differ"), null, n)
    sigma = e @ e.T / dof
    if np.linalg.cond(sigma) > SINGULAR:
        return NotComputed(name, Reason("singular_covariance"), null, n)
    return car.car, sigma, float(factor[0]), dof
