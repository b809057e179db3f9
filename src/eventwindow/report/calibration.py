"""Size and power on a user's own prices, written as a table and a figure."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from eventwindow.inference.registry import TESTS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from eventwindow.inference.calibration import Calibration

BAND = (0.03, 0.075)  # the size at a nominal 5 % that a leading test may have
PATTERNS = {
    "single": "one firm",
    "dispersed": "dispersed days",
    "one_day_unrelated": "one day, unrelated firms",
    "one_day_related": "one day, related firms",
}


def write_calibration(calibration: Calibration, folder: Path) -> tuple[Path, Path]:
    """Write calibration.csv and calibration.svg to `folder`, and return their paths."""
    from eventwindow.report.csv import write_csv
    from eventwindow.report.figures.style import svg_text

    folder.mkdir(parents=True, exist_ok=True)
    table, figure = folder / "calibration.csv", folder / "calibration.svg"
    write_csv(calibration.table, table)
    figure.write_text(svg_text(calibration_figure(calibration)), encoding="utf-8")
    return table, figure


def calibration_figure(calibration: Calibration) -> Figure:
    """Rejection rates at a nominal 5 % without an effect: a panel a pattern, a line a test, a colour a size."""
    from matplotlib import rc_context

    from eventwindow.report.figures.style import new_figure, rc

    table = calibration.table
    null = table[np.isclose(table["effect"], table["effect"].min()) & np.isclose(table["level"], 0.05)]
    patterns = [p for p in PATTERNS if p in set(null["pattern"]) and p != "single"] or ["single"]
    names = [name for name in TESTS if name in set(null.loc[null["pattern"].isin(patterns), "test"])]
    with rc_context(rc()):  # type: ignore[arg-type]
        figure = new_figure(1.1 + 0.19 * len(names))
        panels = figure.subplots(1, len(patterns), sharex=True, sharey=True, squeeze=False)[0]
        for axes, pattern in zip(panels, patterns, strict=True):
            _panel(axes, null[null["pattern"] == pattern], names)
            axes.set_title(PATTERNS[pattern])
        panels[0].set_yticks(range(len(names)), [TESTS[name].title for name in names], fontsize=7.5)
        panels[0].set_ylim(len(names) - 0.4, -0.6)
        panels[0].legend(title="firms", fontsize=7, title_fontsize=7, loc="center right", frameon=False)
        figure.supxlabel("rejections of a true null at a nominal 5 %", fontsize=8.5)
    return figure


def _panel(axes: Axes, rows: pd.DataFrame, names: list[str]) -> None:
    from eventwindow.report.figures.style import GRID, INK, SERIES, plain_axes

    plain_axes(axes, grid="x")
    axes.axvspan(*(100 * edge for edge in BAND), color=GRID, linewidth=0)
    axes.axvline(5, color=INK, linewidth=0.8)
    for (n, group), colour in zip(rows.groupby("firms"), SERIES, strict=False):
        at = [names.index(name) for name in group["test"]]
        axes.plot(100 * group["rate"], at, "o", color=colour, markersize=3.4, label=str(n))
        reach = 196 * group["mc_error"]
        axes.hlines(at, 100 * group["rate"] - reach, 100 * group["rate"] + reach, color=colour, linewidth=1)
    axes.set_xlim(left=0)
    axes.xaxis.set_major_formatter("{x:g} %")
