"""What happened against what would have: the first two securities and their counterfactuals, before and after day 0."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd

from eventwindow.report.context import Context, of_result
from eventwindow.report.figures.chart import Chart, drawn
from eventwindow.report.figures.lines import DASHED, Days, Series, draw_series
from eventwindow.report.figures.panel import grid, legend, reach
from eventwindow.report.figures.sheet import BLUE, FAINT, INK, ORANGE, Sheet
from eventwindow.report.language import percent, tau

FIRST = -40  # trading days before day 0 that are shown
ACTUAL, MARKET = "actual", "market_model"


def counterfactual(context: Context) -> Chart | None:
    """Total return since forty days before, and what each model expects; None where the study names no donors."""
    effects, totals = effects_of(context), _totals(context)
    if not totals:
        return None
    shown, data = list(totals), counterfactual_data(context)
    led = effects[effects["leads"]].set_index("security")
    text, model = context.language.text, {s: str(led.loc[s, "model"]) for s in shown}
    effect = {s: text("common.mark_day", when=context.name(s), value=percent(led.loc[s, "effect"])) for s in shown}
    told = [text("format.name", name=said, symbol=name_of(context, model[s])) for s, said in effect.items()]
    first = effects[effects["security"] == shown[0]]["effect"]
    values = {
        "name": context.name(shown[0]),
        "low": percent(first.min()),
        "high": percent(first.max()),
        "n": len(first),
    }
    told_together = context.language.clauses(*told)
    views = [_view(context, s, totals[s], model[s]) for s in shown]
    models, reached = list(dict.fromkeys(data["model"])), reach((100 * data["cumulative"]).tolist())
    paint = partial(_paint, context, _legend(context, model, models), views, reached)
    return drawn(context, paint, "counterfactual", data, days=-FIRST, list=told_together, **values)


@of_result
def effects_of(context: Context) -> pd.DataFrame:
    """The computed rows of the table `counterfactual`; empty where the result holds none."""
    table = context.table("counterfactual", "security", "model")
    return table[table["model"].notna()]


def name_of(context: Context, model: object) -> str:
    key = f"model_name.{model}"
    return context.language.text(key) if context.language.has(key) else str(model)


@of_result
def _totals(context: Context) -> dict[str, pd.DataFrame]:
    """Security → total return since the day before the first shown, decimals: a row a day, a column a model."""
    held = set(effects_of(context)["security"])
    return {s: _total(context, s) for s in [m for m in context.members if m in held][:2]}


def _total(context: Context, security: str) -> pd.DataFrame:
    daily = context.result.tables["counterfactual_daily"]
    mine = daily[(daily["security"] == security) & (daily["tau"] >= FIRST)]
    table = mine.pivot_table(index="tau", columns="model", values="expected_return", sort=False)
    table[ACTUAL] = mine.drop_duplicates("tau").set_index("tau")["actual_return"]
    return (1 + table).cumprod(skipna=False) - 1


@of_result
def counterfactual_data(context: Context) -> pd.DataFrame:
    """tau, model, cumulative, security: a row a day and model."""
    parts = [
        total.reset_index().melt("tau", var_name="model", value_name="cumulative").assign(security=security)
        for security, total in _totals(context).items()
    ]
    return pd.concat(parts, ignore_index=True)


@dataclass(frozen=True, slots=True)
class View:
    """A security's lines over the days around day 0."""

    name: str
    days: list[int]
    series: list[Series]


def _view(context: Context, security: str, total: pd.DataFrame, leader: str) -> View:
    days, models = total.index.tolist(), _order(list(total.columns), leader)
    series = [_series(context, days, (100 * total[m]).tolist(), m, leader) for m in models]
    return View(context.full_name(security), days, series)


def _paint(
    context: Context,
    entries: Sequence[tuple[str, str]],
    views: Sequence[View],
    reached: tuple[float, float],
    sheet: Sheet,
) -> None:
    sheet.text(0, sheet.height + 12, context.language.text("axis.total_return"))
    sheet.height += 18
    sheet.height = legend(sheet, sheet.height, entries)
    for panel, view in zip(grid(sheet, len(views), 2, 220, head=32), views, strict=True):
        panel.x, panel.y = (0, len(view.days) - 1), reached
        sheet.text(panel.left, panel.top - 8, view.name, INK, bold=True)
        zero = view.days.index(0)
        draw_series(panel, Days([tau(day) for day in view.days], told=zero), view.series)
        panel.upright(zero, INK, stroke_dasharray=DASHED)
        foot = panel.top + panel.height + 33
        sheet.text(panel.left + panel.width, foot, context.language.text("axis.tau"), anchor="end")


def _order(models: list[str], leader: str) -> list[str]:
    """Those that decide are drawn last."""
    last = [m for m in dict.fromkeys((MARKET, leader, ACTUAL)) if m in models]
    return [*(m for m in models if m not in last), *last]


def _style(model: str, leader: str) -> dict[str, Any]:
    """Actual in ink, the model that leads in orange, the market model else in blue, the others faint."""
    if model == leader:
        return {"colour": ORANGE, "width": 2.2}
    styles = {ACTUAL: {"colour": INK, "width": 2.4}, MARKET: {"colour": BLUE, "width": 1.5, "dash": "5 3"}}
    return styles.get(model, {"width": 0.9, "opacity": 0.6})


def _series(context: Context, days: list[int], values: list[float], model: str, leader: str) -> Series:
    titles: list[str] = []
    if model in (ACTUAL, leader):
        name, said = name_of(context, model), context.language.text
        told = zip(days, values, strict=True)
        titles = [said("common.mark", name=name, when=tau(day), value=percent(value / 100)) for day, value in told]
    return Series(values, titles=titles, **_style(model, leader))


def _legend(context: Context, leads: Mapping[str, str], models: list[str]) -> list[tuple[str, str]]:
    leaders = {name_of(context, m) for m in leads.values()}
    entries = [(name_of(context, ACTUAL), INK)]
    entries += [(context.language.text("counterfactual.leader", name=name), ORANGE) for name in sorted(leaders)]
    if MARKET in models and set(leads.values()) != {MARKET}:
        entries.append((name_of(context, MARKET), BLUE))
    return [*entries, (context.language.text("counterfactual.others"), FAINT)]
