"""The report of a panel study: aggregates by group and window on one self-contained page."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from eventwindow.eventlist.form import PanelStudy
from eventwindow.inference import TESTS
from eventwindow.panelrun.result import ALL, PanelResult
from eventwindow.terminal import p_value

SHOWN = 40  # groups on the page; the tables hold all
LINES = 4  # groups in the figure


def page(result: PanelResult, study: PanelStudy) -> str:
    """The whole page as text."""
    environment = Environment(
        loader=PackageLoader("eventwindow.panelrun"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style = files("eventwindow.report").joinpath("templates/report.css").read_text(encoding="utf-8")
    head = study.file.study
    return environment.get_template("panel.html.j2").render(
        title=head.title or head.name,
        style=Markup(style),
        run=result.run,
        figure=Markup(figure(result)),
        windows=[_window_table(result, window.start, window.end) for window in result.plan.specification.report],
        excluded=_reasons(result.excluded),
        hidden=max(0, result.caar["group"].nunique() - SHOWN),
        percent=lambda value: "" if pd.isna(value) else f"{100 * value:+.3f} %",
        p_value=p_value,
    )


def _window_table(result: PanelResult, start: int, end: int) -> dict[str, Any]:
    """CAARs of one window, and of each group the tests that hold for its design and lead."""
    rows = result.caar.query("window_start == @start and window_end == @end").head(SHOWN)
    tests = result.tests.query("window_start == @start and window_end == @end and valid and statistic.notna()")
    leading = {
        str(group): [
            {"title": TESTS[str(t.test)].title, "statistic": f"{t.statistic:.2f}", "p": float(str(t.p_value))}
            for t in mine.head(4).itertuples()
        ]
        for group, mine in tests.groupby("group", sort=False)
    }
    return {"start": start, "end": end, "rows": rows.to_dict("records"), "tests": leading}


def _reasons(excluded: pd.DataFrame) -> list[dict[str, Any]]:
    """How many events were left out or shifted for each kind of reason; figures in reasons are not told apart."""
    kind = excluded["reason"].str.replace(r"^\d+ returns in", "too few returns in", regex=True)
    kind = kind.str.replace(r"^\d{4}-\d\d-\d\d \S* ?\S* ?(is no session|first close)", r"\1", regex=True)
    counts = (excluded["what"] + "\n" + kind).value_counts().head(20)
    rows = [(*str(key).split("\n"), int(n)) for key, n in counts.items()]
    return [{"what": what, "reason": reason, "n": n} for what, reason, n in rows]


def figure(result: PanelResult) -> str:
    """The CAAR over the event window, all events and the largest groups, as inline SVG."""
    from matplotlib import rc_context

    from eventwindow.report.figures.style import SERIES, inline_svg, new_figure, plain_axes, rc, svg_text

    aar = result.aar
    sizes = aar[aar["group"] != ALL].groupby("group")["n"].max().sort_values(ascending=False, kind="stable")
    shown = [ALL, *map(str, sizes.index[: LINES - 1])]
    with rc_context(rc()):  # type: ignore[arg-type]
        drawn = new_figure(3.0)
        axes = drawn.add_subplot()
        for group, colour in zip(shown, SERIES, strict=False):
            mine = aar[aar["group"] == group]
            axes.plot(mine["tau"], 100 * mine["caar"], color=colour, label=group, linewidth=2 if group == ALL else 1.2)
        axes.axvline(0, color="#6a737d", linewidth=0.6)
        axes.set_xlabel("trading days from the event")
        axes.set_ylabel("cumulative average abnormal return, %")
        plain_axes(axes)
        axes.legend(frameon=False)
        return inline_svg(svg_text(drawn), "caar", f"CAAR over the event window of {', '.join(shown)}")
