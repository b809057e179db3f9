"""The report on paper, through typst (extra `pdf`): the same words, tables and figures."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Mapping
from html import unescape
from importlib.resources import as_file, files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from eventwindow.report import sections
from eventwindow.report.figures.chart import Chart
from eventwindow.report.sections.board import Line
from eventwindow.report.subject import Subject

TAG = re.compile(r"<[^>]+>")
TALL = 1.15  # height over width beyond which a figure has a page of its own


def has_typst() -> bool:
    """Whether the extra `pdf` is installed."""
    return find_spec("typst") is not None


def pdf_bytes(subject: Subject, charts: Mapping[str, Chart], svgs: Mapping[str, str]) -> bytes:
    """The PDF; the same result gives the same bytes."""
    import typst

    with tempfile.TemporaryDirectory() as name, as_file(files("eventwindow.report") / "fonts") as fonts:
        folder = Path(name)
        for figure, svg in svgs.items():
            (folder / f"{figure}.svg").write_text(svg, encoding="utf-8")
        content = json.dumps(paper(subject, charts), ensure_ascii=False)
        (folder / "data.json").write_text(content, encoding="utf-8")
        template = files("eventwindow.report").joinpath("templates/report.typ").read_text(encoding="utf-8")
        (folder / "report.typ").write_text(template, encoding="utf-8")
        made = typst.compile(
            str(folder / "report.typ"), root=name, font_paths=[str(fonts)], ignore_system_fonts=True, timestamp=0
        )
    return bytes(made)


def text(markup: object) -> str:
    """What a reader sees of a piece of HTML."""
    return unescape(TAG.sub("", str(markup)))


def paper(subject: Subject, charts: Mapping[str, Chart]) -> dict[str, Any]:
    """All that the template prints, as plain text."""
    say, language = subject.language.text, subject.language
    data, method = sections.data_section(subject), sections.method_section(subject)
    keys = ("verdicts", "week", "hours", "abnormal", "robustness", "readings", "tests", "excluded", "data", "method")
    return {
        "code": language.code,
        "title": subject.title,
        "kicker": f"{say('common.kicker')} · {language.day(subject.day_zero)}",
        "words": {
            "verdict": {w: say(f"verdict.{w}") for w in ("confirmed", "partly", "contradicted", "not_testable")},
            "table": say("common.table"),
            "figure": say("common.figure"),
            "contents": say("common.contents"),
            "summary": say("board.summary"),
        },
        "sections": {key: say(f"section.{key}") for key in (*keys, "references")},
        "finding": [text(s) for s in sections.finding(subject)],
        "origins": text(data["origins"]),
        "figures": {name: _figure(chart) for name, chart in charts.items()},
        "board": _board(subject) if subject.result.verdicts else None,
        "abnormal": _abnormal(subject),
        "robustness": text(sections.robustness_section(subject)["benchmarks"]),
        "readings": [
            {"text": r["text"], "sentence": r["sentence"], "panels": [_line(p) for p in r["panels"]]}
            for r in sections.readings_section(subject)
        ],
        "tests": _tests(subject),
        **_excluded(subject),
        "late": [{k: text(v) if isinstance(v, str) else v for k, v in late.items()} for late in data["late"]],
        "exchanges_head": [say("data.exchange"), say("data.securities"), *data["events"]],
        "exchanges": [[row["name"], str(row["n"]), *row["days"]] for row in data["exchanges"]],
        "exchanges_caption": say("data.exchanges"),
        "method": [text(method["intro"]), *(text(say(f"method.{k}")) for k in _paragraphs(method))],
        "papers": method["papers"],
    }


def _figure(chart: Chart) -> dict[str, Any]:
    width, height = chart.figure.get_size_inches()
    said = {"title": chart.title, "caption": chart.caption, "alt": chart.alt}
    return {"file": f"{chart.name}.svg", **said, "tall": bool(height > TALL * width)}


def _board(subject: Subject) -> dict[str, Any]:
    say, board = subject.language.text, sections.board_section(subject)
    return {
        "head": [say("board.article"), *(say(f"verdict.{word}") for word in board["words"])],
        "counts": [
            [key if key == title else f"{key} {title}", *map(str, board["counts"][key])]
            for key, title in board["articles"]
        ],
        "groups": [
            {"title": say(f"board.group_{word}", n=len(lines)), "lines": [_line(line) for line in lines]}
            for word, lines in board["groups"]
        ],
    }


def _line(line: Line) -> dict[str, Any]:
    told = {key: getattr(line, key) for key in ("id", "text", "word", "reason", "measured")}
    return told | {"parts": [_line(part) for part in line.parts]}


def _abnormal(subject: Subject) -> dict[str, Any]:
    say, found = subject.language.text, sections.abnormal_section(subject)
    keys = ("actual", "expected", "ar", "interval", "p_sq")
    day = subject.language.day(subject.day_zero)
    return {
        "intro": say("abnormal.intro"),
        "head": [say("abnormal.security"), *(text(say(f"abnormal.{key}")) for key in keys)],
        "rows": [[row["name"], *(row[key] for key in keys)] for row in found["lead"]],
        "caption": say("abnormal.table", event=subject.event_name(subject.event), day=day),
        "windows": [say("abnormal.security"), *found["windows"]],
        "sums": [[row["name"], *(f"{c['car'] or '–'}\n{c['p']}" for c in row["cells"])] for row in found["sums"]],
        "sums_caption": say("abnormal.windows_table"),
    }


def _tests(subject: Subject) -> dict[str, Any]:
    say, found = subject.language.text, sections.inference_section(subject)
    keys = ("name", "null", "statistic", "p", "reference")
    if found["shared"]:
        intro = say("tests.shared", n=found["n"], r=found["correlation"] or "–")
    else:
        intro = say("tests.apart" if found["n"] > 1 else "tests.few")
    return {
        "intro": intro,
        "head": [say(f"tests.{key}") for key in ("test", "null", "statistic", "p", "reference")],
        "valid": [[row[key] for key in keys] for row in found["valid"]],
        "careless": [[row[key] for key in keys] for row in found["careless"]],
        "caption": say("tests.lead_table", basket=subject.group_name(subject.basket) or say("common.all")),
        "careless_title": say("tests.careless_title"),
        "careless_text": say("tests.careless"),
        "careless_caption": say("tests.careless_table"),
        "limits": " ".join(s for s in (text(found["chosen"]), say("tests.limits")) if s),
    }


def _excluded(subject: Subject) -> dict[str, Any]:
    say = subject.language.text
    rows = [[r["what"], r["event"], r["securities"], r["reason"]] for r in sections.excluded_section(subject)]
    head = [say(f"excluded.{key}") for key in ("what", "event", "securities", "reason")]
    return {"excluded": rows, "excluded_head": head, "excluded_caption": say("excluded.table")}


def _paragraphs(method: Mapping[str, Any]) -> list[str]:
    models = [m for m in method["models"] if m in ("market_model", "mean_adjusted", "market_adjusted")]
    tests = ["permutation"] * ("date_permutation_mean" in method["tests"])
    tests += ["patell"] * ("adjusted_patell_z" in method["tests"])
    return [*models, "ar", "sq", *tests, "parametric", *(["claims"] if method["claims"] else [])]
