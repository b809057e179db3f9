"""The abnormal return of day 0 through each benchmark, the one without the treated among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from eventwindow.report.context import Context
from eventwindow.report.figures.chart import Chart
from eventwindow.report.language import percent

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLUMNS = ["security", "benchmark", "car", "low", "high"]
REMARK = " without the treated"


def benchmarks(context: Context) -> Chart | None:
    """One panel a security, one line a benchmark, ordered; None where the study looks through one only."""
    data = benchmark_data(context)
    if data["benchmark"].nunique() < 2:
        return None
    say = context.language.text
    first = data[data["security"] == context.leads[0]].sort_values("car")
    low, high = first.iloc[0], first.iloc[-1]
    ends = {"low": percent(low["car"]), "high": percent(high["car"])}
    through = {key: benchmark_name(context, str(row["benchmark"])) for key, row in (("by", low), ("to", high))}
    return Chart(
        "benchmarks",
        _draw(context, data),
        say("benchmarks.title"),
        say("benchmarks.caption"),
        say("benchmarks.alt", name=context.name(context.leads[0]), n=len(first), **ends, **through),
        data,
    )


def benchmark_data(context: Context) -> pd.DataFrame:
    """A row a leading security and benchmark: abnormal return of day 0 and its 95 % interval."""
    views = context.result.tables.get("views", pd.DataFrame(columns=[*COLUMNS, "window_start", "window_end"]))
    zero = views[(views["window_start"] == 0) & (views["window_end"] == 0) & views["security"].isin(context.leads)]
    return zero.dropna(subset="car").reindex(columns=COLUMNS).reset_index(drop=True)


def benchmark_name(context: Context, benchmark: str) -> str:
    """The benchmark's name; the one without the treated is said in the reader's language."""
    if benchmark.endswith(REMARK):
        return context.language.text("benchmarks.without", name=context.name(benchmark.removesuffix(REMARK)))
    return context.name(benchmark)


def _draw(context: Context, data: pd.DataFrame) -> Figure:
    from eventwindow.report.figures.style import BLUE, INK, ORANGE, new_figure, plain_axes

    names = [s for s in context.leads if s in set(data["security"])]
    order = data[data["security"] == names[0]].sort_values("car", ascending=False)["benchmark"].tolist()
    figure = new_figure(0.9 + 0.27 * len(order))
    every = np.atleast_1d(figure.subplots(1, len(names), sharey=True, sharex=True))
    for axes, name, colour in zip(every, names, (BLUE, ORANGE), strict=False):
        plain_axes(axes, grid="x")
        table = data[data["security"] == name].set_index("benchmark")
        for y, benchmark in enumerate(order):
            if benchmark in table.index:
                ar, low, high = (100 * float(table[column][benchmark]) for column in ("car", "low", "high"))
                axes.plot([low, high], [y, y], color=colour, linewidth=1.5, alpha=0.6)
                axes.plot([ar], [y], "o", color=colour, markersize=5, markeredgewidth=0)
        axes.axvline(0, color=INK, linewidth=0.8)
        axes.set_title(context.name(name))
    every[0].set_yticks(range(len(order)), [benchmark_name(context, b) for b in order])
    figure.supxlabel(context.language.text("securities.axis"), fontsize=8.5)
    return figure
