"""The abnormal return of day 0 through each benchmark, the one without the treated among them."""

from functools import partial

import pandas as pd

from eventwindow.report.context import Context, of_result
from eventwindow.report.figures.chart import Chart, drawn
from eventwindow.report.figures.groups import interval_row
from eventwindow.report.figures.rows import Row, draw_rows
from eventwindow.report.language import percent

COLUMNS = ["security", "benchmark", "car", "low", "high"]
REMARK = " without the treated"


def benchmarks(context: Context) -> Chart | None:
    """One panel a security, one line a benchmark, ordered; None where the study looks through one only."""
    data = benchmark_data(context)
    if data["benchmark"].nunique() < 2:
        return None
    first = data[data["security"] == context.leads[0]].sort_values("car")
    low, high = first.iloc[0], first.iloc[-1]
    ends = {"low": percent(low["car"]), "high": percent(high["car"])}
    through = {key: benchmark_name(context, str(row["benchmark"])) for key, row in (("by", low), ("to", high))}
    name = context.name(context.leads[0])
    rows = _rows(context, data, first["benchmark"].tolist())
    paint = partial(draw_rows, rows=rows, axis=context.language.text("securities.axis"))
    return drawn(context, paint, "benchmarks", data, name=name, n=len(first), **ends, **through)


@of_result
def benchmark_data(context: Context) -> pd.DataFrame:
    """A row a leading security and benchmark: abnormal return of day 0 and its 95 % interval."""
    views = context.table("views", *COLUMNS, "window_start", "window_end")
    zero = views[(views["window_start"] == 0) & (views["window_end"] == 0) & views["security"].isin(context.leads)]
    return zero.dropna(subset="car").reindex(columns=COLUMNS).reset_index(drop=True)


def benchmark_name(context: Context, benchmark: str) -> str:
    """The benchmark's name; the one without the treated is said in the reader's language."""
    if benchmark.endswith(REMARK):
        return context.language.text("benchmarks.without", name=context.name(benchmark.removesuffix(REMARK)))
    return context.name(benchmark)


def _rows(context: Context, data: pd.DataFrame, order: list[str]) -> list[Row]:
    """Each leading security through the benchmarks in one order."""
    keys, figures = data[["security", "benchmark"]], data[["car", "low", "high"]].to_numpy().tolist()
    held, rows = dict(zip(keys.itertuples(index=False, name=None), figures, strict=True)), []
    for name in context.leads:
        for k, benchmark in enumerate(b for b in order if (name, b) in held):
            said, heading = benchmark_name(context, benchmark), "" if k else context.name(name)
            rows.append(interval_row(context, said, held[name, benchmark], heading=heading))
    return rows
