"""A user's files: read back equal in every form, and a clear error with file and line for everything else."""

from __future__ import annotations

import io
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eventwindow.errors import PriceError
from eventwindow.prices.files import PriceFiles, panel_prices, read_prices
from eventwindow.prices.history import COLUMNS, history_frame

GOOD = "date,symbol,open,high,low,close,adj_close,volume\n2025-01-24,AAA,10,11,9,10.5,10.4,100\n2025-01-27,AAA,9,9.5,8,8.5,8.4,\n"

symbols = st.text(st.sampled_from("ABCXYZ0189.^=-/ é,\"'"), min_size=1, max_size=6).map(str.strip).filter(bool)
prices = st.floats(1e-4, 1e7, allow_nan=False).map(lambda x: float(f"{x:.6g}"))
days = st.dates(pd.Timestamp("1990-01-01").date(), pd.Timestamp("2060-01-01").date())


@st.composite
def tables(draw):
    """Symbol → frame, at least one row each, every row with a close or an adjusted close."""
    made = {}
    for symbol in draw(st.lists(symbols, min_size=1, max_size=4, unique=True)):
        dates = sorted(draw(st.lists(days, min_size=1, max_size=6, unique=True)))
        body = {name: [draw(prices) for _ in dates] for name in COLUMNS}
        frame = history_frame(pd.DataFrame(body, index=pd.DatetimeIndex(dates)))
        for name in ("open", "adj_close", "volume"):
            frame.loc[draw(st.lists(st.sampled_from(list(frame.index)), max_size=2)), name] = np.nan
        made[symbol] = frame
    return made


def long_form(made):
    return pd.concat([frame.assign(symbol=symbol) for symbol, frame in made.items()]).reset_index()


def same(read, made):
    assert set(read) == set(made)
    for symbol, frame in made.items():
        pd.testing.assert_frame_equal(read[symbol], frame, check_freq=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("prices")


@settings(max_examples=40, deadline=None)
@given(tables(), st.randoms(use_true_random=False))
def test_any_table_in_long_form_is_read_back_equal(folder, made, chance):
    rows = long_form(made)
    order = list(range(len(rows)))
    chance.shuffle(order)
    rows.iloc[order].to_csv(folder / "long.csv", index=False)
    same(read_prices(folder / "long.csv"), made)
    rows.iloc[order].to_parquet(folder / "long.parquet")
    same(read_prices(folder / "long.parquet"), made)


@settings(max_examples=30, deadline=None)
@given(tables(), st.sampled_from(["close", "adj_close"]))
def test_any_table_in_wide_form_is_read_back_equal(folder, made, kind):
    made = {s: history_frame(f[[kind]].dropna()) for s, f in made.items() if f[kind].notna().any()}
    made = {s: f for s, f in made.items() if s.lower() not in {"date", *COLUMNS}}
    if not made:
        return
    wide = pd.DataFrame({symbol: frame[kind] for symbol, frame in made.items()}).rename_axis("date")
    name = "adjusted" if kind == "adj_close" else "wide"
    wide.to_csv(folder / f"{name}.csv")
    same(read_prices(folder / f"{name}.csv"), made)
    wide.to_parquet(folder / f"{name}.parquet")
    same(read_prices(folder / f"{name}.parquet"), made)


@settings(max_examples=15, deadline=None)
@given(tables())
def test_one_file_a_ticker_as_yahoo_writes_it_is_read_back_equal(tmp_path_factory, made):
    folder = tmp_path_factory.mktemp("tickers")
    made = {s: f for s, f in made.items() if not set(s) & set('/".') and s == s.upper()}
    for symbol, frame in made.items():
        named = frame.rename(columns=lambda c: c.replace("_", " ").title()).rename_axis("Date")
        named.to_csv(folder / f"{symbol.replace('%', '%25')}.csv", na_rep="null")
    if made:
        same(read_prices(folder), made)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([".csv", ".parquet"]))
def test_random_bytes_are_an_error_that_names_the_file(folder, raw, suffix):
    path = folder / f"random{suffix}"
    path.write_bytes(raw)
    with pytest.raises(PriceError, match="random"):
        read_prices(path)


@settings(max_examples=60, deadline=None)
@given(tables(), st.floats(0, 1), st.sampled_from(["csv", "parquet"]))
def test_a_truncated_file_is_an_error_or_holds_only_right_rows(folder, made, part, form):
    buffer = io.BytesIO()
    rows = long_form(made)
    rows.to_csv(buffer, index=False) if form == "csv" else rows.to_parquet(buffer)
    raw = buffer.getvalue()
    path = folder / f"cut.{form}"
    path.write_bytes(raw[: math.floor(part * len(raw))])
    try:
        read = read_prices(path)
    except PriceError as error:
        assert "cut" in str(error)
        return
    for symbol, frame in read.items():
        pd.testing.assert_frame_equal(frame, made[symbol].loc[frame.index], check_freq=False)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_a_byte_order_mark_and_any_line_end_are_read_through(tmp_path, encoding, newline):
    path = tmp_path / "p.csv"
    path.write_bytes(GOOD.replace("\n", newline).encode(encoding))
    assert read_prices(path)["AAA"]["close"].tolist() == [10.5, 8.5]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (GOOD.replace("symbol", "name"), r"p\.csv: no column 'symbol'"),
        (GOOD.replace("date", "day"), r"p\.csv: no column 'date'"),
        ("date,symbol,open\n2025-01-24,AAA,1\n", r"p\.csv: no column 'close' or 'adj_close'"),
        ("date,close\n2025-01-24,1\n", r"p\.csv: no column 'symbol'"),
        (GOOD + "2025-01-24,AAA,1,1,1,1,1,1\n", r"p\.csv, line 4: duplicate date: AAA has two rows for 2025-01-24"),
        (GOOD.replace("10.5", "-10.5"), r"p\.csv, line 2: close is -10.5: a price must be above zero"),
        (GOOD.replace("8.4", "0"), r"p\.csv, line 3: adj_close is 0: a price must be above zero"),
        (GOOD.replace("100\n", "-100\n"), r"p\.csv, line 2: negative volume"),
        (GOOD.replace("10.5", "ten"), r"p\.csv, line 2: close: 'ten' is not a number"),
        (GOOD.replace("10.5", '"1,0105"'), r"p\.csv, line 2: close: '1,0105' is not a number beside"),
        ("# of my broker\n" + GOOD, r"p\.csv, line 1: one column|is no header"),
        ("# of my broker, in USD\n" + GOOD, "is no header: take out what stands above it"),
        (GOOD.replace("2025-01-27", "45684"), "a workbook's number of a day"),
        (GOOD.replace("10.5", "1,010.5"), r"p\.csv, line 2: 9 cells where the header has 8"),
        (GOOD.replace("10.5", "1_0"), "'1_0' is not a number"),
        (GOOD.replace("10.5", "$10.5"), "is not a number"),
        (GOOD.replace("10.5", "inf"), "is not a number"),
        (GOOD.replace("10.5", "1e999"), "line 2"),
        (GOOD.replace("2025-01-27", "27/01/2025"), r"p\.csv, line 3: '27/01/2025' is not a date"),
        (GOOD.replace("2025-01-27", "01-02-2025"), "is not a date"),
        (GOOD.replace("2025-01-27", "2025-02-30"), "line 3: '2025-02-30' is not a date"),
        (GOOD.replace("2025-01-27", "2025-01-27 15:30:00"), "is not a date"),
        (GOOD.replace("2025-01-27", ""), "line 3: a row without a date"),
        (GOOD.replace("2025-01-27,AAA", "2025-01-27,"), "line 3: a row without a symbol"),
        (GOOD.replace(",", "/"), "p.csv, line 1: one column"),
        (GOOD.replace("open", "close"), "two columns 'close'"),
        (GOOD.rstrip("\n"), "line 3: the last line has no line end"),
        (GOOD[:-5], "line 3: 7 cells where the header has 8|no line end"),
        (GOOD.replace("AAA", 'A"A', 1).replace('A"A', '"AA'), "not a whole CSV file|cells"),
        ("", "holds no rows"),
        ("date,symbol,close\n", "holds no rows"),
        ("date,AAA,AAA\n2025-01-24,1,2\n", "two columns for one symbol"),
        ("date,AAA,\n2025-01-24,1,2\n", "a column without a name"),
    ],
)
def test_what_is_wrong_is_named_with_its_file_and_line(tmp_path, text, message):
    path = tmp_path / "p.csv"
    path.write_text(text, encoding="utf-8", newline="")
    with pytest.raises(PriceError, match=message) as error:
        read_prices(path)
    assert error.value.exit_code == 2
    assert error.value.remedy


@pytest.mark.parametrize(
    "raw", [GOOD.replace("AAA", "Müller").encode("latin-1"), GOOD.encode("utf-16-le"), b"\xff" * 9]
)
def test_a_wrong_encoding_is_an_error(tmp_path, raw):
    (tmp_path / "p.csv").write_bytes(raw)
    with pytest.raises(PriceError, match=r"p\.csv"):
        read_prices(tmp_path / "p.csv")


@pytest.mark.parametrize("cell", ["", "null", "NaN", "NA", "-"])
def test_the_ways_to_say_missing(tmp_path, cell):
    (tmp_path / "p.csv").write_text(GOOD.replace("10.4", cell))
    assert np.isnan(read_prices(tmp_path / "p.csv")["AAA"]["adj_close"].iloc[0])


def test_a_row_without_any_close_is_a_day_that_is_missing(tmp_path):
    (tmp_path / "p.csv").write_text(GOOD + "2025-01-28,AAA,1,1,1,,,5\n")
    assert len(read_prices(tmp_path / "p.csv")["AAA"]) == 2


def test_what_yfinance_writes_itself_is_read_by_the_exchanges_own_date(tmp_path):
    head = "Date,Open,High,Low,Close,Volume,Dividends,Stock Splits\n"
    (tmp_path / "2330.TW.csv").write_text(head + "2025-01-22 00:00:00+08:00,1,1,1,1120,5,0.0,0.0\n")
    (tmp_path / "%5EGSPC.csv").write_text(head + "2025-01-24 00:00:00-05:00,1,1,1,6101.24,5,0.0,0.0\n")
    read = read_prices(tmp_path)
    assert read["2330.TW"].index.tolist() == [pd.Timestamp("2025-01-22")]
    assert read["^GSPC"]["close"].tolist() == [6101.24]
    assert read_prices(tmp_path / "2330.TW.csv")["2330.TW"]["close"].tolist() == [1120.0]


def test_one_symbol_in_two_files_is_an_error(tmp_path):
    (tmp_path / "a.csv").write_text(GOOD)
    (tmp_path / "b.csv").write_text(GOOD)
    with pytest.raises(PriceError, match=r"b\.csv: AAA stands in a\.csv as well"):
        read_prices(tmp_path)


def test_a_folder_or_file_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(PriceError, match="no such file"):
        read_prices(tmp_path / "nothing.csv")
    with pytest.raises(PriceError, match="no table of prices in this folder"):
        read_prices(tmp_path)


def test_wrong_cells_in_parquet_are_named_by_row(tmp_path):
    path = tmp_path / "p.parquet"
    day = pd.Timestamp("2025-01-24")
    pd.DataFrame({"date": [day, day], "symbol": ["A", "A"], "close": [1.0, 2.0]}).to_parquet(path)
    with pytest.raises(PriceError, match=r"p\.parquet, row 2: duplicate date"):
        read_prices(path)
    pd.DataFrame({"date": [day + pd.Timedelta("15h")], "symbol": ["A"], "close": [1.0]}).to_parquet(path)
    with pytest.raises(PriceError, match="is not a date"):
        read_prices(path)
    pd.DataFrame({"date": [day], "symbol": ["A"], "close": ["1,5 %"]}).to_parquet(path)
    with pytest.raises(PriceError, match="'1,5 %' is not a number"):
        read_prices(path)


def test_the_source_answers_for_its_own_dates_and_keeps_what_was_before(tmp_path):
    (tmp_path / "p.csv").write_text(GOOD)
    source = PriceFiles(tmp_path / "p.csv")
    answer = source.fetch(["AAA", "BBB"], pd.Timestamp("2025-01-27"), pd.Timestamp("2025-01-31"))
    assert len(answer["AAA"].frame) == 1
    assert list(answer["AAA"].earlier.index) == [pd.Timestamp("2025-01-24")]
    assert source.fetch(["AAA"], pd.Timestamp("2025-01-24"), pd.Timestamp("2025-01-31"))["AAA"].earlier is None
    assert answer["AAA"].origin == "file"
    assert not answer["BBB"].known
    late = source.fetch(["AAA"], pd.Timestamp("2026-01-01"), pd.Timestamp("2026-01-31"))["AAA"]
    assert late.known
    assert "no row in these dates" in str(late.reason)


def test_the_folder_the_study_came_from_is_read_as_it_is(shared):
    assert len(read_prices(Path(shared) / "prices")) == 108


def one_ticker(folder, close, splits, adjusted=None):
    """A file as Yahoo writes it, with the splits it tells."""
    days = pd.bdate_range("2025-01-06", periods=len(close))
    table = pd.DataFrame({"Date": days, "Open": close, "High": close, "Low": close, "Close": close})
    told = [splits.get(k, 0.0) for k in range(len(close))]
    table = table.assign(**{"Adj Close": close if adjusted is None else adjusted, "Volume": 100, "Stock Splits": told})
    table.to_csv(folder / "AAA.csv", index=False)
    return days


@pytest.mark.parametrize("ratio", [2.0, 1.1, 0.75])
@pytest.mark.parametrize("applied", [True, False])
def test_a_split_that_a_file_tells_is_that_of_its_prices(tmp_path, ratio, applied):
    true = np.array([10.0, 10.1, 10.0, 10.2, 10.1])
    close = true if applied else np.where(np.arange(5) < 2, true * ratio, true)
    days = one_ticker(tmp_path, close, {2: ratio})
    history = PriceFiles(tmp_path).fetch(["AAA"], days[1], days[-1])["AAA"]
    assert history.frame["close"].tolist() == pytest.approx(true[1:], rel=1e-12)
    assert history.frame["adj_close"].tolist() == pytest.approx(true[1:], rel=1e-12)
    assert history.earlier["close"].tolist() == pytest.approx(true[:1], rel=1e-12)
    assert ("split_repaired" in [part.key for part in history.note.parts] if history.note else False) == (not applied)
    assert panel_prices(tmp_path)["AAA"].tolist() == pytest.approx(true, rel=1e-12)
    before = PriceFiles(tmp_path).fetch(["AAA"], days[0], days[1])["AAA"]  # quoted before the split
    assert before.frame["close"].tolist() == pytest.approx(true[:2] * ratio, rel=1e-12)


def test_a_split_of_which_the_close_does_not_tell_whether_it_is_applied_is_told(tmp_path):
    days = one_ticker(tmp_path, np.array([11.0, 11.0, 10.0 * 0.95, 9.6]), {2: 1.1})
    note = PriceFiles(tmp_path).fetch(["AAA"], days[0], days[-1])["AAA"].note
    assert [part.key for part in note.parts] == ["split_unclear"]


def test_a_column_of_names_is_no_column_of_a_wide_table(tmp_path):
    (tmp_path / "p.csv").write_text("date,Symbole,Cours\n2025-01-27,AAA,1.5\n2025-01-28,AAA,1.6\n")
    with pytest.raises(PriceError, match="no column 'symbol' or 'close' \\(there are 'date', 'Symbole', 'Cours'\\)"):
        read_prices(tmp_path / "p.csv")


def test_more_symbols_than_are_listed_anywhere_are_no_table_of_prices(tmp_path, monkeypatch):
    monkeypatch.setattr("eventwindow.prices.files.MOST_SYMBOLS", 3)
    rows = [f"2025-01-27,S{k},1.5" for k in range(4)]
    for n in (3, 4):
        (tmp_path / "p.csv").write_text("\n".join(["date,symbol,close", *rows[:n], ""]))
        if n == 3:
            assert len(read_prices(tmp_path / "p.csv")) == 3
    with pytest.raises(PriceError, match="4 symbols in 4 rows: more securities than are listed anywhere"):
        read_prices(tmp_path / "p.csv")
