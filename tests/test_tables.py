"""One reader of tables: every form that people save, for prices, further tables, factors, panels and lists of events."""

from __future__ import annotations

import gzip
import zipfile
from datetime import date

import numpy as np
import pandas as pd
import pytest
from panels import panel
from test_panels import OPTIONS, drawn_events, ragged_panel
from workbooks import write_ods, write_xlsx

from eventwindow import StudyError, panel_study
from eventwindow.errors import PriceError
from eventwindow.panel.events import read_events
from eventwindow.panel.tiles import staged_panel
from eventwindow.prices import tables as reader
from eventwindow.prices.bundled import shipped_tables
from eventwindow.prices.factors import read_factors
from eventwindow.prices.files import read_prices

DAYS = [date(2025, 1, 24), date(2025, 1, 27)]
TABLE = [["Date", "Ticker", "Close", "Volume"], [DAYS[0], "000001", 1010.5, 2000], [DAYS[1], "NA", 8.25, None]]
CLOSES = {"000001": 1010.5, "NA": 8.25}


def lines(separator: str, number=str) -> str:
    return "\n".join(separator.join("" if c is None else number(c) for c in row) for row in TABLE) + "\n"


def german(cell: object) -> str:
    if isinstance(cell, date):
        return f"{cell:%d.%m.%Y}"
    return f"{cell:,.2f}".translate(str.maketrans(",.", ".,")) if isinstance(cell, float) else str(cell)


def english(cell: object) -> str:
    return f'"{cell:,.2f}"' if isinstance(cell, float) else str(cell)


def swiss(cell: object) -> str:
    return f"{cell:,.2f}".replace(",", "'") if isinstance(cell, float) else str(cell)


def packed(path, name: str, text: str) -> None:
    with zipfile.ZipFile(path, "w") as out:
        out.writestr("__MACOSX/._x", "")
        out.writestr(name, text)


FORMS = {
    "plain.csv": lambda p: p.write_text(lines(",")),
    "semicolons.csv": lambda p: p.write_text(lines(";")),
    "tabs.tsv": lambda p: p.write_text(lines("\t")),
    "told.csv": lambda p: p.write_text("sep=;\n" + lines(";")),
    "german.csv": lambda p: p.write_text(lines(";", german)),
    "english.csv": lambda p: p.write_text(lines(",", english)),
    "swiss.txt": lambda p: p.write_text(lines("\t", swiss)),
    "marked.csv": lambda p: p.write_text(lines(","), encoding="utf-16"),
    "packed.csv.gz": lambda p: p.write_bytes(gzip.compress(lines(",").encode())),
    "packed.zip": lambda p: packed(p, "inside.csv", lines(";")),
    "book.xlsx": lambda p: write_xlsx(p, TABLE),
    "empty_sheets.xlsx": lambda p: write_xlsx(p, [], TABLE, []),
    "blank_rows.xlsx": lambda p: write_xlsx(p, [[], *TABLE[:2], [], TABLE[2]]),
    "book.ods": lambda p: write_ods(p, TABLE),
    "named_wrongly.csv": lambda p: write_xlsx(p, TABLE),
    "newest_first.csv": lambda p: p.write_text("\n".join([lines(",").split("\n")[i] for i in (0, 2, 1)]) + "\n"),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_table_is_read_alike_in_every_form(tmp_path, form):
    FORMS[form](tmp_path / form)
    read = read_prices(tmp_path / form)
    assert {symbol: frame["close"].iloc[0] for symbol, frame in read.items()} == CLOSES
    assert [frame.index[0].date() for frame in read.values()] == DAYS or form == "newest_first.csv"
    assert read["000001"]["volume"].iloc[0] == 2000 and np.isnan(read["NA"]["volume"].iloc[0])


HEAD = "Price,Close,Close,Volume,Volume\nTicker,A,^GSPC,A,^GSPC\nDate,,,,\n2025-01-24,10.5,6101.24,5,6\n"
VENDORS = {
    "A.csv": ("Date,Open,High,Low,Close,Volume\n2025-01-24,9,11,9,10.5,5\n", "A"),  # Stooq, Yahoo
    "a_us_d.csv": ("Date,Open,High,Low,Close,Volume\n2025-01-24,9,11,9,10.5,5\n", "A"),  # Stooq's own name
    "^spx_d.csv": ("Date,Open,High,Low,Close\n2025-01-24,9,11,9,10.5\n", "^SPX"),
    "bulk.txt": (
        "<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>,<OPENINT>\nA.US,D,20250124,000000,9,11,9,10.5,5,0\n",
        "A.US",
    ),
    "TIINGO.csv": (
        "date,close,high,low,open,volume,adjClose,adjHigh,adjLow,adjOpen,adjVolume,divCash,splitFactor\n"
        "2025-01-24T00:00:00.000Z,10.5,11,9,9,5,10.4,11,9,9,5,0.0,1.0\n",
        "TIINGO",
    ),
    "A Historical Data.csv": (
        '"Date","Price","Open","High","Low","Vol.","Change %"\n"01/24/2025","10.50","9","11","9","1.25M","0.51%"\n',
        "A",
    ),
    "saved.csv": (HEAD, "A"),
    "turned.csv": (
        "Ticker,A,A\nPrice,Close,Volume\nDate,,\n2025-01-24,10.5,5\n",
        "A",
    ),
    "old.csv": (",Close,Volume\n,A,A\nDate,,\n2025-01-24,10.5,5\n", "A"),
}


@pytest.mark.parametrize("name", VENDORS)
def test_the_columns_of_yahoo_stooq_tiingo_and_investing_are_read(tmp_path, name):
    text, symbol = VENDORS[name]
    (tmp_path / name).write_text(text)
    frame = read_prices(tmp_path / name)[symbol]
    assert frame["close"].tolist() == [10.5] and frame.index.tolist() == [pd.Timestamp("2025-01-24")]
    if name.startswith("A H"):
        assert frame["volume"].tolist() == [1_250_000]
    if name == "TIINGO.csv":
        assert frame["adj_close"].tolist() == [10.4]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("p.csv", b"date|symbol~close\n", "holds no rows"),
        ("p.csv", b"date symbol close\n2025-01-24 A 1\n", r"p\.csv, line 1: one column, 'date symbol close'"),
        ("p.csv.gz", gzip.compress(b"date,symbol,close\n" * 9, mtime=0)[:-9], r"p\.csv\.gz: not a whole gzip file"),
        ("p.xlsx", b"PK\x03\x04 cut off", r"p\.xlsx: not a whole zip file"),
        ("p.xlsx", b"\xd0\xcf\x11\xe0 cut off", r"p\.xlsx: not a whole workbook"),
        ("p.csv", b"date;symbol;close\n2025-01-24;A;1,234\n", r"line 2: close: '1,234' reads two ways: 1234 or 1.234"),
        ("p.csv", b"date;symbol;close\n2025-01-24;A;1,5\n2025-01-27;A;1.25\n", "line 3: close: '1.25' is not a number|line 2: close: '1,5' is not a number beside '1.25'"),
        ("p.csv", b"date,symbol,close\n03/04/2025,A,1\n", r"p\.csv, line 2: '03/04/2025' reads two ways"),
    ],
)  # fmt: skip
def test_what_is_no_whole_table_says_what_it_is(tmp_path, name, content, said):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(PriceError, match=said) as error:
        read_prices(tmp_path / name)
    assert "UTF-8" not in str(error.value).split("\n")[0] and error.value.remedy


@pytest.mark.parametrize("name", ["p.zip", "p.xlsx", "p.csv.gz"])
def test_a_packed_file_with_any_byte_changed_is_read_or_refused(tmp_path, name):
    """Names that are no text, wrong lengths and offsets: no error of the readers of packed files comes through."""
    rows = lines(",").encode()
    if name == "p.xlsx":
        write_xlsx(tmp_path / name, TABLE)
    elif name == "p.zip":
        with zipfile.ZipFile(tmp_path / name, "w") as out:
            out.writestr("Kurse-ä.csv", rows)
    else:
        (tmp_path / name).write_bytes(gzip.compress(rows, mtime=0))
    whole = (tmp_path / name).read_bytes()
    places = [*range(min(60, len(whole))), *range(max(0, len(whole) - 160), len(whole))]
    refused = 0
    for place in places:
        (tmp_path / name).write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        try:
            read_prices(tmp_path / name)
        except PriceError as error:
            refused += 1
            assert error.remedy
    assert refused > 20


def test_a_workbook_of_two_full_sheets_and_a_zip_of_two_files_are_refused(tmp_path):
    write_xlsx(tmp_path / "two.xlsx", TABLE, TABLE)
    with pytest.raises(PriceError, match=r"two\.xlsx: 2 of the workbook's sheets hold cells \(Sheet1, Sheet2\)"):
        read_prices(tmp_path / "two.xlsx")
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as out:
        out.writestr("a.csv", lines(","))
        out.writestr("b.csv", lines(","))
    with pytest.raises(PriceError, match=r"two\.zip: a zip file of 2 files"):
        read_prices(tmp_path / "two.zip")


TABLES = {
    "shares": [["Symbol", "As Of", "Shares"], ["000001", "2025-01-24", "24.490.000.000"]],
    "weights": [["Date", "Index", "Symbol", "Weight"], ["2025-01-24", "SPX", "TRUE", "0,05"]],
    "megacaps": [["DATE", "Ticker", "Close"], ["2025-01-24", "NA", "12,50"]],
    "panel": [["Date", "Ticker", "Close"], ["2025-01-27", "D1", "12,50"], ["2025-01-24", "D1", "11,50"]],
    "factors": [["date", "Mkt-RF"], ["2025-01-24", "0,0125"], ["2025-01-27", "-0,0125"]],
    "intraday": [["Datetime", "Symbol", "Close"], ["2025-01-27T14:30:00Z", "A", "12,50"]],
}


@pytest.mark.parametrize("form", ["csv", "tsv", "csv.gz", "xlsx", "ods"])
def test_every_further_table_of_a_study_is_read_in_any_form_and_case(tmp_path, form):
    for name, rows in TABLES.items():
        path = tmp_path / f"{name}.{form}"
        text = "\n".join((";" if "csv" in form else "\t").join(row) for row in rows) + "\n"
        if form in ("xlsx", "ods"):
            (write_xlsx if form == "xlsx" else write_ods)(path, rows)
        else:
            path.write_bytes(gzip.compress(text.encode()) if form.endswith("gz") else text.encode())
    held = shipped_tables(tmp_path)
    assert set(held) == set(TABLES)
    assert held["shares"].loc[0, ["symbol", "shares"]].tolist() == ["000001", 24_490_000_000]
    assert held["weights"].loc[0, ["symbol", "weight"]].tolist() == ["TRUE", 0.05]
    assert held["megacaps"].loc[0, ["symbol", "close"]].tolist() == ["NA", 12.5]
    assert held["panel"]["D1"].tolist() == [11.5, 12.5]
    assert held["factors"]["mkt_rf"].tolist() == [0.0125, -0.0125]
    assert held["intraday"]["close"].tolist() == [12.5]


def test_two_files_of_one_table_are_told(tmp_path):
    (tmp_path / "shares.csv").write_text("symbol,as_of,shares\nA,2025-01-24,5\n")
    write_xlsx(tmp_path / "shares.xlsx", TABLES["shares"])
    with pytest.raises(PriceError, match=r"shares\.csv and shares\.xlsx"):
        shipped_tables(tmp_path)


def test_factors_of_ones_own_and_of_the_library_are_told_apart(tmp_path):
    write_xlsx(tmp_path / "own.xlsx", TABLES["factors"])
    assert read_factors(tmp_path / "own.xlsx")["mkt_rf"].tolist() == [0.0125, -0.0125]
    (tmp_path / "theirs.csv").write_text("Made by hand\n\n,Mkt-RF,SMB,HML,RF\n20250124,-0.29,0.1,0.2,0.017\n")
    assert read_factors(tmp_path / "theirs.csv")["mkt_rf"].tolist() == [-0.0029]


@pytest.mark.parametrize("form", ["xlsx", "ods", "csv", "tsv"])
def test_an_event_list_in_any_form_keeps_names_as_names_and_rows_by_their_number(tmp_path, form):
    rows = [["Symbol", "Event_Date", "Group"], ["000001", DAYS[0], "TRUE"], [1, DAYS[1], None]]
    path = tmp_path / f"e.{form}"
    if form in ("xlsx", "ods"):
        (write_xlsx if form == "xlsx" else write_ods)(path, rows)
    else:
        mark = ";" if form == "csv" else "\t"
        path.write_text("\n".join(mark.join("" if c is None else str(c) for c in row) for row in rows) + "\n")
    table, where = read_events(path)
    assert table["symbol"].tolist() == ["000001", "1"] and table["event_date"].tolist() == ["2025-01-24", "2025-01-27"]
    assert table["group"].tolist() == ["TRUE", None]
    assert where.at(1) == f"e.{form}, {'row' if form in ('xlsx', 'ods') else 'line'} 3"


@pytest.mark.parametrize("form", ["semicolons", "gz", "upper"])
def test_a_panel_in_another_form_is_the_panel(tmp_path, form):
    returns = ragged_panel(52)
    events = drawn_events(returns, 52, 40)
    table = returns.rename_axis("date").reset_index()
    path = tmp_path / ("panel.csv.gz" if form == "gz" else "panel.csv")
    if form == "semicolons":
        table.to_csv(path, sep=";", decimal=",", index=False)
    else:
        table.rename(columns={"date": "Date"} if form == "upper" else {}).to_csv(path, index=False)
    options = OPTIONS | {"workers": 1}
    found = panel_study(path, events, **options).tests
    pd.testing.assert_frame_equal(found, panel_study(returns, events, **options).tests, check_exact=True)


def test_a_large_text_is_read_in_pieces_with_the_decimal_mark_of_the_first(tmp_path, monkeypatch):
    table = panel(1, days=60).rename_axis("date").reset_index()
    table.to_csv(tmp_path / "p.csv", sep=";", decimal=",", index=False)
    whole = staged_panel(tmp_path / "p.csv", tmp_path / "whole")
    monkeypatch.setattr(reader, "LARGE", 10)
    monkeypatch.setattr(reader.pieces, "__defaults__", (7,))
    parts = list(reader.pieces(tmp_path / "p.csv"))
    assert len(parts) == 9 and parts[1].lines[0] == 8
    piecewise = staged_panel(tmp_path / "p.csv", tmp_path / "piecewise")
    every = np.arange(len(whole.securities))
    np.testing.assert_array_equal(piecewise.returns(0, 60, every), whole.returns(0, 60, every))
    with (tmp_path / "p.csv").open("a") as out:
        out.write(";".join(["2023-12-29", *["0.5"] * (table.shape[1] - 1)]) + "\n")
    with pytest.raises(StudyError, match=r"p\.csv, line 62: .*'0.5' is not a number"):
        staged_panel(tmp_path / "p.csv", tmp_path / "mixed")


BARS = "start,symbol,close\n{},A,10\n2025-01-27T09:35:00-05:00,A,11\n"


@pytest.mark.parametrize(
    ("stamp", "zone", "utc"),
    [
        ("2025-01-27 09:30", "America/New_York", "2025-01-27T14:30:00Z"),
        ("2025-07-28T09:30:00", "America/New_York", "2025-07-28T13:30:00Z"),
        ("2025-01-27T22:30:00+08:00", "America/New_York", "2025-01-27T14:30:00Z"),  # its own zone stays
        ("2025-01-27 22:30:00", "Asia/Taipei", "2025-01-27T14:30:00Z"),
        ("2025-01-27T14:30:00Z", None, "2025-01-27T14:30:00Z"),
    ],
)
def test_bars_stand_in_the_zone_that_their_stamps_or_the_study_name(tmp_path, stamp, zone, utc):
    (tmp_path / "intraday.csv").write_text(BARS.format(stamp))
    held = shipped_tables(tmp_path, zone=zone)["intraday"]
    assert held["start"].tolist() == [pd.Timestamp(utc), pd.Timestamp("2025-01-27T14:35:00Z")]


@pytest.mark.parametrize(
    ("stamp", "zone", "said"),
    [
        ("2025-01-27 09:30", None, r"intraday\.csv, line 2: start: '2025-01-27 09:30' has no zone\n.*zone = "),
        ("2025-03-09 02:30", "America/New_York", "does not name one moment in America/New_York"),
        ("2025-11-02 01:30", "America/New_York", "does not name one moment in America/New_York"),
        ("01/02/2025 09:30-05:00", "America/New_York", "is no time of a bar"),
        ("2025-01-27", "America/New_York", "is no time of a bar"),
        ("", "America/New_York", "is no time of a bar"),
        ("2025-01-27 25:30", "America/New_York", "is no time of a bar"),
        ("8025-01-27T09:30:00-05:00", None, "is no time of a bar"),
    ],
)
def test_a_stamp_that_is_no_one_moment_is_refused_with_its_line(tmp_path, stamp, zone, said):
    (tmp_path / "intraday.csv").write_text(BARS.format(stamp))
    with pytest.raises(PriceError, match=said):
        shipped_tables(tmp_path, zone=zone)


@pytest.mark.parametrize("stamps", [[True, False], [1737988200, 1737988500], [1737988200.0, 1737988500.0]], ids=str)
def test_a_number_is_no_stamp(tmp_path, stamps):
    pd.DataFrame({"start": stamps, "symbol": "A", "close": [10.0, 11.0]}).to_parquet(tmp_path / "intraday.parquet")
    with pytest.raises(PriceError, match="is no time of a bar"):
        shipped_tables(tmp_path, zone="America/New_York")


def test_a_large_file_of_three_header_rows_has_them_in_each_piece(tmp_path, monkeypatch):
    days = pd.bdate_range("2025-01-02", periods=20)
    rows = [f"{day:%Y-%m-%d},{k + 1.5},{k + 2.5},{k},{k}" for k, day in enumerate(days, 1)]
    head = ["Price,Close,Close,Volume,Volume", "Ticker,A,B,A,B", "Date,,,,"]
    (tmp_path / "p.csv").write_text("\n".join(head + rows) + "\n")
    whole = reader.read_cells(tmp_path / "p.csv")
    monkeypatch.setattr(reader, "LARGE", 10)
    parts = list(reader.pieces(tmp_path / "p.csv", 7))
    assert len(parts) == 4 and {part.header for part in parts} == {whole.header}
    for k in range(len(whole.header)):
        assert [cell for part in parts for cell in part.columns[k]] == list(whole.columns[k])
    assert [line for part in parts for line in part.lines] == list(whole.lines)


@pytest.mark.parametrize("flat", [False, True])
@pytest.mark.parametrize("tickers_first", [False, True])
def test_a_saved_download_in_parquet_is_read_as_one_in_text(tmp_path, flat, tickers_first):
    days = pd.DatetimeIndex(["2025-01-24", "2025-01-27"], name="Date")
    closes = pd.DataFrame({"A": [1.5, 2.5], "BRK-B": [3.5, np.nan]}, index=days)
    saved = pd.concat({"Close": closes, "Volume": 1e6 * closes}, axis=1)
    saved = saved.swaplevel(axis=1) if tickers_first else saved
    (saved.reset_index() if flat else saved).to_parquet(tmp_path / "p.parquet")
    read = read_prices(tmp_path / "p.parquet")
    assert {symbol: frame["close"].tolist() for symbol, frame in read.items()} == {"A": [1.5, 2.5], "BRK-B": [3.5]}
    assert read["A"]["volume"].tolist() == [1.5e6, 2.5e6]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        (
            "intraday",
            "start,symbol,close\n2025-01-27T14:30:00Z,A,0\n",
            r"line 2: close of A is 0: a price must be above",
        ),
        (
            "intraday",
            "start,symbol,close,volume\n2025-01-27T14:30:00Z,A,1,-5\n",
            r"line 2: volume of A is -5: no volume",
        ),
        (
            "intraday",
            "start,symbol,close\n2025-01-27T14:35:00Z,A,1000\n2025-01-27T14:30:00Z,A,10\n",
            r"line 2: a close of A is 100 times that of the bar before",
        ),
        ("megacaps", "date,symbol,close\n2025-01-24,A,-3\n", r"line 2: close of A is -3: a price must be above zero"),
        (
            "weights",
            "date,index,symbol,weight\n2025-01-24,SPX,A,0.05\n2025-01-24,SPX,B,7\n",
            r"line 3: weight of B is 7: a weight lies between 0 and 1",
        ),
    ],
)
def test_a_figure_that_cannot_be_is_named_by_its_line(tmp_path, name, text, message):
    (tmp_path / f"{name}.csv").write_text(text, "utf-8")
    with pytest.raises(PriceError, match=message):
        shipped_tables(tmp_path)
