"""The figures of a report: each one a function of the result that returns a `Chart`, or None where it has no matter."""

from __future__ import annotations

from collections.abc import Callable

from eventwindow.report.context import Context
from eventwindow.report.figures.benchmarks import benchmarks
from eventwindow.report.figures.car import car
from eventwindow.report.figures.chart import Chart
from eventwindow.report.figures.claims import ladder
from eventwindow.report.figures.counterfactual import counterfactual
from eventwindow.report.figures.glyphs import missing_glyphs_told_once
from eventwindow.report.figures.groups import layers
from eventwindow.report.figures.heatmap import heat
from eventwindow.report.figures.intraday import minutes
from eventwindow.report.figures.lead_lag import lead_lag
from eventwindow.report.figures.market_value import value
from eventwindow.report.figures.permutation import permutation
from eventwindow.report.figures.placebos import placebos
from eventwindow.report.figures.prices import tape
from eventwindow.report.figures.securities import dots
from eventwindow.report.figures.sessions import world_clock
from eventwindow.report.figures.specification_curve import specifications

FIGURES: dict[str, Callable[[Context], Chart | None]] = {
    "tape": tape,
    "car": car,
    "value": value,
    "world_clock": world_clock,
    "minutes": minutes,
    "lead_lag": lead_lag,
    "layers": layers,
    "dots": dots,
    "heat": heat,
    "benchmarks": benchmarks,
    "specifications": specifications,
    "counterfactual": counterfactual,
    "placebos": placebos,
    "permutation": permutation,
    "ladder": ladder,
}


def chart(name: str, context: Context) -> Chart | None:
    """The figure `name`, drawn in the style of the house."""
    from matplotlib import rc_context

    from eventwindow.report.figures.style import rc

    with rc_context(rc()), missing_glyphs_told_once():  # type: ignore[arg-type]
        found = FIGURES[name](context)
        if found is not None:  # laid out once, however often it is written
            layout = found.figure.get_layout_engine()
            if layout is not None:
                layout.execute(found.figure)
            found.figure.set_layout_engine("none")
        return found


def charts(context: Context) -> dict[str, Chart]:
    """Every figure that the result has matter for, by name."""
    drawn = {name: chart(name, context) for name in FIGURES}
    return {name: found for name, found in drawn.items() if found is not None}
