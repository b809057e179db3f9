"""Size and power on a user's own prices, written as a table and a figure."""

from __future__ import annotations

import io
import warnings
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from eventwindow.inference.calibration import BANDED, LEAD, LEVELS, band_names
from eventwindow.inference.registry import TESTS
from eventwindow.inference.results import LEVEL
from eventwindow.report.figures.sheet import FAINT, GRID, INK, SERIES
from eventwindow.report.swap import swapped_in

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from eventwindow.inference.calibration import Calibration

BAND = (0.03, 0.075)  # the size at a nominal 5 % that a leading test may have
SMALL = 0.02  # and at a nominal 1 %, at most
WIDTH = 7.4  # inches of the figure
PATTERNS = {
    "single": "one firm",
    "one_day_related": "one day, related firms",
    "one_day_unrelated": "one day, unrelated firms",
    "staggered": "staggered days",
    "mixed": "mixed days",
    "scattered": "scattered days",
}


def write_calibration(calibration: Calibration, folder: Path) -> tuple[Path, ...]:
    """Write calibration.csv, calibration.md and calibration.svg to `folder`, all at once; their paths."""
    from eventwindow.report.csv import write_csv

    names = [f"calibration.{form}" for form in ("csv", "md", "svg")]
    with swapped_in(folder, set(names)) as fresh:
        table, text, figure = (fresh / name for name in names)
        write_csv(calibration.table, table)
        text.write_text(calibration_text(calibration), encoding="utf-8", newline="\n")
        figure.write_text(svg_text(calibration_figure(calibration)), encoding="utf-8", newline="\n")
    return tuple(folder / name for name in names)


def calibration_text(calibration: Calibration) -> str:
    """Every table in Markdown, as docs/calibration.md holds them."""
    parts = (size_tables(calibration), volatility_table(calibration), power_tables(calibration))
    return "\n".join(part for part in parts if part)


def volatility_table(calibration: Calibration) -> str:
    """Rejections of a true null by the volatility ratio: a row a band, a column a test; cells as in `size_tables`."""
    rows = _with_days(calibration.table[calibration.table["volatility"] != ""])
    parts = rows.groupby(["pattern", "firms", "months", "days"], sort=False)
    return "\n".join(_bands(part, key) for key, part in parts)


def _bands(rows: pd.DataFrame, key: tuple[object, ...]) -> str:
    pattern, firms, months, days = key
    title = f"### By the volatility ratio: {_design(str(pattern), int(str(firms)))}, {months} months, window of {days}"
    banded = [name for name in BANDED if name in set(rows.loc[rows["valid"], "test"])]
    lines = _headed(title, ["volatility ratio", "draws", *map(_title, banded)])
    for band in band_names():
        mine = rows[rows["volatility"] == band]
        if len(mine):
            lines.append(_line([band, str(mine["draws"].max()), *(_cell(mine, name) for name in banded)]))
    return "\n".join([*lines, ""])


def power_tables(calibration: Calibration) -> str:
    """Rejections of planted effects at 5 %, in per cent with their error: a table a pattern, its valid tests alone."""
    table = _with_days(calibration.table)
    table = table[np.isclose(table["level"], LEVELS[0]) & (table["effect"] > 0) & table["valid"]]
    parts = table[table["volatility"] == ""].groupby(["pattern", "months", "days"], sort=False)
    return "\n".join(_power_table(part, *map(str, key)) for key, part in parts)


def _power_table(rows: pd.DataFrame, pattern: str, months: str, days: str) -> str:
    columns = list(rows[["firms", "effect"]].drop_duplicates().itertuples(index=False, name=None))
    shape = "" if rows["shape"].iloc[0] == "equal" else f", effects {rows['shape'].iloc[0]}"
    title = f"### Power at 5 %: {PATTERNS[pattern]}, {months} months, window of {days}{shape}"
    lines = _headed(title, ["test", *(f"{n} firms, {effect:.3g}" for n, effect in columns)])
    held = rows.set_index(["test", "firms", "effect"])
    for name in [name for name in (LEAD, *TESTS) if name in set(rows["test"])]:
        cells = [held.loc[(name, *at)] if (name, *at) in held.index else None for at in columns]
        told = ["" if c is None else f"{100 * c['rate']:.1f} ({100 * c['mc_error']:.1f})" for c in cells]
        lines.append(_line([_title(name), *told]))
    return "\n".join([*lines, ""])


def _title(name: str) -> str:
    return "**What leads**" if name == LEAD else TESTS[name].title.replace("|", "\\|")


def _design(pattern: str, firms: int) -> str:
    return PATTERNS[pattern] + (f", {firms} firms" if firms > 1 else "")


def size_tables(calibration: Calibration) -> str:
    """Rejections of a true null in Markdown: a table a pattern and number of firms, tests by months and window.

    A cell holds the rate at 5 % with its Monte-Carlo error, and the rate at 1 %, in per cent.
    """
    table = _with_days(calibration.table[calibration.table["volatility"] == ""])
    null = table[np.isclose(table["effect"], 0.0)]
    parts = {(str(key[0]), int(str(key[1]))): rows for key, rows in null.groupby(["pattern", "firms"], sort=False)}
    return "\n".join(
        _size_table(parts[key], *key) for key in sorted(parts, key=lambda key: ([*PATTERNS].index(key[0]), key[1]))
    )


def _with_days(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(days=table["window_end"] - table["window_start"] + 1)


def _size_table(rows: pd.DataFrame, pattern: str, firms: int) -> str:
    cells = {(str(key[0]), int(str(key[1]))): part for key, part in rows.groupby(["months", "days"])}
    title = _design(pattern, firms)
    head = ["test", *(f"{months}, {days}" for months, days in cells)]
    lines = _headed(f"### {title[0].upper()}{title[1:]}", head)
    valid = rows.groupby("test")["valid"].any()
    for name in [name for name in (LEAD, *TESTS) if name in valid.index]:
        told = _title(name)
        lines.append(_line([told if valid[name] else f"{told} †", *(_cell(part, name) for part in cells.values())]))
        if name == LEAD:
            lines += _without_lead(list(cells.values()))
    return "\n".join([*lines, ""])


def _without_lead(parts: list[pd.DataFrame]) -> list[str]:
    """The row of the share of draws, in per cent, where volatility rose so far that no test leads; none without one."""
    led = [part.loc[part["test"] == LEAD, "draws"].max() for part in parts]
    share = [1 - np.nan_to_num(n) / part["draws"].max() for n, part in zip(led, parts, strict=True)]
    return [_line(["No test leads", *(f"{100 * one:.1f}" for one in share)])] if any(share) else []


def _cell(rows: pd.DataFrame, name: str) -> str:
    mine = rows[rows["test"] == name].set_index("level")
    if mine.empty:
        return ""
    rate, error = mine["rate"], mine["mc_error"]
    return f"{100 * rate[LEVELS[0]]:.1f} ({100 * error[LEVELS[0]]:.1f}) / {100 * rate[LEVELS[1]]:.1f}"


def _headed(title: str, head: list[str]) -> list[str]:
    """The first lines of a table: its title, and columns of which all but the first stand to the right."""
    return [title, "", _line(head), _line(["---", *["--:"] * (len(head) - 1)])]


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def calibration_figure(calibration: Calibration) -> Figure:
    """Rejections at a nominal 5 % without an effect: a panel a pattern, a line a test, a colour a window or size.

    A hollow mark stands for turbulent months.
    """
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    table = calibration.table[(calibration.table["test"] != LEAD) & (calibration.table["volatility"] == "")]
    table = _with_days(table)
    null = table[np.isclose(table["effect"], table["effect"].min()) & np.isclose(table["level"], LEVEL)]
    patterns = [p for p in PATTERNS if p in set(null["pattern"]) and p != "single"] or ["single"]
    names = [name for name in TESTS if name in set(null.loc[null["pattern"].isin(patterns), "test"])]
    with rc_context(look()):
        figure = Figure(figsize=(WIDTH, 1.1 + 0.19 * len(names)), layout="constrained")
        panels = figure.subplots(1, len(patterns), sharex=True, sharey=True, squeeze=False)[0]
        for axes, pattern in zip(panels, patterns, strict=True):
            _panel(axes, null[null["pattern"] == pattern], names)
            axes.set_title(PATTERNS[pattern])
        panels[0].set_yticks(range(len(names)), [TESTS[name].title for name in names], fontsize=7.5)
        panels[0].set_ylim(len(names) - 0.4, -0.6)
        panels[0].legend(title=_series(null), fontsize=7, title_fontsize=7, loc="center right", frameon=False)
        figure.supxlabel("rejections of a true null at a nominal 5 %", fontsize=8.5)
    return figure


def look() -> Any:
    """The settings of matplotlib: the colours of the report, the font that ships with it, no chance in the bytes."""
    from matplotlib.font_manager import FontProperties, fontManager

    with as_file(files("eventwindow.report") / "fonts" / "eventwindow-sans-tc.otf") as path:
        fontManager.addfont(path)
        ours = FontProperties(fname=path).get_name()
    here = {font.name for font in fontManager.ttflist}
    family = [ours, "Noto Sans CJK TC", "PingFang TC", "Microsoft JhengHei", "DejaVu Sans"]
    return {
        "font.family": [name for name in family if name in here],
        "font.size": 9,
        "axes.edgecolor": FAINT,
        "axes.labelcolor": FAINT,
        "axes.linewidth": 0.6,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.unicode_minus": True,
        "axes.titlelocation": "left",
        "axes.titlesize": 9.5,
        "axes.titlecolor": INK,
        "text.color": INK,
        "text.parse_math": False,  # a dollar in a name is a dollar
        "text.hinting": "none",  # words as wide in pixels as in vectors
        "xtick.color": FAINT,
        "ytick.color": FAINT,
        "xtick.labelsize": 8.5,
        "ytick.labelsize": 8.5,
        "xtick.major.width": 0.6,
        "ytick.major.width": 0.6,
        "grid.color": GRID,
        "grid.linewidth": 0.6,
        "lines.solid_capstyle": "round",
        "svg.hashsalt": "eventwindow",
        "svg.fonttype": "path",
        "path.simplify": False,
    }


def svg_text(figure: Figure) -> str:
    """The figure as SVG without date, creator or background: the same figure gives the same text."""
    from matplotlib import rc_context

    buffer = io.BytesIO()
    with rc_context(look()), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"Glyph \d+")  # of a name in a script that no font here has
        figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return buffer.getvalue().decode("utf-8")


def _series(rows: pd.DataFrame) -> str:
    """What the colours stand for: the windows' lengths where there are several, else the number of firms."""
    return "firms" if len(set(rows["days"])) < 2 else "days"


def _panel(axes: Axes, rows: pd.DataFrame, names: list[str]) -> None:
    axes.set_axisbelow(True)
    axes.grid(visible=True, axis="x")
    axes.tick_params(length=0)
    axes.axvspan(*(100 * edge for edge in BAND), color=GRID, linewidth=0)
    axes.axvline(100 * LEVEL, color=INK, linewidth=0.8)
    for colour, (key, group) in zip(SERIES, rows.groupby(_series(rows)), strict=False):
        for months, mine in group.groupby("months"):
            at, rate, reach = ([names.index(n) for n in mine["test"]], 100 * mine["rate"], 196 * mine["mc_error"])
            face = "none" if months == "turbulent" else colour
            label = "_" if months == "turbulent" else str(key)
            axes.plot(rate, at, "o", color=colour, markerfacecolor=face, markersize=3.4, label=label)
            axes.hlines(at, rate - reach, rate + reach, color=colour, linewidth=1)
    axes.set_xlim(left=0)
    axes.xaxis.set_major_formatter("{x:g} %")
