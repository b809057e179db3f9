"""The report for word processors: opened again with a reader, and held against the blocks that it prints."""

from __future__ import annotations

import io
from typing import get_args

import docx
import pytest

from eventwindow import new_study
from eventwindow.cli.main import main
from eventwindow.report import sections
from eventwindow.report.blocks import Aside, Block, Cell, Fold, Only, Picture, Table, chosen
from eventwindow.report.context import Context
from eventwindow.report.figures import charts
from eventwindow.report.language import LANGUAGES, language
from eventwindow.report.typst import runs
from eventwindow.report.word import Page, docx_bytes


@pytest.fixture(scope="module", params=LANGUAGES)
def printed(request, template):
    """Context, charts and the document as a reader opens it."""
    context = Context(template, language(request.param))
    drawn = charts(context)
    written = docx_bytes(context, drawn)
    return context, drawn, docx.Document(io.BytesIO(written)), written


def every(blocks):
    for block in chosen(blocks, "typst"):
        yield block
        if isinstance(block, Fold | Aside):
            yield from every(block.body)


def plain(words):
    words = words.text if isinstance(words, Cell) else words
    said = runs(words)
    return said if isinstance(said, str) else "".join(text for _, text in said)


def chapters(context, drawn):
    return [*sections.story(context, drawn), *sections.document(context, drawn)]


def test_it_holds_the_title_and_every_chapter_of_the_paper_in_its_language(printed):
    context, drawn, document, _ = printed
    heads = [p.text for p in document.paragraphs if p.style.name in ("Title", "Heading 1")]
    written = context.language.written
    assert heads == [context.title, *(written(plain(c.title)) for c in chapters(context, drawn))]
    assert document.core_properties.title == context.title
    assert f'w:eastAsia="{context.language.code}"' in document.styles.element.xml


def test_its_tables_hold_the_cells_of_the_blocks(printed):
    context, drawn, document, _ = printed
    tables = [b for c in chapters(context, drawn) for b in every(c.blocks) if isinstance(b, Table)]
    assert len(document.tables) == len(tables) > 8
    for shown, table in zip(document.tables, tables, strict=True):
        cells = [cell.text.replace("\n", "") for cell in shown._cells]
        assert cells == [context.language.written(plain(one)) for row in (table.head, *table.rows) for one in row]
        assert "w:tblHeader" in shown.rows[0]._tr.xml
        assert sum(column.width for column in shown.columns) == pytest.approx(Page(context, drawn).width, rel=1e-3)
    assert any(len({column.width for column in shown.columns}) > 1 for shown in document.tables)


def test_each_picture_says_what_it_shows_to_whoever_cannot_see_it(printed):
    context, drawn, document, _ = printed
    pictures = [b for c in chapters(context, drawn) for b in every(c.blocks) if isinstance(b, Picture)]
    told = [shape._inline.docPr.get("descr") for shape in document.inline_shapes]
    assert all(told)
    assert {drawn[one.name].alt for one in pictures if one.name in drawn} <= set(told)
    assert max(shape.width for shape in document.inline_shapes) <= Page(context, drawn).width


def test_every_kind_of_block_on_paper_has_its_way():
    """What a page alone shows stands in `Only` and never comes here."""
    known = Page.__dict__["put"].dispatcher.registry
    lacking = {one.__name__ for one in get_args(Block)} - {one.__name__ for one in known}
    assert lacking == {Only.__name__, "Filters", "WhatIf"}


@pytest.mark.parametrize("printed", ["zh-Hant"], indirect=True)
def test_the_same_result_gives_the_same_bytes(printed):
    context, drawn, _, written = printed
    assert docx_bytes(context, drawn) == written


def test_the_command_writes_it_beside_the_page(tmp_path):
    study = new_study(tmp_path / "mine")
    asked = ["run", str(study), "--prices", "shipped", "--language", "en", "--out", str(tmp_path / "out"), "--quiet"]
    assert main([*asked, "--word"]) == 0
    document = docx.Document(str(tmp_path / "out" / "report.docx"))
    assert any("eventwindow run mine" in p.text for p in document.paragraphs)
    assert main(asked) == 0  # the earlier one goes with its folder
    assert not (tmp_path / "out" / "report.docx").exists()


def test_without_its_library_the_run_ends_before_it_begins(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("eventwindow.report.write.find_spec", lambda name: None)
    assert main(["run", str(new_study(tmp_path / "mine")), "--prices", "shipped", "--word"]) == 2
    said = capsys.readouterr().err
    assert "a report for word processors needs python-docx and typst" in said
    assert "pip install python-docx typst" in said
