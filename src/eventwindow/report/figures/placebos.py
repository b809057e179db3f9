"""The placebo cloud: every untreated stock treated in turn, the first securities among them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from eventwindow.report.figures.chart import Chart
from eventwindow.report.figures.counterfactual import effects_of, name_of
from eventwindow.report.language import p_value
from eventwindow.report.subject import Subject

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

REACH = 10  # trading days after day 0 that are shown
EDGE = 99.0  # per cent of the cloud that the axis makes room for


def placebos(subject: Subject) -> Chart | None:
    """Cumulative gaps of treated stocks and donors, each in its own daily errors; None without placebos in space."""
    table = subject.result.tables.get("counterfactual_placebos", pd.DataFrame())
    if table.empty:
        return None
    data = table[table["tau"] <= REACH].assign(ratio=lambda t: t["gap"] / t["fit_rms"])
    data["cumulative_ratio"] = data.groupby("security", sort=False)["ratio"].cumsum()
    shown = [m for m in subject.members if m in set(data.loc[~data["donor"], "security"])][:2]
    model, donors = str(data["model"].iloc[0]), int(data.loc[data["donor"], "security"].nunique())
    p = effects_of(subject).query("model == @model").set_index("security")["p_placebo_space"]
    told = subject.language.listed([f"{subject.name(s)} p = {p_value(p[s])}" for s in shown])
    pick = subject.language.pick
    return Chart(
        "placebos",
        _draw(subject, data, shown),
        pick("Treated in turn: the placebo cloud", "逐一視為受衝擊者：安慰劑雲圖"),
        pick(
            f"Return less expected return of {donors} untreated stocks, each predicted from the others by "
            f"{name_of(subject, model)}, in units of its own error over the estimation window. Left: summed from the "
            f"first day of the event window. Right: day 0 alone.",
            f"{donors} 檔未受衝擊股票，各以其餘股票用{name_of(subject, model)}推估；縱軸以各自估計期誤差為單位。"
            f"左：自事件窗首日累計。右：僅事件日。",
        ),
        pick(f"On day 0, among {donors} donors: {told}.", f"事件日在 {donors} 檔對照股票中：{told}。"),
        data.reset_index(drop=True),
    )


def _draw(subject: Subject, data: pd.DataFrame, shown: list[str]) -> Figure:
    from eventwindow.report.figures.style import FAINT, SERIES, new_figure, plain_axes

    figure = new_figure(3.4)
    left, right = figure.subplots(1, 2, width_ratios=[2.2, 1])
    paths = data.pivot_table(index="tau", columns="security", values="cumulative_ratio", sort=False)
    cloud = paths[data.loc[data["donor"], "security"].unique()]
    plain_axes(left)
    left.plot(cloud.index, cloud, color=FAINT, linewidth=0.4, alpha=0.25)
    for security, colour in zip(shown, SERIES, strict=False):
        left.plot(paths.index, paths[security], color=colour, linewidth=2.2, label=subject.name(security))
    low, high = np.percentile(cloud, [100 - EDGE, EDGE])
    left.set_ylim(min(low, paths[shown].min().min()) * 1.12, max(high, paths[shown].max().max()) * 1.12)
    left.axvline(0, color=FAINT, linewidth=0.8, linestyle=(0, (3, 3)))
    left.set_xticks(range(int(paths.index[0]), REACH + 1, 5))
    left.legend(frameon=False, fontsize=8.5, labelcolor="linecolor", loc="lower left")
    left.set_xlabel(subject.language.pick("trading days from day 0", "距事件日的交易日"), fontsize=8.5)
    left.set_ylabel(subject.language.pick("summed gap, in daily errors", "累計差距（以日誤差計）"), fontsize=8.5)
    _day_zero(right, subject, data[data["tau"] == 0], shown)
    return figure


def _day_zero(axes: Axes, subject: Subject, zero: pd.DataFrame, shown: list[str]) -> None:
    from eventwindow.report.figures.style import FAINT, SERIES, plain_axes

    plain_axes(axes)
    axes.hist(zero.loc[zero["donor"], "ratio"], bins=40, color=FAINT, alpha=0.6)
    axes.set_ylim(top=1.35 * axes.get_ylim()[1])  # room for the names
    for k, security in enumerate(shown):
        ratio = float(zero.loc[zero["security"] == security, "ratio"].iloc[0])
        side, ha = (1, "left") if ratio < 0 else (-1, "right")
        axes.axvline(ratio, color=SERIES[k], linewidth=2.0)
        at: dict[str, Any] = {"xycoords": axes.get_xaxis_transform(), "textcoords": "offset points"}
        axes.annotate(
            subject.name(security), (ratio, 0.95 - 0.09 * k), (4 * side, 0), **at, color=SERIES[k], fontsize=8, ha=ha
        )
    axes.set_xlabel(subject.language.pick("gap on day 0, in daily errors", "事件日差距（以日誤差計）"), fontsize=8.5)
    axes.set_ylabel(subject.language.pick("untreated stocks", "未受衝擊股票數"), fontsize=8.5)
