"""The headline among others: every untreated stock treated in turn, and the basket's mean on every estimation day."""

from collections.abc import Mapping
from functools import partial

import numpy as np
import pandas as pd

from eventwindow.calendars.window import Window
from eventwindow.errors import Reason, begun
from eventwindow.inference.permutation import draws
from eventwindow.inference.results import LEVEL
from eventwindow.inference.sample import sample
from eventwindow.report.context import Context, of_result
from eventwindow.report.figures.chart import Chart, charted, drawn
from eventwindow.report.figures.counterfactual import effects_of, name_of
from eventwindow.report.figures.lines import DASHED
from eventwindow.report.figures.panel import Panel, grid, reach
from eventwindow.report.figures.sheet import FAINT, INK, ORANGE, SERIES, Sheet
from eventwindow.report.language import number, p_value, percent, tau

REACH = 10  # trading days after day 0 that are shown
EDGE = 99.0  # per cent of the cloud that the axis makes room for


def placebos(context: Context) -> Chart | None:
    """Gaps of treated stocks among those of the donors, under the model that leads for each; None without placebos."""
    data = placebos_data(context)
    if data.empty:
        return None
    own = data[~data["donor"]].drop_duplicates("security").set_index("security")["model"]
    model = {m: str(own[m]) for m in context.members if m in own.index}
    model = dict(list(model.items())[:2])
    p = effects_of(context).query("leads").set_index("security")["p_placebo_space"]
    told = context.language.listed([f"{context.name(s)} p = {p_value(p[s])}" for s in model])
    donors = int(data.loc[data["donor"], "security"].nunique())
    first, name = next(iter(model.items()))
    zero = data[(data["model"] == name) & (data["tau"] == 0)]
    own = zero.loc[zero["security"] == first, "ratio"].abs().max()
    values = {"name": context.name(first), "n": int((zero.loc[zero["donor"], "ratio"].abs() >= own).sum())}
    title = "title_among" if values["n"] else "title"
    return drawn(context, _paint, "placebos", data, model, title_key=title, donors=donors, list=told, **values)


@of_result
def placebos_data(context: Context) -> pd.DataFrame:
    """A row a stock, model and day: the gap over the fit before, and its running sum."""
    table = context.table("counterfactual_placebos")
    if table.empty:
        return table
    near = table[table["tau"] <= REACH].assign(ratio=lambda t: t["gap"] / t["fit_rms"])
    summed = near.groupby(["model", "security"], sort=False)["ratio"].cumsum()
    return near.assign(cumulative_ratio=summed).reset_index(drop=True)


def _paint(context: Context, data: pd.DataFrame, model: Mapping[str, str], sheet: Sheet) -> None:
    panels, say = grid(sheet, 2 * len(model), 2, 170, head=50), context.language.text
    for k, ((security, name), colour) in enumerate(zip(model.items(), SERIES, strict=False)):
        mine = data[(data["model"] == name) & (data["donor"] | (data["security"] == security))]
        title = say("common.mark_day", when=context.full_name(security), value=name_of(context, name))
        left, right = panels[2 * k : 2 * k + 2]
        sheet.text(left.left, left.top - 26, title, INK, bold=True)
        for panel, upward in ((left, "summed"), (right, "count")):
            sheet.text(panel.left, panel.top - 8, say(f"placebos.{upward}"))
        _paths(left, context, mine, security, colour)
        _day_zero(right, context, mine[mine["tau"] == 0], security, colour)
    sheet.height += 12


def _paths(panel: Panel, context: Context, data: pd.DataFrame, security: str, colour: str) -> None:
    paths = context.of_result(f"paths.{security}", lambda: _by_day(data))
    cloud, own = paths.drop(columns=security), paths[security]
    low, high = np.percentile(cloud, [100 - EDGE, EDGE])
    panel.x = (float(paths.index[0]), float(paths.index[-1]))
    panel.y = (min(low, own.min()) * 1.12, max(high, own.max()) * 1.12)
    panel.y_axis()
    panel.sheet.strokes([panel.points(cloud.index, path) for path in cloud.to_numpy().T], FAINT, 0.6, opacity=0.22)
    panel.upright(0, INK, stroke_dasharray=DASHED)
    panel.line(own.index, own, colour, 2.4, title=f"{context.name(security)} {number(own.iloc[-1], 1)}")
    panel.x_axis(tick, context.language.text("axis.tau"), grid=False)


def _by_day(data: pd.DataFrame) -> pd.DataFrame:
    """Running sums, a row a day and a column a stock."""
    return data.pivot_table(index="tau", columns="security", values="cumulative_ratio", sort=False)


def _day_zero(panel: Panel, context: Context, zero: pd.DataFrame, security: str, colour: str) -> None:
    """The stocks of the cloud on day 0, and where the security lies."""
    donors, own = zero.loc[zero["donor"], "ratio"], float(zero.loc[zero["security"] == security, "ratio"].iloc[0])
    counts, edges = np.histogram(donors, 40)
    panel.x, panel.y = reach([*edges, own]), (0, 1.1 * float(counts.max()))
    panel.y_axis()
    for n, left, right in zip(counts, edges[:-1], edges[1:], strict=True):
        x, top = panel.px(left), panel.py(float(n))
        panel.sheet.rect(x, top, panel.px(right) - x, panel.py(0) - top, FAINT, opacity=0.5)
    title = f"{context.name(security)} {number(own, 1)}"
    panel.upright(own, colour, 3, title=title)
    panel.x_axis(words=context.language.text("placebos.gap"), grid=False)


def tick(value: float) -> str:
    return tau(int(value))


DAY = Window(0, 0)


def permutation(context: Context) -> Chart | None:
    """Mean abnormal return of the securities that share day 0, on all estimation days, against the event's."""
    drawn = draws(sample(context.shared, DAY))
    if isinstance(drawn, Reason):
        return None
    event, null = float(drawn.event.mean()), np.asarray(drawn.runs.mean(axis=0))
    more = int((np.abs(null) >= abs(event)).sum())
    p = (1 + more) / (len(null) + 1)
    say, n = context.language.text, len(drawn.event)
    values = {"event": percent(event), "days": len(null), "low": percent(null.min()), "high": percent(null.max())}
    mean = percent(event) if n == 1 else say("permutation.mean", event=percent(event))
    values |= {"mean": mean, "who": begun(_who(context, n))}
    data = pd.DataFrame({"what": ["event", *["estimation day"] * len(null)], "mean_abnormal_return": [event, *null]})
    return charted(
        partial(_paint_permutation, context, event, null),
        "permutation",
        say(f"permutation.{_title(event, null, p)}", **values, n=more),
        say("permutation.caption"),
        say("permutation.alt", **values, p=p_value(p)),
        data,
    )


def _who(context: Context, drawn: int) -> str:
    """The basket whose mean is drawn, or how many of it where not all are, or the one security."""
    if len(context.shared) == 1:
        return context.name(str(context.shared.labels["security"].iloc[0]))
    basket, held = context.group_name(context.basket) or context.language.text("common.all"), len(context.members)
    return basket if drawn == held else context.language.text("permutation.part", n=drawn, all=held, basket=basket)


def _title(event: float, null: np.ndarray, p: float) -> str:
    """Beyond every ordinary day, among the few as far from zero, or a day like others."""
    if p >= LEVEL:
        return "title_usual"
    return "title_rare" if null.min() <= event <= null.max() else "title"


def _paint_permutation(context: Context, event: float, null: np.ndarray, sheet: Sheet) -> None:
    far = max(abs(event), float(np.abs(null).max())) * 1.08
    edges = np.linspace(-100 * far, 100 * far, 41 if sheet.narrow else 81)
    counts, _ = np.histogram(100 * null, edges)
    sheet.text(0, sheet.height + 12, context.language.text("permutation.count"))
    panel = Panel(
        sheet, 40, sheet.height + 24, sheet.width - 48, 190, (edges[0], edges[-1]), (0, 1.12 * float(counts.max()))
    )
    panel.y_axis()
    for k in np.flatnonzero(counts):
        left, right = panel.px(edges[k]) + 0.5, panel.px(edges[k + 1]) - 0.5
        values = {"low": percent(edges[k] / 100), "high": percent(edges[k + 1] / 100), "n": int(counts[k])}
        title, foot = context.language.text("permutation.mark", **values), panel.py(0)
        top = panel.py(float(counts[k]))
        sheet.rect(left, top, right - left, foot - top, FAINT, opacity=0.55, title=title)
    day = context.language.short_day(context.day_zero)
    said = context.language.text("common.mark_day", when=day, value=percent(event))
    panel.upright(100 * event, ORANGE, 3, title=said)
    x = panel.px(100 * event) + (8 if event < 0 else -8)
    sheet.text(x, panel.top + 14, said, ORANGE, "start" if event < 0 else "end", bold=True)
    panel.across(0)
    sheet.height = panel.x_axis(words=context.language.text("permutation.axis"), grid=False)
