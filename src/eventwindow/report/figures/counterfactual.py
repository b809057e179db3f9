"""What happened against what would have: the first two securities and their counterfactuals, before and after day 0."""

from collections.abc import Mapping
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
    effects = effects_of(context)
    shown = [m for m in context.members if m in set(effects["security"])][:2]
    if not shown:
        return None
    data = pd.concat([_paths(context, s) for s in shown], ignore_index=True)
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
    return drawn(context, _paint, "counterfactual", data, model, days=-FIRST, list=told_together, **values)


@of_result
def effects_of(context: Context) -> pd.DataFrame:
    """The computed rows of the table `counterfactual`; empty where the result holds none."""
    table = context.table("counterfactual", "security", "model")
    return table[table["model"].notna()]


def name_of(context: Context, model: object) -> str:
    key = f"model_name.{model}"
    return context.language.text(key) if context.language.has(key) else str(model)


def _paths(context: Context, security: str) -> pd.DataFrame:
    """security, tau, model, cumulative: total return since the day before the first shown, decimals."""
    daily = context.result.tables["counterfactual_daily"]
    mine = daily[(daily["security"] == security) & (daily["tau"] >= FIRST)]
    table = mine.pivot_table(index="tau", columns="model", values="expected_return", sort=False)
    table[ACTUAL] = mine.drop_duplicates("tau").set_index("tau")["actual_return"]
    total = (1 + table).cumprod() - 1
    return total.reset_index().melt("tau", var_name="model", value_name="cumulative").assign(security=security)


def _paint(context: Context, data: pd.DataFrame, leads: Mapping[str, str], sheet: Sheet) -> None:
    sheet.text(0, sheet.height + 12, context.language.text("axis.total_return"))
    sheet.height += 18
    models = list(dict.fromkeys(data["model"]))
    sheet.height = legend(sheet, sheet.height, _legend(context, leads, models))
    reached = reach(100 * data["cumulative"])
    for panel, (security, leader) in zip(grid(sheet, len(leads), 2, 220, head=32), leads.items(), strict=True):
        mine = data[data["security"] == security]
        table = 100 * mine.pivot_table(index="tau", columns="model", values="cumulative", sort=False)
        panel.x, panel.y = (0, len(table) - 1), reached
        sheet.text(panel.left, panel.top - 8, context.full_name(security), INK, bold=True)
        series = [_series(context, table[m], m, leader) for m in _order(list(table.columns), leader)]
        zero = list(table.index).index(0)
        draw_series(panel, Days([tau(int(day)) for day in table.index], told=zero), series)
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


def _series(context: Context, values: pd.Series, model: str, leader: str) -> Series:
    name = name_of(context, model)
    marked = model in (ACTUAL, leader)
    titles = [
        context.language.text("common.mark", name=name, when=tau(day), value=percent(value / 100))
        for day, value in zip(values.index.tolist(), values, strict=True)
    ]
    return Series(values.tolist(), titles=titles if marked else (), **_style(model, leader))


def _legend(context: Context, leads: Mapping[str, str], models: list[str]) -> list[tuple[str, str]]:
    leaders = {name_of(context, m) for m in leads.values()}
    entries = [(name_of(context, ACTUAL), INK)]
    entries += [(context.language.text("counterfactual.leader", name=name), ORANGE) for name in sorted(leaders)]
    if MARKET in models and set(leads.values()) != {MARKET}:
        entries.append((name_of(context, MARKET), BLUE))
    return [*entries, (context.language.text("counterfactual.others"), FAINT)]
