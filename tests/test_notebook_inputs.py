"""What people have in a notebook: some ninety shapes of returns, events and benchmarks, each with its answer or message."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

import eventwindow as ew

DAYS = pd.bdate_range("2023-01-02", periods=140)
DAY = DAYS[120]
RETURNS = pd.DataFrame(np.random.default_rng(7).normal(0, 0.01, (140, 4)), DAYS, ["MKT", "A", "B", "C"])
RETURNS.loc[DAY, ["A", "B", "C"]] -= 0.05
PRICES = 100 * (1 + RETURNS).cumprod()
EVENTS = pd.DataFrame({"security": ["A", "B", "C"], "date": DAY})
STOCKS = RETURNS[["A", "B", "C"]]
FIELDS = pd.concat({"Close": PRICES, "Volume": PRICES * 0 + 1e6}, axis=1)
ADJUSTED = pd.concat({"Adj Close": PRICES, "Close": PRICES * 2}, axis=1)
STACKED = RETURNS.stack()  # noqa: PD013 as people do
LONG = RETURNS.reset_index(names="date").melt("date", var_name="security", value_name="return")
TEXT = f"{DAY:%Y-%m-%d}"
NUMBERED = RETURNS.set_axis([0, 1, 2, 3], axis=1)


class Foreign:
    """A table of another library, which offers its own way to pandas."""

    def to_pandas(self):
        return RETURNS.reset_index(names="date")


def _study(returns=RETURNS, events=EVENTS, benchmark="MKT", **choices):
    spans = {"estimation": (-110, -11), "window": (-5, 5)}
    return ew.abnormal_returns(returns, events, benchmark=benchmark, **spans | choices)


USED = {  # what is read: it gives the figures of the plain call
    "events: dict": {"events": {"A": TEXT, "B": TEXT}},
    "events: dict of Timestamps": {"events": {"A": DAY, "B": DAY.date()}},
    "events: dict of lists by column": {"events": {"security": ["A", "B"], "date": [TEXT, TEXT]}},
    "events: dict of one event": {"events": {"Ticker": "A", "Date": TEXT}},
    "events: security to its dates": {"events": {"A": [TEXT], "B": [TEXT]}},
    "events: Series by security": {"events": pd.Series({"A": TEXT, "C": TEXT})},
    "events: Series by date": {"events": pd.Series(["A", "B"], index=[DAY, DAY])},
    "events: pairs": {"events": [("A", TEXT), ("B", DAY)]},
    "events: one pair": {"events": ("A", TEXT)},
    "events: list of dicts": {"events": [{"ticker": "A", "date": TEXT}, {"ticker": "B", "date": TEXT}]},
    "events: ticker": {"events": EVENTS.rename(columns={"security": "ticker"})},
    "events: Ticker and Date": {"events": EVENTS.rename(columns={"security": "Ticker", "date": "Date"})},
    "events: securities in the index": {"events": EVENTS.set_index("security")},
    "events: dates in the index": {"events": EVENTS.set_index("date")},
    "events: unnamed index of securities": {"events": EVENTS.set_index("security").rename_axis(None)},
    "dates: text": {"events": EVENTS.assign(date=TEXT)},
    "dates: a zone": {"events": EVENTS.assign(date=DAY.tz_localize("America/New_York"))},
    "dates: datetime.date": {"events": EVENTS.assign(date=dt.date(DAY.year, DAY.month, DAY.day))},
    "events: numpy's day": {"events": {"A": np.datetime64(TEXT)}},
    "events: a period": {"events": {"A": pd.Period(TEXT)}},
    "events: days with the month's name": {"events": {"A": f"{DAY:%b %d, %Y}"}},
    "events: days as in Germany": {"events": {"A": f"{DAY:%d.%m.%Y}"}},
    "events: days as in America": {"events": {"A": f"{DAY:%m/%d/%Y}"}},
    "events: days as whole numbers": {"events": {"A": int(f"{DAY:%Y%m%d}")}},
    "events: an instant in UTC": {"events": {"A": f"{TEXT}T00:00:00Z"}},
    "events: both in the index": {"events": pd.DataFrame(index=pd.MultiIndex.from_frame(EVENTS))},
    "events: categories": {"events": EVENTS.astype({"security": "category"})},
    "events: the number of the row as a column": {"events": EVENTS.reset_index(names="Unnamed: 0")},
    "returns: decimals": {"returns": RETURNS.map(lambda r: Decimal(repr(r)))},
    "returns: Arrow's numbers": {"returns": RETURNS.astype("double[pyarrow]")},
    "returns: objects": {"returns": RETURNS.astype(object)},
    "returns: sparse": {"returns": RETURNS.astype(pd.SparseDtype("float"))},
    "returns: lists by column": {"returns": {"date": list(DAYS)} | {c: list(RETURNS[c]) for c in RETURNS}},
    "returns: dates as in England": {"returns": RETURNS.set_axis(RETURNS.index.strftime("%d/%m/%Y"))},
    "returns: the number of the row as a column": {
        "returns": RETURNS.reset_index(names="Date").reset_index(names="Unnamed: 0")
    },
    "returns: one security": {"returns": RETURNS["A"], "benchmark": RETURNS["MKT"], "events": {"A": DAY}},
    "benchmark: rows in another order": {"returns": STOCKS, "benchmark": RETURNS["MKT"].sample(frac=1, random_state=1)},
    "window: a list": {"window": [-5, 5]},
    "returns: long": {"returns": LONG},
    "returns: long, as CRSP names it": {
        "returns": LONG.rename(columns={"security": "PERMNO", "return": "RET"}).assign(vol=1.0)
    },
    "returns: long, in the index": {"returns": LONG.set_index(["date", "security"])},
    "returns: stacked Series": {"returns": STACKED},
    "returns: stacked the other way": {"returns": STACKED.swaplevel()},
    "returns: dict of Series": {"returns": {name: RETURNS[name] for name in RETURNS}},
    "returns: another library's table": {"returns": Foreign()},
    "returns: dates in a column": {"returns": RETURNS.reset_index(names="Date")},
    "returns: dates in a column, as text": {"returns": RETURNS.reset_index(names="Date").astype({"Date": str})},
    "returns: index of text": {"returns": RETURNS.set_axis(RETURNS.index.strftime("%Y-%m-%d"))},
    "returns: index with a zone": {"returns": RETURNS.tz_localize("America/New_York")},
    "returns: index of datetime.date": {"returns": RETURNS.set_axis(list(RETURNS.index.date))},
    "returns: index of periods": {"returns": RETURNS.set_axis(RETURNS.index.to_period("D"))},
    "prices: yfinance's columns": {"returns": FIELDS, "values": "prices"},
    "prices: yfinance by ticker": {"returns": FIELDS.swaplevel(axis=1), "values": "prices"},
    "prices: yfinance unadjusted": {"returns": ADJUSTED, "values": "prices"},
    "prices: yfinance's closes": {"returns": FIELDS[["Close"]], "values": "prices"},
    "benchmark: Series": {"returns": STOCKS, "benchmark": RETURNS["MKT"]},
    "benchmark: unnamed Series": {"returns": STOCKS, "benchmark": RETURNS["MKT"].rename(None)},
    "benchmark: Series with a zone": {"returns": STOCKS, "benchmark": RETURNS["MKT"].tz_localize("America/New_York")},
    "benchmark: Frame of one column": {"returns": STOCKS, "benchmark": RETURNS[["MKT"]]},
    "benchmark: Series of prices": {"returns": PRICES[["A", "B", "C"]], "benchmark": PRICES["MKT"], "values": "prices"},
    "benchmark: Series that is a column too": {"benchmark": RETURNS["MKT"]},
}


@pytest.mark.parametrize("name", USED)
def test_what_can_be_read_gives_the_figures_of_the_plain_call(name):
    found, plain = _study(**USED[name]), _study()
    chosen = plain.select(list(found.labels["security"]))
    assert len(found) >= 1 and not len(found.excluded)
    np.testing.assert_allclose(found.ar, chosen.ar, rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    ("returns", "securities", "market"),
    [
        (NUMBERED, [1, 2, 3], 0),
        (NUMBERED, ["1", "2", "3"], 0),
        (NUMBERED, [1.0, 2.0, 3.0], 0.0),
        (NUMBERED.set_axis(["0", "1", "2", "3"], axis=1), [1, 2, 3], "0"),
    ],
)
def test_numbers_name_securities_whatever_their_type(returns, securities, market):
    found = _study(returns, EVENTS.assign(security=securities), market)
    assert list(found.labels["security"]) == ["1", "2", "3"]
    np.testing.assert_array_equal(found.ar, _study().ar)


TOLD = {  # what is not: one sentence and the remedy
    "events: a date alone": ({"events": TEXT}, r"a str is no list of events\nGive \{\"NVDA\""),
    "events: nothing that names": ({"events": [1, 2]}, r"a list is no list of events"),
    "events: with a time of day": ({"events": {"A": f"{TEXT} 16:30"}}, r"has a time of day\n.*column `time`"),
    "events: a security that is not there": ({"events": {"X": TEXT}}, r"security 'X' is no column"),
    "events: an empty list": ({"events": []}, r"the table of events is empty\nGive at least one"),
    "events: none": ({"events": EVENTS[:0]}, r"the table of events is empty"),
    "events: a table in a cell": (
        {"events": {"A": {"date": TEXT}}},
        r"index 0: a dict in the column 'date'\nOne value",
    ),
    "events: a set in a cell": ({"events": {"A": {TEXT}}}, r"a set in the column 'date'"),
    "events: a list in a cell": ({"events": [("A", [TEXT])]}, r"a list in the column 'date'"),
    "events: two names in a cell": ({"events": {("A", "B"): TEXT}}, r"a tuple in the column 'security'"),
    "events: a day that reads two ways": ({"events": {"A": "03/04/2023"}}, r"reads two ways"),
    "events: a number of Excel's": ({"events": {"A": 45096}}, r"'45096' is not a date"),
    "events: a row without a date": (
        {"events": EVENTS.assign(date=[DAY, None, DAY])},
        r"index 1: a row without a date",
    ),
    "events: a row without a name": ({"events": EVENTS.assign(security=["A", None, "C"])}, r"without a security"),
    "events: each twice": ({"events": pd.concat([EVENTS, EVENTS])}, r"3 of 6 events in the list before"),
    "events: dummies": ({"events": (RETURNS * 0)[["A", "B"]]}, r"no column 'security' \(there are 'A', 'B'\)"),
    "events: after the data": (
        {"events": {"A": "2031-01-02"}},
        r"after the last session.*\nGive returns that reach it",
    ),
    "returns: complex": ({"returns": RETURNS.astype(complex)}, r"'MKT' holds \(.*j\) at 2023-01-02\nGive numbers"),
    "returns: a flag": ({"returns": RETURNS.assign(listed=True)}, r"'listed' holds True at 2023-01-02\nGive numbers"),
    "returns: a sector": ({"returns": RETURNS.assign(sector="chips")}, r"'sector' holds the text 'chips'"),
    "returns: per cent as text": ({"returns": (RETURNS * 100).map("{:.2f}%".format)}, r"holds the text '0.00%'"),
    "returns: a row without a date": (
        {"returns": RETURNS.set_axis([pd.NaT, *DAYS[1:]])},
        r"a row without a date\nWrite its date",
    ),
    "returns: closes at four": (
        {"returns": RETURNS.set_axis(DAYS + pd.Timedelta(hours=16))},
        r"has a time of day.*\nTake the time away",
    ),
    "prices: below zero": ({"returns": -PRICES, "values": "prices"}, r"a price of -.*\nA price is above zero"),
    "estimation: a number of days": ({"estimation": 250}, r"\[250,250\] is one day\nGive its first and last"),
    "estimation: into the event": ({"estimation": (-110, 0)}, r"overlaps .*\nEnd it before -5"),
    "window: turned round": ({"window": (5, -5)}, r"starts after its end\nSwap"),
    "window: a text": ({"window": "-5,5"}, r"is no window of trading days\nGive a day"),
    "returns: an array": ({"returns": RETURNS.to_numpy()}, r"a ndarray instead of a table\nGive a DataFrame"),
    "returns: turned over": ({"returns": RETURNS.T}, r"the dates stand in the columns\nTurn it over: table.T"),
    "returns: newest first": ({"returns": RETURNS[::-1]}, r"stands after a later date\nSort the rows"),
    "returns: a day twice": ({"returns": pd.concat([RETURNS, RETURNS[-1:]])}, r"stands twice\nKeep one"),
    "returns: a name twice": (
        {"returns": RETURNS.set_axis(["MKT", "A", "A", "C"], axis=1)},
        r"two columns are called 'A'",
    ),
    "returns: a name as number and text": (
        {"returns": RETURNS.set_axis(["MKT", 1, "1", "C"], axis=1)},
        r"two columns are called '1'",
    ),
    "returns: no dates at all": (
        {"returns": RETURNS.reset_index(drop=True)},
        r"the index holds no dates\nMake the column of dates the index",
    ),
    "returns: long, two figures": (
        {"returns": LONG.rename(columns={"return": "x"}).assign(y=1.0)},
        r"2 columns of numbers \(x, y\)\nKeep one",
    ),
    "returns: long, a row twice": ({"returns": pd.concat([LONG, LONG[-1:]])}, r"C stands twice"),
    "returns: per cent": ({"returns": RETURNS * 100}, r"returns in per cent\nDivide them by 100"),
    "returns: prices": ({"returns": PRICES}, r"these are prices, not returns\nTurn them into returns"),
    "returns: text": ({"returns": RETURNS.astype(str)}, r"holds the text .* at 2023-01-02\nGive numbers"),
    "returns: yfinance's fields": ({"returns": FIELDS}, r"columns of 2 levels \(Close, MKT, …\)\nTake one field"),
    "benchmark: not there": ({"benchmark": "SPY"}, r"benchmark 'SPY' is no column"),
    "benchmark: none": ({"benchmark": None}, r"needs the factor 'market'.*\nGive benchmark="),
    "benchmark: empty column": (
        {"returns": RETURNS.assign(MKT=np.nan)},
        r"the benchmark 'MKT' has no figure on any day\nGive its",
    ),
    "benchmark: empty Series": (
        {"returns": STOCKS, "benchmark": RETURNS["MKT"] * np.nan},
        r"'MKT' has no figure on any day",
    ),
    "benchmark: prices for returns": (
        {"returns": STOCKS, "benchmark": PRICES["MKT"]},
        r"'MKT'.*these are prices, not returns",
    ),
    "benchmark: another one of that name": (
        {"benchmark": RETURNS["A"].rename("MKT")},
        r"another column 'MKT'\nName the series",
    ),
    "benchmark: other days": ({"returns": STOCKS, "benchmark": RETURNS["MKT"].shift(freq="5000D")}, r"share no day"),
    "benchmark: two columns": ({"benchmark": RETURNS[["MKT", "A"]]}, r"a benchmark of 2 columns"),
}


@pytest.mark.parametrize("name", TOLD)
def test_what_cannot_be_read_says_so_with_the_remedy(name):
    given, words = TOLD[name]
    with pytest.raises(ew.StudyError, match=f"(?s){words}"):
        _study(**given)


def test_how_a_table_was_read_is_told():
    assert "the column 'Date' is read as the dates of the rows" in _study(RETURNS.reset_index(names="Date")).notes
    assert "of the fields of the table 'Adj Close' is taken" in _study(ADJUSTED, values="prices").notes


def test_a_security_against_itself_and_a_short_benchmark_are_left_out_with_their_reason():
    found = _study(events={"A": DAY, "MKT": DAY})
    assert list(found.labels["security"]) == ["A"]
    assert found.excluded[["security", "reason"]].to_numpy().tolist() == [["MKT", "the security is its own benchmark"]]
    short = _study(RETURNS.assign(MKT=RETURNS["MKT"].where(RETURNS.index > DAYS[60])))
    assert repr(short).startswith(
        "Abnormal returns of 0 events over [-5,5]; 3 excluded: 49 returns in the estimation window [-110,-11], 100 needed"
    )


@pytest.mark.parametrize("span", [1, (1, 1), [1, 1], slice(1, 1), ew.Window(1, 1), np.int64(1)])
def test_every_form_of_a_window_means_its_days(span):
    study = _study()
    assert study.car(span).window == study.summary(span).window == ew.Window(1, 1)
    np.testing.assert_array_equal(study.car(span).car, study.ar[:, 6])
    assert study.caar(span) == study.ar[:, 6].mean()


def test_day_0_is_a_day_and_no_window_is_every_day():
    study = _study()
    assert study.caar(0) == study.ar[:, 5].mean() == study.summary(0).mean_car
    assert study.caar() == pytest.approx(study.ar.sum(axis=1).mean())


def test_the_tables_that_were_given_stay_as_they_were():
    returns, events = RETURNS.reset_index(names="Date"), EVENTS.rename(columns={"security": "Ticker"})
    before = returns.copy(), events.copy()
    _study(returns, events)
    pd.testing.assert_frame_equal(returns, before[0])
    pd.testing.assert_frame_equal(events, before[1])


@pytest.mark.parametrize(
    "wrong", [RETURNS["MKT"].to_numpy(), list(RETURNS["MKT"]), ["MKT"], ("MKT", "A"), {"MKT": 1}, RETURNS.columns]
)
@pytest.mark.parametrize("panel", ["frame", "file"])
def test_what_is_no_name_of_a_benchmark_is_told(wrong, panel, tmp_path):
    """A bare array ended in numpy's own words: its truth value is ambiguous."""
    with pytest.raises(ew.StudyError, match="is no benchmark") as told:
        if panel == "frame":
            _study(benchmark=wrong)
        else:
            RETURNS.rename_axis("date").to_csv(tmp_path / "panel.csv")
            ew.panel_study(tmp_path / "panel.csv", EVENTS, benchmark=wrong)
    assert "Give the name of a column" in told.value.remedy


@pytest.mark.parametrize("model", [None, np.array([1]), ["capm"], 3, "fama"])
def test_what_is_no_model_is_told_with_those_that_are(model):
    with pytest.raises(ew.StudyError, match=r"is no model|is unknown") as told:
        _study(model=model)
    assert "market_model" in told.value.remedy


def test_one_peer_may_stand_alone():
    alone, listed = (
        _study(events={"A": DAY}, benchmark=None, model="peer_index", peers=peers) for peers in ("B", ["B"])
    )
    assert alone.car(0).car == pytest.approx(listed.car(0).car)


@pytest.mark.parametrize(
    ("choices", "said"),
    [
        ({"benchmark": None, "model": "peer_index", "peers": ["A", "X"]}, "peer 'X' is no column"),
        ({"session": "soon"}, "session = 'soon' is no rule"),
        ({"minimum_returns": 0}, "minimum_returns = 0"),
        ({"minimum_returns": True}, "minimum_returns = True"),
        ({"returns": pd.concat([RETURNS, RETURNS[["A"]]], axis=1)}, "'A'"),
        (
            {"returns": RETURNS.assign(A=RETURNS["A"].replace(RETURNS["A"].iloc[20], np.inf))},
            "'A' has an infinite return",
        ),
        ({"benchmark": pd.concat([RETURNS["MKT"], RETURNS["MKT"][-1:]]).rename("own")}, "stands twice"),
        ({"benchmark": RETURNS[["MKT", "A"]]}, "a benchmark of 2 columns"),
    ],
)
def test_a_choice_that_cannot_be_is_refused_by_its_name(choices, said):
    with pytest.raises(ew.StudyError) as told:
        _study(**choices)
    assert said in told.value.what


def test_a_peer_that_has_an_event_itself_is_told():
    with pytest.warns(UserWarning, match="A: a peer that is itself in the study"):
        result = _study(benchmark=None, model="peer_index", peers=["A", "B"], events={"A": DAY})
    assert any("hides part of the effect" in str(note) for note in result.notes)


@pytest.mark.parametrize("columns", [["security", "symbol", "date"], ["security", "date", "event_date"]])
def test_two_columns_for_one_thing_are_no_list(columns):
    """One of them was read, the other left out without a word."""
    events = pd.DataFrame([["A", TEXT, "2023-06-01"] if "event_date" in columns else ["A", "B", TEXT]], columns=columns)
    with pytest.raises(ew.StudyError, match="two columns for the"):
        ew.panel_study(RETURNS, events, benchmark="MKT", window=(-5, 5), estimation=(-110, -11))
