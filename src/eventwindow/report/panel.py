"""The report of a panel study on one self-contained page, and its results as files: CSV, or Parquet where many."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from markupsafe import Markup, escape

from eventwindow.calendars.window import Window
from eventwindow.errors import Reason, file_name
from eventwindow.inference.regression import CONSTANT
from eventwindow.inference.tables import none_leads
from eventwindow.panel.form import PanelStudy
from eventwindow.panel.freeze import list_record
from eventwindow.panel.results import ALL, SMALL, PanelResult, leading
from eventwindow.prices.bundled import sha256_of
from eventwindow.report.csv import csv_text, write_csv
from eventwindow.report.figures.chart import charted
from eventwindow.report.figures.lines import Days, Series, draw_lines
from eventwindow.report.figures.sheet import SERIES, Sheet
from eventwindow.report.html import environment, other_pages, own
from eventwindow.report.language import LANGUAGES, SPACE, Language, language, number, p_value, percent, tau
from eventwindow.report.sections.tests import test_row
from eventwindow.report.swap import CHUNKS, swapped_in
from eventwindow.report.write import write_json
from eventwindow.study.freeze import frozen_reason

SHOWN = 40  # groups on the page; the tables hold all
LINES = 4  # groups in the figure
LEADING = 4  # tests of a group
REASONS = 20
CONTRASTS = {"differences": "difference", "regression": "coefficient"}  # tables, and what they estimate
VALUES = {"difference": "difference", "coefficient": "slope"}
KINDS = {  # the events of one kind of reason are counted together: days and figures in it are not told apart
    "few_estimation_returns": "too_few",
    "next_session_in_panel": "next",
    "previous_session_in_panel": "previous",
    "first_close": "first_close",
    "outside_panel": "outside",
    "not_in_panel": "not_held",
    "unlike_in_panel": "not_held",
}


def page(
    result: PanelResult,
    study: PanelStudy,
    code: str = "en",
    codes: Sequence[str] = LANGUAGES,
    frozen: Mapping[str, Any] | None = None,
) -> str:
    """The whole page as text in the language `code`; `codes` are the languages that are written."""
    chosen, head = language(code), study.file.study
    windows = [_window_table(result, window, chosen) for window in result.plan.specification.report]
    fixed = [escape(chosen.reason(frozen_reason(frozen)))] if frozen else []
    return chosen.written(
        environment()
        .get_template("panel.html.j2")
        .render(
            language=chosen,
            say=chosen.say,
            others=other_pages(code, codes),
            title=chosen.either(head.title, head.title_zh) or head.name,
            style=own("report.css"),
            version=result.run["versions"]["eventwindow"],
            finding=_finding(windows[0], chosen),
            origin=chosen.sentences(*_origin(result.run, chosen), *fixed),
            figure=Markup(figure(result, chosen)),
            path=_path_title(result.aar, chosen),
            windows=windows,
            contrasts=[_contrast(result, name, chosen) for name in CONTRASTS if len(getattr(result, name))],
            excluded=reasons(result.excluded, chosen),
            hidden=max(0, result.caar["group"].nunique() - SHOWN),
        )
    )


def _finding(window: Mapping[str, Any], chosen: Language) -> list[Markup]:
    """All events in the first window: the mean, the test that leads, and how the events lie around it."""
    row = window["rows"][0]
    if not row["caar"]:
        return []
    values = {"n": row["n"], "window": window["name"], "caar": row["caar"]}
    lead = row["tests"][0] if row["tests"] else None
    told = chosen.say("panel.finding_unled" if row["why"] else "panel.finding_plain", **values, why=row["why"])
    if lead:
        told = chosen.say("panel.finding", **values, test=lead["name"], p=_compared(lead["p"]))
    return [told, chosen.say("panel.spread", median=row["median"], positive=row["positive"])]


def _compared(p: str) -> str:
    """ "= 0.031" or "< 0.01", as it stands behind the letter p."""
    return p if p.startswith("<") else f"={SPACE}{p}"


def _origin(run: Mapping[str, Any], chosen: Language) -> list[Markup]:
    held, (start, end) = run["panel"], run["windows"]["estimation"]
    counts = {"events": f"{run['events']['placed']:,}", "n": run["events"]["securities"]}
    days = {"first": chosen.day(held["first"]), "last": chosen.day(held["last"])}
    model, returns = (_option(name, chosen) for name in (run["model"], run["returns"]))
    told = [
        chosen.say("panel.events", **counts, **days),
        chosen.say("panel.origin", model=model, start=tau(start), end=tau(end), returns=returns),
    ]
    if run["events"]["sharing_a_day"]:
        told.append(chosen.say("panel.sharing", n=f"{run['events']['sharing_a_day']:,}"))
    if run["benchmarks"]:
        told.append(chosen.say("panel.benchmarks", list=chosen.listed(run["benchmarks"])))
    return told


def _option(name: str, chosen: Language) -> str:
    return chosen.text(f"option.{name}") if chosen.has(f"option.{name}") else name


def _window_table(result: PanelResult, window: Window, chosen: Language) -> dict[str, Any]:
    """CAARs of one window, and of each group the tests that hold for its design and lead."""
    here = "window_start == @window.start and window_end == @window.end"
    every = result.tests.query(here)
    why = {str(group): none_leads(rows) for group, rows in every.groupby("group", sort=False)}
    tests = every.query("valid and statistic.notna()")
    leading = {
        str(group): [test_row(chosen, row) for _, row in mine.head(LEADING).iterrows()]
        for group, mine in tests.groupby("group", sort=False)
    }
    rows = [
        {
            "group": _group(row.group, chosen),
            "n": number(row.n, 0),
            "caar": percent(row.caar, 3),
            "median": percent(row.median, 3),
            "positive": percent(row.positive, sign=False),
            "tests": leading.get(str(row.group), []),
            "why": chosen.reason(told) if (told := why.get(str(row.group))) else "",
        }
        for row in result.caar.query(here).head(SHOWN).itertuples()
    ]
    return {"name": chosen.window(window), "rows": rows}


def _contrast(result: PanelResult, name: str, chosen: Language) -> dict[str, Any]:
    """A table of groups compared, or of slopes: of each row the method that leads, or why there is none."""
    value = CONTRASTS[name]
    rows = [
        {
            "name": _term(row, chosen),
            "window": chosen.window(Window(row["window_start"], row["window_end"])),
            "n": number(row["n"], 0),
            "value": percent(row[value], 3),
            **_method(row, chosen),
        }
        for row in leading(getattr(result, name)).head(SHOWN).to_dict("records")
    ]
    return {"name": name, "rows": rows, "head": "pair" if value == "difference" else "term", "value": VALUES[value]}


def _term(row: Mapping[Any, Any], chosen: Language) -> str:
    if "other" in row:
        return f"{row['group']} − {row['other']}"
    return chosen.text("panel.constant") if row["term"] == CONSTANT else str(row["term"] or "–")


def _method(row: Mapping[Any, Any], chosen: Language) -> dict[str, str]:
    """The method and its p-value; the reason in its place where nothing could be computed."""
    if pd.isna(row["p_value"]):
        return {"method": chosen.reason(row["note"]), "p": ""}
    slug = row["method"].lower().replace(",", "").replace(" ", "_")
    return {"method": chosen.text(f"panel.method_{slug}"), "p": p_value(row["p_value"])}


def _group(name: Any, chosen: Language) -> str:
    return chosen.text("panel.all") if name == ALL else str(name)


def reasons(excluded: pd.DataFrame, chosen: Language) -> dict[str, Any]:
    """How many events were left out or shifted for each kind of reason, and how many for the kinds not shown."""
    whys = [r.value("shift") if r.key == "day_zero_is" else r for r in excluded["reason"]]
    kinds = excluded.assign(reason=[KINDS.get(r.parts[-1].key, r) for r in whys])
    counts = kinds.value_counts(["what", "reason"]).reset_index()
    rows = [
        {
            "what": chosen.text(f"excluded.{row['what']}"),
            "n": number(row["count"], 0) if row["what"] != "told" else "",  # such a reason counts for itself
            "reason": _kind(row["reason"], chosen),
        }
        for row in counts.head(REASONS).to_dict("records")
    ]
    return {"rows": rows, "more": int(counts["count"].iloc[REASONS:].sum())}


def _kind(reason: Reason | str, chosen: Language) -> str:
    return chosen.reason(reason) if isinstance(reason, Reason) else chosen.text(f"panel.{reason}")


def figure(result: PanelResult, chosen: Language) -> str:
    """The CAAR over the event window, all events and the largest groups, as inline SVG."""
    aar = result.aar
    sizes = aar[aar["group"] != ALL].groupby("group")["n"].max().sort_values(ascending=False, kind="stable")
    shown = [ALL, *map(str, sizes.index[: LINES - 1])]
    days = Days([tau(int(t)) for t in aar.loc[aar["group"] == ALL, "tau"]])
    series = [_series(aar[aar["group"] == g], _group(g, chosen), c) for g, c in zip(shown, SERIES, strict=False)]

    def paint(sheet: Sheet) -> None:
        draw_lines(sheet, days, series, chosen.text("car.axis"), height=210)
        sheet.text(sheet.width / 2, sheet.height + 8, chosen.text("axis.tau"), anchor="middle")
        sheet.height += 14

    alt = _alt(aar[aar["group"] == ALL], shown, chosen)
    return charted(paint, "caar", "", "", alt, aar).inline


def _path_title(aar: pd.DataFrame, chosen: Language) -> str:
    last = aar[aar["group"] == ALL].iloc[-1]
    return chosen.text("panel.path", last=percent(last["caar"], 3), end=tau(int(last["tau"])))


def _series(mine: pd.DataFrame, name: str, colour: str) -> Series:
    days = zip(mine["tau"].tolist(), mine["caar"], strict=True)
    titles = [f"{name}, {tau(day)}: {percent(caar, 3)}" for day, caar in days]
    return Series((100 * mine["caar"]).tolist(), colour, name, titles)


def _alt(mean: pd.DataFrame, shown: Sequence[str], chosen: Language) -> str:
    ends = {"start": tau(int(mean["tau"].iloc[0])), "end": tau(int(mean["tau"].iloc[-1]))}
    groups = chosen.listed([_group(name, chosen) for name in shown])
    return chosen.text("panel.path_alt", **ends, last=percent(mean["caar"].iloc[-1], 3), groups=groups)


OURS = {"results", CHUNKS, *map(file_name, LANGUAGES), *(file_name(code, "results", "xlsx") for code in LANGUAGES)}
ROWS_OF_CSV = 100_000  # more rows are written as Parquet


def write_panel(
    result: PanelResult,
    out: Path,
    study: PanelStudy,
    languages: Sequence[str] = (),
    *,
    chunks: Path | None = None,
    excel: bool = False,
) -> Path:
    """Write everything to a folder that takes the place of the earlier result; the path of the report.

    The page is written in `languages`, in all if none is named; so is the workbook, where `excel` asks for it. `chunks`
    is where those of this run are.
    """
    codes, frozen = languages or LANGUAGES, list_record(study)
    with swapped_in(out, OURS, chunks) as fresh:
        (fresh / "results").mkdir()
        _write_tables(result, fresh / "results")
        for code in codes:
            (fresh / file_name(code)).write_text(
                page(result, study, code, codes, frozen), encoding="utf-8", newline="\n"
            )
            if excel:
                result.to_excel(fresh / file_name(code, "results", "xlsx"), code)
        write_json(fresh / "results" / "run.json", _record(result, study, frozen), sort_keys=True)
    return out / file_name(codes[0])


def _write_tables(result: PanelResult, folder: Path) -> None:
    for name in SMALL:
        table = getattr(result, name)
        if len(table) or name not in ("differences", "regression"):
            write_csv(table, folder / f"{name}.csv")
    specification, events = result.plan.specification, len(result.plan.events)
    _write_rows(result.cumulative_parts(), folder / "cumulative", events * len(specification.report))
    if specification.daily:
        _write_rows(result.daily_parts(), folder / "abnormal_returns", events * len(specification.window))


def _write_rows(parts: Iterator[pd.DataFrame], path: Path, rows: int) -> None:
    """Chunk after chunk into one file."""
    if rows <= ROWS_OF_CSV:
        with path.with_suffix(".csv").open("w", encoding="utf-8", newline="") as file:
            for number, part in enumerate(parts):
                text = csv_text(part)
                file.write(text if not number else text.split("\n", 1)[1])
        return
    import pyarrow as pa
    import pyarrow.parquet as pq

    writer = None
    for part in parts:
        texts = {c: part[c].cat.rename_categories(str) for c in part.columns.intersection(["note"])}
        table = pa.Table.from_pandas(part.assign(**texts), preserve_index=False)
        options: dict[str, Any] = {"compression": "zstd", "compression_level": 1, "use_dictionary": _texts(table)}
        writer = writer or pq.ParquetWriter(path.with_suffix(".parquet"), table.schema, **options)
        writer.write_table(table.cast(writer.schema))
    if writer is not None:
        writer.close()


def _texts(table: Any) -> list[str]:
    import pyarrow as pa

    return [field.name for field in table.schema if pa.types.is_dictionary(field.type)]


def _record(result: PanelResult, study: PanelStudy, frozen: Mapping[str, Any] | None) -> dict[str, Any]:
    """run.json: the specification, what went in with its checksums, and the versions."""
    given = study.file.model_dump(mode="json", exclude_none=True)
    given["event_list"].pop("chunk", None)  # no result depends on it
    files = ("study.toml", study.file.event_list.file, study.file.event_list.factors)
    inputs = {name: sha256_of(study.folder / name) for name in files if name is not None}
    return {**result.run, "study": given, "inputs": inputs, **({} if frozen is None else {"frozen": frozen})}
