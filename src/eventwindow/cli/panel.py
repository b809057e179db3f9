"""What a person, or a program, reads in the terminal after a panel study."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from rich.console import Console
from rich.table import Table

from eventwindow.cli.terminal import PARAMETRIC, p_value, plain, said, show, titled
from eventwindow.errors import counted, percent, signed
from eventwindow.inference.registry import TESTS
from eventwindow.inference.tables import none_leads
from eventwindow.panel.events import sharing_line
from eventwindow.panel.results import ALL, PanelResult, leading
from eventwindow.study.freeze import frozen_reason

CONTRASTS = (("Groups compared", "difference", "differences"), ("CARs on characteristics", "coefficient", "regression"))
SHOWN = 20  # rows; the tables hold all


def print_panel(result: PanelResult, report: Path, frozen: Mapping[str, Any] | None = None) -> None:
    """Events, the CAAR of each group and window with the test that leads, and where the report is."""
    console = Console(width=min(Console().width, 100), highlight=False)
    show(console, *_counts(result))
    if frozen:
        show(console, said(frozen_reason(frozen)))
    show(console, _table(result), *_without_lead(result))
    if (more := len(result.caar) - SHOWN) > 0:
        show(console, f"{more:,} more rows stand in results/caar.csv and results/tests.csv.")
    for title, value, found in CONTRASTS:
        if len(table := leading(getattr(result, found))):
            show(console, _contrasts(table, title, value))
    console.print(f"Report: {report}", markup=False, soft_wrap=True)


def panel_json(result: PanelResult, name: str, report: Path, frozen: Mapping[str, Any] | None = None) -> str:
    """CAARs by group and window, all tests of all events, and what was left out, as one JSON object; decimals."""
    tests = result.tests[result.tests["group"] == ALL]
    tables = {"caar": result.caar, "tests": tests, "leading": leading_tests(result)}
    tables |= {name: getattr(result, name) for _, _, name in CONTRASTS if len(getattr(result, name))}
    whole: dict[str, Any] = {
        "study": name,
        "report": report.as_posix(),
        "events": result.run["events"],
        "frozen": frozen,
        "excluded": result.excluded["what"].value_counts().to_dict(),
        **{key: plain(table, digits=15) for key, table in tables.items()},
    }
    return json.dumps(whole, ensure_ascii=False, indent=1)


def leading_tests(result: PanelResult) -> pd.DataFrame:
    """Of each group and window, the first test that holds for its design."""
    held = result.tests[result.tests["valid"] & result.tests["statistic"].notna()]
    return held.drop_duplicates(["group", "window_start", "window_end"])


def _without_lead(result: PanelResult) -> Iterator[str]:
    """The groups and windows where volatility rose so far that no test leads, each with the reason."""
    for (group, start, end), rows in result.tests.groupby(["group", "window_start", "window_end"], sort=False):
        if why := none_leads(rows):
            yield f"{group} [{start},{end}]: no test leads, for {said(why)}."


def _counts(result: PanelResult) -> Iterator[str]:
    told = result.excluded["what"].value_counts().drop("told", errors="ignore")
    yield "; ".join([counted(len(result.plan.events), "event"), *(f"{n:,} {what}" for what, n in told.items())])
    yield from sharing_line(result.plan.events)


def _table(result: PanelResult) -> Table:
    heads = ("group", "window", "events", "CAAR", "leading test", "statistic", "p")
    table = titled("Cumulative average abnormal returns", heads, left=["group", "leading test"])
    rows = result.caar.merge(leading_tests(result), on=["group", "window_start", "window_end"], how="left")
    for row in rows.head(SHOWN).to_dict("records"):
        window = f"[{row['window_start']},{row['window_end']}]"
        figures = [_percent(row["caar"]), *_test(row)]
        table.add_row(str(row["group"]), window, f"{row['n_x']:,}", *figures)
    return table


def _contrasts(found: pd.DataFrame, title: str, value: str) -> Table:
    """Differences of CAARs, or slopes, each with the method that leads or the reason why there is none."""
    first = "groups" if value == "difference" else "term"
    table = titled(title, (first, "window", "events", value, "method", "p"), left=[first, "method"])
    for row in found.head(SHOWN).to_dict("records"):
        name = f"{row['group']} \u2212 {row['other']}" if value == "difference" else str(row["term"])
        window = f"[{row['window_start']},{row['window_end']}]"
        told = str(row["method"]) if pd.notna(row["p_value"]) else said(row["note"])
        p = p_value(row["p_value"], 0.0) if pd.notna(row["p_value"]) else ""
        table.add_row(name, window, f"{row['n']:,}", _percent(row[value]), told, p)
    return table


def _test(row: dict[Any, Any]) -> tuple[str, str, str]:
    """Title, statistic and p-value; blank where no test holds."""
    if pd.isna(row["statistic"]):
        return "", "", ""
    share = str(row["test"]) == "date_permutation_mean"
    floor = 0.01 if PARAMETRIC.match(str(row["distribution"])) else 0.0
    statistic = _percent(row["statistic"]) if share else signed(f"{row['statistic']:.2f}")
    return TESTS[str(row["test"])].title, statistic, p_value(row["p_value"], floor)


def _percent(value: float | None) -> str:
    return "" if pd.isna(value) else percent(float(value or 0), 3)
