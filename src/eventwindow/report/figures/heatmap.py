"""Heat map of abnormal returns: securities by group down, trading days across."""

from collections.abc import Mapping, Sequence
from functools import partial

import pandas as pd

from eventwindow.errors import signed
from eventwindow.inference.results import LEVEL
from eventwindow.report.context import Context, of_result
from eventwindow.report.figures.chart import Chart, drawn
from eventwindow.report.figures.rows import LINE
from eventwindow.report.figures.sheet import COLD, INK, WARM, Sheet, advance, cut, wrapped
from eventwindow.report.language import percent, tau

REACH = 5
FULL = 0.15  # the abnormal return of full colour
NEAR = 3  # the same on a phone
CELL = 27  # px: the narrowest that holds its number
Cells = Mapping[tuple[str, int], tuple[float, float, str]]  # security and day → abnormal return, p-value, words
Order = Sequence[tuple[str, Sequence[str]]]  # groups and their securities


def heatmap(context: Context) -> Chart | None:
    """Abnormal returns around day 0; a number stands where p < 5 %. None where no security has a day 0."""
    data = heatmap_data(context)
    zero = data[data["tau"] == 0]
    if zero.empty:
        return None
    worst = zero.iloc[int(zero["abnormal_return"].argmin())]
    values = {"n": zero["security"].nunique(), "low": int((zero["p_value"] < LEVEL).sum())}
    most = {"name": context.name(str(worst["security"])), "worst": percent(worst["abnormal_return"])}
    paint = partial(_paint, context, _cells(context, data), _order(context))
    return drawn(context, paint, "heatmap", data, **values, **most)


@of_result
def heatmap_data(context: Context) -> pd.DataFrame:
    """A row a security and day: abnormal return and its p-value."""
    daily = context.result.tables["abnormal_returns"]
    near = daily[(daily["event"] == context.event) & (daily["tau"].abs() <= REACH)]
    columns = ["group", "security", "date", "tau", "abnormal_return", "std_error", "p_value"]
    return near[columns].dropna(subset="abnormal_return").reset_index(drop=True)


def _cells(context: Context, data: pd.DataFrame) -> Cells:
    columns = (data[c].tolist() for c in ("security", "tau", "abnormal_return", "p_value"))
    return {(s, day): (ar, p, _mark(context, s, day, ar)) for s, day, ar, p in zip(*columns, strict=True)}


def _mark(context: Context, security: str, day: int, value: float) -> str:
    words = {"name": context.name(security), "when": tau(day), "value": percent(value)}
    return context.language.text("common.mark", **words)


@of_result
def _order(context: Context) -> Order:
    return row_order(heatmap_data(context))


def row_order(data: pd.DataFrame) -> list[tuple[str, list[str]]]:
    """Groups by their mean on day 0, the hardest hit first, and the securities within each in the same order."""
    zero = data[data["tau"] == 0].set_index("security")["abnormal_return"]
    groups = data.drop_duplicates("security").set_index("security")["group"]
    ranked = zero.groupby(groups.reindex(zero.index)).mean().sort_values().index
    return [(str(g), [str(s) for s in zero[groups.reindex(zero.index) == g].sort_values().index]) for g in ranked]


def _paint(context: Context, cells: Cells, order: Order, sheet: Sheet) -> None:
    reach = NEAR if sheet.narrow else REACH
    taus = sorted({day for _, day in cells if abs(day) <= reach})
    widest = max((advance(context.name(name)) for _, names in order for name in names), default=0.0) + 12
    left = min(widest, sheet.width - CELL * len(taus))
    wide = (sheet.width - left) / len(taus)
    y = sheet.height + 14
    sheet.text(sheet.width, y, context.language.text("axis.tau"), anchor="end")
    for k, day in enumerate(taus):
        sheet.text(left + (k + 0.5) * wide, y + 18, tau(day), anchor="middle")
    y += 24
    for group, names in order:
        sheet.text(0, y + 16, context.group_name(group) or context.language.text("common.all"), INK, bold=True)
        y += 22
        for name in names:
            lines = wrapped(context.name(name), left - 10)
            more = LINE * (len(lines) - 1)
            for k, line in enumerate(lines):
                sheet.text(left - 8, y + 13 + LINE * k, cut(line, left - 10), INK, "end")
            for k, day in enumerate(taus):
                if (name, day) in cells:
                    _cell(sheet, (left + k * wide, y + more / 2, wide), *cells[name, day])
            y += 18 + more
    sheet.height = y + 6


def _cell(sheet: Sheet, box: tuple[float, float, float], value: float, p: float, title: str) -> None:
    """As opaque as the abnormal return is large; its number where p < 5 %."""
    x, y, wide = box
    colour, full = WARM if value < 0 else COLD, min(abs(value) / FULL, 1)
    sheet.rect(x + 0.5, y + 0.5, wide - 1, 17, colour, opacity=f"{full:.2f}", title=title)
    if p < LEVEL:
        sheet.text(x + wide / 2, y + 13, signed(f"{100 * value:+.0f}"), INK, "middle")
