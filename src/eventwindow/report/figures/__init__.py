"""The figures of a report: each one a function of the result that returns a `Chart`, or None where it has no matter."""

from collections.abc import Callable

from eventwindow.report.context import Context
from eventwindow.report.figures.benchmarks import benchmarks
from eventwindow.report.figures.car import car
from eventwindow.report.figures.chart import Chart
from eventwindow.report.figures.claims import claims
from eventwindow.report.figures.counterfactual import counterfactual
from eventwindow.report.figures.gains import gains
from eventwindow.report.figures.groups import groups, securities
from eventwindow.report.figures.heatmap import heatmap
from eventwindow.report.figures.intraday import intraday, lead_lag
from eventwindow.report.figures.market_value import market_value
from eventwindow.report.figures.placebos import permutation, placebos
from eventwindow.report.figures.prices import prices
from eventwindow.report.figures.recovery import recovery
from eventwindow.report.figures.sessions import sessions
from eventwindow.report.figures.specification_curve import specification_curve

FIGURES: dict[str, Callable[[Context], Chart | None]] = {
    "prices": prices,
    "car": car,
    "market_value": market_value,
    "gains": gains,
    "recovery": recovery,
    "sessions": sessions,
    "intraday": intraday,
    "lead_lag": lead_lag,
    "groups": groups,
    "securities": securities,
    "heatmap": heatmap,
    "benchmarks": benchmarks,
    "specification_curve": specification_curve,
    "counterfactual": counterfactual,
    "placebos": placebos,
    "permutation": permutation,
    "claims": claims,
}


def chart(name: str, context: Context) -> Chart | None:
    """The figure `name`, with per cent as the language writes it."""
    drawn = FIGURES[name](context)
    return drawn and drawn.written(context.language.written)


def charts(context: Context) -> dict[str, Chart]:
    found = {name: chart(name, context) for name in FIGURES}
    return {name: one for name, one in found.items() if one is not None}
