"""The headline among others: every untreated stock treated in turn, and the basket's mean on every estimation day."""

from collections.abc import Sequence
from dataclasses import dataclass
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
from eventwindow.report.language import number, p_told, percent, tau

REACH = 10  # trading days after day 0 that are shown
EDGE = 99.0  # per cent of the cloud that the axis makes room for


def placebos(context: Context) -> Chart | None:
    """Gaps of treated stocks among those of the donors, under the model that leads for each; None without placebos."""
    data = placebos_data(context)
    if data.empty:
        return None
    shown = _shown(context)
    p = effects_of(context).query("leads").set_index("security")["p_placebo_space"]
    told = context.language.listed([f"{context.name(one.security)} {p_told(p[one.security])}" for one in shown])
    first, donors = shown[0], int(data.loc[data["donor"], "security"].nunique())
    n = sum(abs(gap) >= abs(first.zero) for gap in first.gaps)
    values = {"name": context.name(first.security), "n": n, "donors": donors, "list": told}
    title = "title_among" if n else "title"
    paint = partial(_paint, context, shown)
    return drawn(context, paint, "placebos", data, title_key=title, **values)


@of_result
def placebos_data(context: Context) -> pd.DataFrame:
    """A row a stock, model and day: the gap over the fit before, and its running sum."""
    table = context.table("counterfactual_placebos")
    if table.empty:
        return table
    near = table[table["tau"] <= REACH].assign(ratio=lambda t: t["gap"] / t["fit_rms"])
    summed = near.groupby(["model", "security"], sort=False)["ratio"].cumsum()
    return near.assign(cumulative_ratio=summed).reset_index(drop=True)


@dataclass(frozen=True, slots=True)
class Placed:
    """A security among the donors under one model: running sums by day, and the gaps of day 0."""

    security: str
    model: str
    days: list[int]
    own: list[float]
    cloud: np.ndarray  # a row a donor
    reach: tuple[float, float]
    zero: float
    gaps: list[float]


@of_result
def _shown(context: Context) -> list[Placed]:
    """The first two securities, each under the model that leads for it."""
    data = placebos_data(context)
    own = data[~data["donor"]].drop_duplicates("security").set_index("security")["model"]
    shown = [m for m in context.members if m in own.index][:2]
    return [_placed(data, m, str(own[m])) for m in shown]


def _placed(data: pd.DataFrame, security: str, model: str) -> Placed:
    mine = data[(data["model"] == model) & (data["donor"] | (data["security"] == security))]
    paths = mine.pivot_table(index="tau", columns="security", values="cumulative_ratio", sort=False)
    cloud, own = paths.drop(columns=security), paths[security]
    low, high = np.percentile(cloud, [100 - EDGE, EDGE])
    zero = mine[mine["tau"] == 0]
    return Placed(
        security,
        model,
        days=paths.index.tolist(),
        own=own.tolist(),
        cloud=cloud.to_numpy().T,
        reach=(min(low, own.min()) * 1.12, max(high, own.max()) * 1.12),
        zero=float(zero.loc[~zero["donor"], "ratio"].iloc[0]),
        gaps=zero.loc[zero["donor"], "ratio"].tolist(),
    )


def _paint(context: Context, shown: Sequence[Placed], sheet: Sheet) -> None:
    panels, say = grid(sheet, 2 * len(shown), 2, 170, head=50), context.language.text
    for k, (one, colour) in enumerate(zip(shown, SERIES, strict=False)):
        title = say("common.mark_day", when=context.full_name(one.security), value=name_of(context, one.model))
        left, right = panels[2 * k : 2 * k + 2]
        sheet.text(left.left, left.top - 26, title, INK, bold=True)
        for panel, upward in ((left, "summed"), (right, "count")):
            sheet.text(panel.left, panel.top - 8, say(f"placebos.{upward}"))
        _paths(left, context, one, colour)
        _day_zero(right, context, one, colour)
    sheet.height += 12


def _paths(panel: Panel, context: Context, one: Placed, colour: str) -> None:
    panel.x, panel.y = (one.days[0], one.days[-1]), one.reach
    panel.y_axis()
    panel.sheet.strokes(panel.paths(one.days, one.cloud), FAINT, 0.6, opacity=0.22)
    panel.upright(0, INK, stroke_dasharray=DASHED)
    panel.line(one.days, one.own, colour, 2.4, title=f"{context.name(one.security)} {number(one.own[-1], 1)}")
    panel.x_axis(tick, context.language.text("axis.tau"), grid=False)


def _day_zero(panel: Panel, context: Context, one: Placed, colour: str) -> None:
    """The stocks of the cloud on day 0, and where the security lies."""
    counts, edges = (found.tolist() for found in np.histogram(one.gaps, 40))
    panel.x, panel.y = reach([*edges, one.zero]), (0, 1.1 * max(counts))
    panel.y_axis()
    for n, left, right in zip(counts, edges[:-1], edges[1:], strict=True):
        x, top = panel.px(left), panel.py(n)
        panel.sheet.rect(x, top, panel.px(right) - x, panel.py(0) - top, FAINT, opacity=0.5)
    panel.upright(one.zero, colour, 3, title=f"{context.name(one.security)} {number(one.zero, 1)}")
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
        say("permutation.alt", **values, p=p_told(p)),
        data,
    )


def _who(context: Context, drawn: int) -> str:
    """The basket whose mean is drawn, or how many of it where not all are, or the one security."""
    if len(context.shared) == 1:
        return context.name(str(context.shared.labels["security"].iloc[0]))
    basket, held = context.group_name(context.basket) or context.language.text("common.all"), len(context.members)
    if drawn == held:
        return basket
    key = "permutation.same_day" if drawn == len(context.shared) else "permutation.part"
    return context.language.text(key, n=drawn, all=held, basket=basket)


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
