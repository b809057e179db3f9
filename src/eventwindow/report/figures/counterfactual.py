"""What happened against what would have: the first two securities and their counterfactuals, before and after day 0."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from eventwindow.report.context import Context
from eventwindow.report.figures.chart import Chart
from eventwindow.report.language import percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FIRST = -40  # trading days before day 0 that are shown
ACTUAL, MARKET = "actual", "market_model"


def counterfactual(context: Context) -> Chart | None:
    """Total return since forty days before, and what each model expects; None where the study names no donors."""
    effects = effects_of(context)
    shown = [m for m in context.members if m in set(effects["security"])][:2]
    if not shown:
        return None
    data = pd.concat([_paths(context, s) for s in shown], ignore_index=True)
    say = context.language.text
    led = effects[effects["leads"]].set_index("security")
    told = [
        f"{context.name(s)}: {percent(led.loc[s, 'effect'])} ({name_of(context, led.loc[s, 'model'])})" for s in shown
    ]
    model = {s: str(led.loc[s, "model"]) for s in shown}
    return Chart(
        "counterfactual",
        _draw(context, data, model),
        say("counterfactual.title"),
        say("counterfactual.caption", days=-FIRST),
        say("counterfactual.alt", list=context.language.clauses(*told)),
        data,
    )


def effects_of(context: Context) -> pd.DataFrame:
    """The computed rows of the table `counterfactual`; empty where the result holds none."""
    table = context.result.tables.get("counterfactual", pd.DataFrame(columns=["security", "model"]))
    return table[table["model"].notna()]


def name_of(context: Context, model: object) -> str:
    key = f"model_name.{model}"
    return context.language.text(key) if context.language.has(key) else str(model)


def _paths(context: Context, security: str) -> pd.DataFrame:
    """security, tau, model, cumulative: total return since the day before the first shown, decimals."""
    daily = context.result.table("counterfactual_daily")
    mine = daily[(daily["security"] == security) & (daily["tau"] >= FIRST)]
    table = mine.pivot_table(index="tau", columns="model", values="expected_return", sort=False)
    table[ACTUAL] = mine.drop_duplicates("tau").set_index("tau")["actual_return"]
    total = (1 + table).cumprod() - 1
    return total.reset_index().melt("tau", var_name="model", value_name="cumulative").assign(security=security)


def _draw(context: Context, data: pd.DataFrame, leads: Mapping[str, str]) -> Figure:
    from eventwindow.report.figures.style import new_figure, plain_axes

    figure = new_figure(3.5)
    panels = figure.subplots(1, len(leads), squeeze=False, sharey=True)[0]
    for axes, (security, leader) in zip(panels, leads.items(), strict=True):
        plain_axes(axes)
        mine = data[data["security"] == security]
        table = mine.pivot_table(index="tau", columns="model", values="cumulative", sort=False)
        _lines(axes, context, 100 * table, leader)
        axes.set_title(context.full_name(security))
        axes.set_xlabel(context.language.text("axis.days"), fontsize=8.5)
    low, high = panels[0].get_ylim()
    panels[0].set_ylim(low - 0.22 * (high - low), high)  # room for the legends
    panels[0].set_ylabel(context.language.text("axis.total_return"), fontsize=8.5)
    return figure


def _lines(axes: Axes, context: Context, table: pd.DataFrame, leader: str) -> None:
    """Actual in ink, the model that leads in orange, the market model else in blue, the others faint."""
    from eventwindow.report.figures.style import BLUE, FAINT, INK, ORANGE

    styles: dict[str, tuple[str, float, object]] = {ACTUAL: (INK, 2.0, "-"), MARKET: (BLUE, 1.3, (0, (4, 2)))}
    styles[leader] = (ORANGE, 1.8, "-")
    others = [m for m in table.columns if m not in styles]
    for model in [*others, *(m for m in dict.fromkeys((MARKET, leader, ACTUAL)) if m in table)]:
        colour, width, dash = styles.get(model, (FAINT, 0.8, "-"))
        label = name_of(context, model) if model in styles else "_"
        if model == leader:
            label = context.language.text("counterfactual.leader", name=label)
        if others and model == others[0]:
            label = context.language.text("counterfactual.others")
        axes.plot(table.index, table[model], color=colour, linewidth=width, linestyle=dash, label=label)
    axes.axvline(0, color=FAINT, linewidth=0.8, linestyle=(0, (3, 3)))
    axes.legend(frameon=False, fontsize=7.5, loc="lower left", labelcolor="linecolor")
