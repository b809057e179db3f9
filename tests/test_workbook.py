"""The workbook, opened again: the tables as in the CSV files, numbers as numbers, texts as texts, the same bytes."""

from __future__ import annotations

import datetime as dt
import zipfile

import numpy as np
import openpyxl
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from eventwindow import StudyError, write_result
from eventwindow.errors import catalogue, file_name, languages
from eventwindow.report.workbook import LONG, write_workbook
from eventwindow.study.result import SHEETS


def _read(path, sheet):
    head, *rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_name(sheet).to_python()
    return pd.DataFrame(rows, columns=head)


@pytest.fixture(scope="module")
def judged(deepseek, tmp_path_factory):
    """The largest study, its workbook, and its tables as the CSV files hold them."""
    return deepseek, deepseek.to_excel(tmp_path_factory.mktemp("book") / "results.xlsx")


def test_every_sheet_holds_what_its_csv_holds(judged, tmp_path):
    from eventwindow.report.csv import write_csv

    result, path = judged
    words = catalogue("en")
    for sheet, name in SHEETS.items():
        write_csv(result.tables[name], tmp_path / "t.csv")
        told = pd.read_csv(tmp_path / "t.csv", keep_default_na=False)
        held = _read(path, words.text(f"workbook.{sheet}"))
        assert list(held) == list(told)
        assert len(held) == len(told) > 0
        for column in told:
            _same(held[column], told[column], name)


def _same(held, told, name):
    """Numbers to twelve digits, days as days, texts as they are (the CSV's apostrophe protects what a sheet needs not)."""
    for one, other in zip(held, told, strict=True):
        if isinstance(one, dt.date):
            assert f"{one:%Y-%m-%d}" == other, name
        elif isinstance(one, bool):
            assert one == (other in (True, "True")), name
        elif isinstance(one, float | int):
            assert float(other) == pytest.approx(one, rel=1e-11, abs=1e-300), name
        else:
            assert one == str(other).removeprefix("'"), name


def test_the_first_sheet_explains_every_column_of_every_sheet(judged):
    _, path = judged
    book = CalamineWorkbook.from_path(str(path))
    assert book.sheet_names[0] == "columns"
    told = _read(path, "columns")
    assert (told["meaning"].str.len() > 3).all()
    for sheet in book.sheet_names[1:]:
        assert list(told.loc[told["sheet"] == sheet, "column"]) == list(_read(path, sheet))


@pytest.mark.parametrize("code", languages())
def test_each_language_explains_every_column(judged, tmp_path, code):
    deepseek, path = judged
    if code != "en":
        path = deepseek.to_excel(tmp_path / file_name(code, "results", "xlsx"), code)
    book = CalamineWorkbook.from_path(str(path))
    told = pd.DataFrame(book.get_sheet_by_index(0).to_python()[1:], columns=["sheet", "column", "meaning"])
    words = catalogue(code)
    assert [n for n in told["meaning"] if not n.strip()] == []
    assert book.sheet_names[1] == words.text("workbook.verdicts")
    if code != "en":
        assert _read(path, book.sheet_names[1])["判定"].iloc[0] in {
            words.text(f"verdict.{word}") for word in deepseek.claims["verdict"]
        }


def test_the_same_input_gives_the_same_bytes_and_no_clock(template, tmp_path):
    paths = [template.to_excel(tmp_path / name) for name in ("a.xlsx", "b.xlsx")]
    assert paths[0].read_bytes() == paths[1].read_bytes()
    with zipfile.ZipFile(paths[0]) as book:
        assert {part.date_time for part in book.infolist()} == {(1980, 1, 31, 0, 0, 0)}
        assert b"2000-01-01T00:00:00Z" in book.read("docProps/core.xml")


HOSTILE = [
    '=HYPERLINK("https://x.example")',
    "@SUM(1)",
    "+cmd",
    "0700",
    "1E5",
    "https://x.example",
    "{=1+1}",
    "a\x07b",
    "輝達",
]


def test_texts_stay_texts_and_numbers_have_formats(tmp_path):
    table = pd.DataFrame(
        {
            "security": HOSTILE,
            "car": [-0.05, np.nan, np.inf, *[0.01] * 6],
            "p_value": 0.25,
            "n": 7,
            "date": pd.Timestamp("2025-01-27"),
            "valid": True,
            "start": pd.Timestamp("2025-01-27 14:30", tz="UTC"),
        }
    )
    path = write_workbook({"tests": table}, tmp_path / "t.xlsx")
    sheet = openpyxl.load_workbook(path)["tests"]
    cells = {name.value: [c[0] for c in sheet.iter_cols(k, k, 2, 2)] for k, name in enumerate(sheet[1], 1)}
    assert [row[0].data_type for row in sheet.iter_rows(2, max_col=1)] == ["s"] * len(HOSTILE)
    assert [row[0].value for row in sheet.iter_rows(2, max_col=1)][:7] == HOSTILE[:7]
    assert _read(path, "tests")["security"].iloc[-1] == "輝達"
    shown = {name: (cell.value, cell.number_format) for name, (cell,) in cells.items()}
    assert shown["car"] == (-0.05, "0.00%")
    assert shown["p_value"] == (0.25, "0.0000")
    assert shown["n"] == (7, "0")
    assert shown["date"] == (dt.datetime(2025, 1, 27), "yyyy-mm-dd")
    assert shown["valid"][0] is True
    assert shown["start"][0] == "2025-01-27T14:30Z"
    assert (sheet["B3"].value, sheet["B4"].value) == (None, "inf")
    assert sheet.freeze_panes == "A2"
    assert sheet.column_dimensions["A"].width > 20


def test_a_long_table_and_an_empty_one_are_told(tmp_path):
    long = pd.DataFrame({"car": np.zeros(LONG + 1)})
    path = write_workbook(
        {"car": long, "tests": long.head(0), "caar": long.head(1), "aar": 50_000}, tmp_path / "t.xlsx"
    )
    assert CalamineWorkbook.from_path(str(path)).sheet_names == ["columns", "means"]
    told = _read(path, "columns").set_index("sheet")["meaning"]
    assert "20,001 rows" in told["CARs"]
    assert "50,000 rows" in told["daily means"]
    assert "no row" in told["tests"]


def test_another_name_or_language_is_told(template, tmp_path):
    with pytest.raises(StudyError, match=r"results.xls is no name of a workbook\nLet it end in \.xlsx"):
        template.to_excel(tmp_path / "results.xls")
    with pytest.raises(StudyError, match=r"no language 'fr'\nThere are en"):
        template.to_excel(tmp_path / "results.xlsx", "fr")
    with pytest.raises(StudyError, match=r"no language 'fr'\nThere are en"):
        template.to_latex(language="fr")


def test_a_run_writes_it_beside_the_report_where_it_is_asked_for(template, tmp_path):
    write_result(template, tmp_path / "out", ["en", "zh-Hant"], extras=["excel"])
    assert {p.name for p in (tmp_path / "out").glob("*.xlsx")} == {"results.xlsx", "results.zh-Hant.xlsx"}
    write_result(template, tmp_path / "out", ["en"])
    assert list((tmp_path / "out").glob("*.xlsx")) == []
