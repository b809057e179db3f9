"""A basket: its t as one security, the F of Schipper & Thompson, the common effect by generalised least squares."""

import numpy as np

from eventwindow.errors import Reason
from eventwindow.estimation.event_time import Array
from eventwindow.inference.conformal import APART, SINGULAR, unusable
from eventwindow.inference.portfolio import DAYS_DIFFER, unfit
from eventwindow.inference.results import Answer, fisher, student
from eventwindow.inference.sample import Sample
from eventwindow.inference.significance import significance_test


@significance_test("Portfolio t", "the CAR of the equal-weighted basket is zero", apart=DAYS_DIFFER)
def portfolio_t(events: Sample) -> Answer:
    """The basket's CAR over its own standard error, t(T - k): equal weights daily, constant members."""
    held, window = events.ar, events.window
    basket = unfit(held, events.design) or events.members.basket
    if isinstance(basket, Reason):
        return basket
    car = basket.car(window)
    if not car.complete[0]:
        why: Reason = car.reason[0]
        return why
    at = held.columns(window)
    lost = np.isfinite(held.ar[:, at]).any(axis=0) & ~np.isfinite(basket.ar[0, at])
    if basket.halted is not None:
        lost &= ~basket.halted[0, 1:][at]
    note = Reason("days_without_a_member", n=int(lost.sum())) if lost.any() else None
    return student(car.scar[0], car.dof[0], note)


@significance_test("SUR F", "every CAR is zero", apart=APART)
def sur_f(events: Sample) -> Answer:
    """F = (T - k - N + 1)/(N(T - k)) c'Σ̂⁻¹c/f, F(N, T - k - N + 1) (Schipper & Thompson 1983; CLM 1997).

    Exact for one set of factors, no gaps and Gaussian errors; to be read beside `conformal_sur`.
    """
    parts = _parts(events)
    if isinstance(parts, Reason):
        return parts
    c, sigma, f, dof = parts
    n = len(c)
    quadratic = float(c @ np.linalg.solve(sigma, c)) / f
    value, second = (dof - n + 1) / (n * dof) * quadratic, dof - n + 1
    return fisher(value, (n, second), Reason("gaussian_errors"))


@significance_test("GLS", "the CAR common to the firms, by GLS, is zero", apart=APART)
def gls_t(events: Sample) -> Answer:
    """The common CAR weighted by Σ̂⁻¹ over its error √(f/1'Σ̂⁻¹1), t(T - k - N + 1): the weights cost N - 1 degrees.

    The variance is scaled by (T - k)/(T - k - N + 1), since Σ̂ is estimated (Rao 1967).
    """
    parts = _parts(events)
    if isinstance(parts, Reason):
        return parts
    c, sigma, f, dof = parts
    n = len(c)
    weight = np.linalg.solve(sigma, np.ones(n))
    effect, left = weight @ c / weight.sum(), dof - n + 1
    spread = max(float(c @ np.linalg.solve(sigma, c) - weight.sum() * effect**2), 0.0) / f
    variance = f / weight.sum() * (dof + spread) / left
    return student(effect / np.sqrt(variance), left, Reason("common_effect", effect=float(effect)))


def _parts(events: Sample) -> tuple[Array, Array, float, float] | Reason:
    """CARs, residual covariance with divisor T - k, the forecast factor f, and T - k."""
    held, car = events.ar, events.car
    if reason := unusable(events):
        return reason
    e, n = held.residuals, len(held)
    lacking = int((~np.isfinite(e)).all(axis=0).sum())
    if not np.isfinite(e).all() or not np.isfinite(held.ar[:, held.columns(events.window)]).all():
        return Reason("days_without_residual", n=lacking) if lacking else Reason("member_misses_return")
    dof = float(held.dof[0])
    if dof - n + 1 < 1:
        return Reason("firms_and_freedom", n=n, dof=int(dof))
    factor = (car.std_error / held.sigma) ** 2
    if np.ptp(factor) > 1e-8 * factor.max():
        return Reason("factors_differ")
    sigma, condition = events.members.covariance
    if condition > SINGULAR:
        return Reason("singular_covariance")
    return car.car, sigma, float(factor[0]), dof
