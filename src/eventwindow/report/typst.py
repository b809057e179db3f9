"""The report on paper, through typst (extra `pdf`): the same words, tables and figures."""

import json
import re
import warnings
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from html import unescape
from importlib.resources import as_file, files
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from markupsafe import Markup

from eventwindow.claims.model import WORDS
from eventwindow.report import sections
from eventwindow.report.blocks import Cell, Fold, Formula, Section, Table, Words, chosen, names_site
from eventwindow.report.context import Context
from eventwindow.report.figures.chart import Chart
from eventwindow.report.figures.sheet import advance
from eventwindow.report.html import formula
from eventwindow.report.language import SPACE, Language
from eventwindow.scratch import temporary_folder

TEMPLATES = ("blocks.typ", "formula.typ")
STANDARD: Literal["ua-1"] = "ua-1"  # tagged for screen readers; a glyph that no font has is an error under it
UNDRAWN = re.compile(r'text `"(.+?)"` could not be displayed')
CODE = re.compile(r"\\u\{([0-9a-f]+)\}")
STYLED = re.compile(r'<(\w+)(?: (?:class="(?:badge )?|href=")([^"]*)")?>(.*?)</\1>', re.S)
PLACE = re.compile(r".*#(.+)|claims/(.+?)(?:\.zh-\w+)?\.html")
TAG = re.compile(r"</?[a-z][^>]*>")
TALL, LOW = 1.15, 0.7  # height over width: above the one a figure has a page, below the other it stands in the text
LONGER = 1.6  # what is higher runs over pages, cut between its groups
GROUP = re.compile(r'<text x="0\.0" y="([\d.]+)" style="[^"]*font-weight:600">')
ABOVE = 17.0  # px from the base line of a group's name up to the group's upper end
SHARED = 16.0  # em: a column that is wider may not take from those that share what is left
LONG, FULL = 9, 200  # rows of a table, or characters of a cell, beyond which it may run over a page
TYPESET = ("code", "region", "face", "size", "leading", "colon", "comma", "stop")
SAID: dict[str, tuple[str, dict[str, str]]] = {
    **{key: (f"common.{key}", {}) for key in ("table", "figure", "contents")},
    **{key: (f"verdicts.{key}", {}) for key in ("said", "measured", "context", "rule", "changes")},
    **{word: (f"verdict.{word}", {}) for word in WORDS},
    "panels": ("readings.panels", {}),
    "page": ("paper.page", {"n": "{n}"}),
}


def has_typst() -> bool:
    return find_spec("typst") is not None


def pdf_bytes(context: Context, charts: Mapping[str, Chart]) -> bytes:
    """The PDF; the same result gives the same bytes."""
    with temporary_folder() as folder, as_file(files("eventwindow.report") / "fonts") as fonts:
        for figure, chart in charts.items():
            (folder / f"{figure}.svg").write_text(chart.wide, encoding="utf-8")
        return _compiled(_laid(folder, "report.typ", paper(context, charts), context.language), fonts)


def page_pictures(template: str, data: Mapping[str, Any], language: Language) -> list[bytes]:
    """Each page of a template as PNG; `data` is what it prints."""
    with temporary_folder() as folder:
        return _pictures(_laid(folder, template, data, language))


def _laid(folder: Path, template: str, data: Mapping[str, Any], language: Language) -> Path:
    """The template with all that it reads, in one folder."""
    (folder / "data.json").write_text(language.written(json.dumps(data, ensure_ascii=False), SPACE), encoding="utf-8")
    for one in (template, *TEMPLATES):
        text = files("eventwindow.report").joinpath(f"templates/paper/{one}").read_text(encoding="utf-8")
        (folder / one).write_text(text, encoding="utf-8")
    return folder / template


def png_bytes(svg: str) -> bytes:
    """An SVG as PNG, one and a half pixels a point of the screen."""
    return _picture('#set page(width: auto, height: auto, margin: 4pt)\n#image("figure.svg")', svg)


def formula_picture(key: str) -> tuple[bytes, str]:
    said = f"<formulas>{formula(key)}</formulas>"
    template = files("eventwindow.report").joinpath("templates/paper/formula.typ").read_text(encoding="utf-8")
    shown = f"#formulas({json.dumps(said, ensure_ascii=False)})"
    drawn = _picture(f"{template}\n#set page(width: auto, height: auto, margin: 3pt)\n{shown}")
    return drawn, " ".join(unescape(re.sub("<[^>]+>", " ", said)).split())


def _picture(page: str, figure: str = "") -> bytes:
    """A page as PNG, which may show `figure.svg`."""
    with temporary_folder() as folder:
        for name, text in (("figure.svg", figure), ("page.typ", page)):
            (folder / name).write_text(text, encoding="utf-8")
        return _pictures(folder / "page.typ")[0]


def _pictures(source: Path) -> list[bytes]:
    """The pages of a file, which reads what lies beside it, in the package's fonts."""
    import typst

    with as_file(files("eventwindow.report") / "fonts") as fonts:
        ours: dict[str, Any] = {"root": source.parent, "font_paths": [fonts], "ignore_system_fonts": True}
        found = typst.compile(source, None, format="png", ppi=144, **ours)
    return [bytes(page) for page in found] if isinstance(found, list) else [bytes(found)]


def paper(context: Context, charts: Mapping[str, Chart]) -> dict[str, Any]:
    """All that the template prints: the sections, and behind them what folds with a label hold."""
    say = context.language.say
    story, document = sections.story(context, charts), sections.document(context, charts)
    chapters = [*story, *document]
    folds = [b for c in chapters for b in chosen(c.blocks, "typst") if isinstance(b, Fold) and b.label]
    if folds:
        appendix = tuple(block for fold in folds for block in fold.body)
        chapters = [*chapters, Section("appendix", sections.title(context, "appendix"), appendix)]
    printed = [
        {
            "key": c.key,
            "title": c.title,
            "blocks": [typst(b) for b in chosen(c.blocks, "typst")],
            "label": c not in story,
        }
        for c in chapters
    ]
    _once(printed, charts)
    return settings(context) | {
        "title": context.title,
        "kicker": f"{say('common.kicker')} · {context.language.day(context.day_zero)}",
        "finding": [runs(sentence) for sentence in sections.answer(context)],
        "origins": runs(sections.origin(context)),
        "figures": {name: _figure(chart) for name, chart in charts.items()},
        "chapters": printed,
        "part": say("paper.part"),
        "made_with": say("common.made_with", version=context.result.run["versions"]["eventwindow"]),
    }


def _once(chapters: list[dict[str, Any]], charts: Mapping[str, Chart]) -> None:
    """A figure that stands on paper already is named, with its page, where it would stand again. One that leads a
    chapter follows its first words and stays there: as a float it might stand above the heading."""
    seen: set[str] = set()
    for blocks in (chapter["blocks"] for chapter in chapters):
        if len(blocks) > 1 and blocks[0]["kind"] == "picture" and blocks[1]["kind"] != "picture":
            blocks[:2] = blocks[1], {**blocks[0], "first": True}
        for k, block in enumerate(blocks):
            name = str(block.get("name")) if block["kind"] == "picture" else ""
            if name in seen:
                blocks[k] = {"kind": "see", "text": charts[name].title, "label": f"figure-{name}"}
            seen |= {name} & set(charts)


def settings(context: Context) -> dict[str, Any]:
    """What every template asks for: how the language is set, and its words for verdicts and captions."""
    return {
        "language": {key: context.language.text(f"format.typst_{key}") for key in TYPESET}
        | {"between": context.language.text("format.between_sentences")},
        "words": {key: context.language.text(place, **blanks) for key, (place, blanks) in SAID.items()},
    }


def typst(value: Any) -> Any:
    """A block as JSON: its kind is its class, its words are runs of [style, text]."""
    if isinstance(value, Fold) and value.label:
        return {"kind": "see", "text": runs(value.summary), "label": value.label}
    if isinstance(value, Formula):
        return {"kind": "formula", "mathml": f"<formulas>{formula(value.key)}</formulas>"}
    if isinstance(value, Cell):
        return runs(value.text)
    if is_dataclass(value):
        held = {field.name: typst(getattr(value, field.name)) for field in fields(value)}
        if isinstance(value, Table):
            held |= {"breaks": _breaks(value), "columns": _columns(value)}
        return {"kind": type(value).__name__.lower(), **held}
    if isinstance(value, tuple):
        return [typst(one) for one in value]
    return runs(value) if isinstance(value, Markup) else value


def _breaks(table: Table) -> bool:
    """Whether a table may run over a page."""
    cells = (cell.text if isinstance(cell, Cell) else cell for row in table.rows for cell in row)
    return len(table.rows) > LONG or any(len(runs(cell)) > FULL for cell in cells)


def _columns(table: Table) -> str:
    """The table's columns; beside one that takes a share of the page, a column of long texts takes one too."""
    columns = table.columns.split()
    shared = bool(table.rows) and any(column.startswith("L") for column in columns)
    wide = [max(map(_width, cells), default=0.0) > SHARED for cells in zip(*table.rows, strict=True)]
    grown = {"l": "L", "r": "R"} if shared else {}
    return " ".join(grown.get(c, c) if w else c for c, w in zip(columns, wide or [False] * len(columns), strict=True))


def _width(cell: Words | Cell) -> float:
    """About how wide a cell's text is, in its own size."""
    said = runs(cell.text if isinstance(cell, Cell) else cell)
    return advance(said if isinstance(said, str) else "".join(words for _, words in said), 1.0)


def runs(words: Words) -> str | list[list[str]]:
    """Words with the styles that our own tags give them; a string of a study is text, whatever it holds.

    A link that bears the name of its site shows its address on paper.
    """
    if not isinstance(words, Markup):
        return str(words)
    found, end, source = [], 0, str(words)
    for match in STYLED.finditer(source):
        style, said = match[2] or match[1], _plain(match[3])
        if match[1] == "a":
            address = unescape(match[2] or "")
            style, said = _place(address), address if names_site(address, said) else said
        found += [["", _plain(source[end : match.start()])], [style, said]]
        end = match.end()
    return [run for run in (*found, ["", _plain(source[end:])]) if run[1]]


def _plain(source: str) -> str:
    return unescape(TAG.sub("", source))


def _place(address: str) -> str:
    """The style of a link: where it leads, on paper or outside, if it leads anywhere from there."""
    if address.startswith(("https://", "http://")):
        return f"at:{address}"
    found = PLACE.fullmatch(address)
    return "" if found is None else f"to:section-{found[1]}" if found[1] else f"to:claim-{found[2]}"


def _figure(chart: Chart) -> dict[str, Any]:
    """The figure's file and words; where it is long, the heights in pixels at which it may be cut."""
    width, height = chart.size
    said = {"title": chart.title, "caption": chart.caption, "alt": chart.alt}
    size = "tall" if height > TALL * width else "low" if height < LOW * width else "middling"
    groups = [float(y) - ABOVE for y in GROUP.findall(chart.wide)] if height > LONGER * width else []
    cuts = [0.0, *groups, height] if len(groups) > 1 else []
    return {"file": f"{chart.name}.svg", **said, "size": size, "width": width, "cuts": cuts}


def _compiled(source: Path, fonts: Path) -> bytes:
    """With the package's fonts; with the machine's too where a text needs them; with boxes where none has a glyph."""
    import typst

    common: dict[str, Any] = {"root": source.parent, "font_paths": [fonts], "timestamp": 0}
    missing: list[str] = []
    for ours_alone in (True, False):
        try:
            return bytes(typst.compile(source, ignore_system_fonts=ours_alone, pdf_standards=STANDARD, **common))
        except typst.TypstError as error:
            missing = [CODE.sub(lambda m: chr(int(m[1], 16)), text) for text in UNDRAWN.findall(str(error))]
            if not missing:
                raise
    text = "".join(sorted(set("".join(missing))))
    warnings.warn(f"no font here draws {text}: boxes stand in the PDF. Install a font that has them.", stacklevel=3)
    return bytes(typst.compile(source, **common))
