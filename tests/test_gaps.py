"""A price that a file lacks: no return over it is told as a day's, no line is drawn as if it were there."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from eventwindow import abnormal_returns, panel_study, run_study
from eventwindow.report.context import Context
from eventwindow.report.figures.car import car_data
from eventwindow.report.figures.gains import _change
from eventwindow.report.figures.placebos import permutation
from eventwindow.report.figures.prices import prices, prices_data
from eventwindow.report.figures.recovery import recovery, recovery_data
from eventwindow.report.language import language, percent
from eventwindow.report.markdown import unmarked
from eventwindow.report.sections.abnormal import day_table
from eventwindow.report.sections.headline import basket_sentence, first_sentence
from eventwindow.report.sections.market import market_part
from eventwindow.report.sections.story import answer, story
from eventwindow.report.sections.tests import tests as of_the_basket
from eventwindow.study.library import new_study, shipped_figures

BEFORE, ZERO, AFTER, LATER = "2025-01-24", "2025-01-27", "2025-01-28", "2025-02-10"
EARLIER, LAST = "2025-01-23", "2025-02-18"
CODES = ("en", "zh-Hant", "zh-Hans")


@pytest.fixture(scope="module")
def closes(template):
    return {s: frame["adj_close"] for s, frame in template.evidence.prices.items()}


@pytest.fixture(scope="module")
def lacking(tmp_path_factory):
    """The template study whose file lacks some rows, as a reader of a language meets it; each is run once."""
    held = {}

    def context(code, *gaps, edit=lambda table: table):
        if (gaps, edit) not in held:
            folder = tmp_path_factory.mktemp("gaps") / "study"
            new_study(folder)
            path = folder / "figures" / "daily.csv"
            table = pd.read_csv(path)
            rows = pd.Series([*zip(table["symbol"], table["date"], strict=True)], table.index)
            edit(table[~rows.isin(gaps)]).to_csv(path, index=False)
            held[gaps, edit] = run_study(folder, prices="shipped")
        return Context(held[gaps, edit], language(code))

    return context


def told(context):
    return " ".join(unmarked(sentence) for sentence in answer(context))


def between(series, first, last):
    return series[last] / series[first] - 1


@pytest.mark.parametrize("code", CODES)
def test_a_return_over_two_sessions_says_so_wherever_it_is_told(code, lacking, closes):
    context = lacking(code, ("NVDA", BEFORE))
    ends = [context.language.day(day) for day in (EARLIER, ZERO)]
    move = percent(between(closes["NVDA"], EARLIER, ZERO))
    title = prices(context).title
    for sentence in (told(context), unmarked(first_sentence(context)), title, unmarked(market_part(context))):
        assert all(end in sentence for end in ends), sentence
    assert move in title
    assert context.language.day(BEFORE) in told(context)
    market = percent(between(closes["SPY"], EARLIER, ZERO))
    for sentence in (first_sentence(context), market_part(context)):
        assert market in unmarked(sentence).replace("\u00a0", " ") or market.replace(" ", "") in unmarked(sentence)


@pytest.mark.parametrize("code", CODES)
def test_a_day_without_a_price_is_said_to_be_one(code, lacking):
    context = lacking(code, ("NVDA", ZERO))
    day = context.language.day(ZERO)
    values = {"name": context.name("NVDA"), "day": day}
    assert context.language.written(context.language.text("story.no_price", **values)) in told(context)
    assert prices(context).title == context.language.text("prices.title_none", **values)
    assert not first_sentence(context)
    assert not market_part(context)


@pytest.mark.parametrize("gap", [("NVDA", BEFORE), ("NVDA", ZERO), ("NVDA", AFTER), ("NVDA", LATER), ("SPY", ZERO)])
def test_the_lines_are_the_prices_each_security_on_its_own_sessions(gap, lacking, closes):
    context = lacking("en", gap)
    for data in (recovery_data(context), prices_data(context)):
        start = data.index[0]
        for security in data:
            expected = closes[security].reindex(data.index) / closes[security][start] - 1
            if security == gap[0]:
                expected = expected.drop(pd.Timestamp(gap[1]), errors="ignore").reindex(data.index)
            pd.testing.assert_series_equal(data[security], expected, check_names=False, check_freq=False)


def test_the_line_of_what_came_back_says_from_when_where_that_is_not_the_session_before(lacking, closes):
    context = lacking("en", ("NVDA", BEFORE))
    chart = recovery(context)
    assert chart.data["date"].iloc[0] == pd.Timestamp(EARLIER)
    assert percent(between(closes["NVDA"], EARLIER, LAST)) in chart.title
    for words in (chart.title, chart.caption, chart.alt):
        assert "23 January 2025" in words
    whole = recovery(lacking("en"))
    assert percent(between(closes["NVDA"], BEFORE, LAST)) in whole.title
    assert whole.caption == "Return since the close before day 0."


def test_a_market_without_a_price_leaves_the_move_and_says_what_is_missing(lacking):
    context = lacking("en", ("SPY", BEFORE))
    assert told(context).startswith("Nvidia fell by 17 per cent on 27 January 2025; how much of that is abnormal")
    assert "No price: SPY on 24 January 2025." in told(context)


def test_a_file_without_a_gap_has_no_word_of_one(lacking):
    assert "No price" not in told(lacking("en"))


def test_many_gaps_are_counted(lacking):
    days = ("2025-01-30", "2025-01-31", "2025-02-03", "2025-02-04", "2025-02-05", "2025-02-06")
    context = lacking("en", *[("KO", day) for day in days])
    assert "No price: Coca-Cola on 6 sessions from 30 January 2025 to 6 February 2025." in told(context)


def test_a_change_of_value_needs_the_close_of_the_session_before(deepseek):
    context = Context(deepseek, language("en"))
    assert _change(context, "NVDA") < 0
    returns = deepseek.evidence.returns["NVDA"].copy()
    returns[ZERO] = float("nan")
    evidence = replace(deepseek.evidence, returns={**deepseek.evidence.returns, "NVDA": returns})
    assert _change(Context(replace(deepseek, evidence=evidence), language("en")), "NVDA") is None


def _split(table):
    """Prices of one security before a day ten times those after: a split that the file missed."""
    rows = (table["symbol"] == "NVDA") & (table["date"] < "2024-06-10")
    columns = ["open", "high", "low", "close", "adj_close"]
    return table.assign(**{c: table[c].where(~rows, 10 * table[c]) for c in columns if c in table})


@pytest.mark.parametrize("code", CODES)
def test_a_return_that_no_share_has_is_told_on_the_front_page(code, lacking):
    context = lacking(code, edit=_split)
    found = context.table("data_quality").query("kind == 'implausible_return'")
    assert list(found["security"]) == ["NVDA"]
    assert context.language.day("2024-06-10") in told(context)
    assert "89.9" in told(context)
    assert "89.9" not in told(lacking(code))


NOTHING = "no return in the window, of the security or of what it is held against"
WINDOWS = ((0, 0), (-1, 1), (0, 1), (1, 5), (-5, 5), (-5, -2))


def _with_a_gap(symbol, day):
    """Returns whose column `symbol` lacks one, on trading day `day` from day 0."""
    rng = np.random.default_rng(4)
    sessions = pd.bdate_range("2024-01-02", periods=200).rename("date")
    moves = rng.normal(0, 0.01, (200, 3))
    table = pd.DataFrame(moves, sessions, ["A", "B", "MKT"])
    table.loc[sessions[180 + day], symbol] = np.nan
    return table, pd.DataFrame({"security": ["A", "B"], "date": sessions[180], "event": ["A", "B"]})


@pytest.mark.parametrize("symbol", ["A", "MKT"])
@pytest.mark.parametrize("day", [-5, -1, 0, 1, 3, 5])
def test_a_day_that_leaves_a_sum_is_told_beside_it_whoever_lacks_it(symbol, day):
    """Of the security or of its benchmark, by the library and in an event list."""
    table, events = _with_a_gap(symbol, day)
    options = {"benchmark": "MKT", "estimation": (-150, -11), "window": (-5, 5), "minimum_returns": 60}
    study = abnormal_returns(table, events, **options)
    listed = panel_study(table, events, report=WINDOWS, workers=1, **options)
    for window in WINDOWS:
        length = window[1] - window[0] + 1
        lost = np.array([window[0] <= day <= window[1] and symbol in (one, "MKT") for one in ("A", "B")])
        left = f"1 of {length} days without a return, left out of the sum"
        expected = ["" if not gone else left if length > 1 else NOTHING for gone in lost]
        assert [str(note) for note in study.car(window).to_frame()["note"]] == expected
        rows = listed.cumulative.query("window_start == @window[0] and window_end == @window[1]").set_index("security")
        np.testing.assert_allclose(rows.loc[["A", "B"], "car"], study.car(window).car)


def test_a_day_that_leaves_a_window_of_its_own_is_told_with_that_windows_days():
    table, events = _with_a_gap("MKT", 1)
    events = events.assign(window_start=[0, -1], window_end=[2, 3])
    options = {"benchmark": "MKT", "estimation": (-150, -11), "window": (-5, 5), "minimum_returns": 60}
    notes = abnormal_returns(table, events, **options).car().to_frame()["note"]
    assert [str(note) for note in notes] == [f"1 of {n} days without a return, left out of the sum" for n in (3, 5)]


@pytest.mark.parametrize(("day", "last"), [(BEFORE, -2), (ZERO, -1)])
def test_a_line_of_sums_ends_where_day_0_has_no_return(day, last, lacking):
    assert car_data(lacking("en", ("SPY", day)))["tau"].max() == last


def test_a_benchmark_that_ends_early_ends_the_line_and_is_told_beside_each_sum(lacking):
    """Days 0 and +1 are held; a sum to day +5 lacks four of its six."""
    whole, short = lacking("en").table("firms"), lacking("en", edit=_ended).table("firms")
    reached = short["window_end"] <= 1
    np.testing.assert_allclose(short.loc[reached, "car"], whole.loc[reached, "car"])
    told = short.loc[~reached & (short["window_start"] >= 0), "note"]
    assert len(told) and all("without a return, left out of the sum" in str(note) for note in told)
    assert car_data(lacking("en", edit=_ended))["tau"].max() == 1


def _ended(table):
    """SPY has no price from the second session after day 0 on."""
    return table[(table["symbol"] != "SPY") | (table["date"] <= AFTER)]


def _swapped(table):
    """The closes of two securities are exchanged on day 0."""
    one, other = (table.index[(table["symbol"] == s) & (table["date"] == ZERO)] for s in ("NVDA", "TSM"))
    columns = [c for c in table if c not in ("symbol", "date")]
    held = table.copy()
    held.loc[one, columns], held.loc[other, columns] = (table.loc[i, columns].to_numpy() for i in (other, one))
    return held


@pytest.mark.parametrize("code", CODES)
def test_a_price_that_the_check_doubts_is_doubted_on_the_front_page(code, lacking):
    context = lacking(code, edit=_swapped)
    found = context.table("data_quality").query("kind == 'reversal' and security == 'NVDA'")
    [reason] = found["text_en"]
    assert context.language.reason(reason.value("reason")) in told(context)
    assert context.language.reason(reason.value("reason")) not in told(lacking(code))


def test_where_nothing_is_abnormal_the_page_has_no_empty_section_nor_a_link_to_one(lacking):
    context = lacking("en", edit=lambda table: table[(table["symbol"] != "SPY") | (table["date"] < ZERO)])
    assert "how_sure" not in [section.key for section in story(context, ())]
    assert "#robustness" not in "".join(str(block) for section in story(context, ()) for block in section.blocks)
    assert "could run" in "".join(str(block) for block in of_the_basket(context))
    every = [cell for row in day_table(context, context.members, "").rows for cell in row]
    assert context.language.text("common.minus_to", low="", high="") not in every


@pytest.mark.parametrize("code", CODES)
def test_a_benchmark_that_ends_is_named_on_the_front_page(code, lacking):
    """Before day 0, where nothing abnormal is known, and after it, where the sums of later days lack what they need."""
    language_ = lacking(code).language
    for last, edit in ((BEFORE, _before_zero), (AFTER, _ended)):
        said = told(lacking(code, edit=edit))
        sentence = language_.text("story.ended", name="SPY", day=language_.day(last))
        assert language_.written(sentence) in said
    assert language_.text("story.ended", name="SPY", day="").split("SPY")[1][:8] not in told(lacking(code))


def _before_zero(table):
    """SPY has no price from day 0 on."""
    return table[(table["symbol"] != "SPY") | (table["date"] < ZERO)]


@pytest.mark.parametrize("code", CODES)
def test_a_mean_over_days_0_of_several_exchanges_says_so(code, abroad, template):
    """Taipei is closed on the day of the others: the mean is over two days, the figure over those of one."""
    context, alone = Context(abroad, language(code)), Context(template, language(code))
    apart = context.language.text("finding.apart")
    assert apart in unmarked(basket_sentence(context))
    assert apart not in unmarked(basket_sentence(alone))
    basket = context.group_name(context.basket)
    who = context.language.text("permutation.same_day", n=3, all=4, basket=basket)
    assert context.language.written(who[:1].upper() + who[1:]) in permutation(context).title


@pytest.fixture(scope="module")
def abroad(tmp_path_factory):
    """The template study with a share of Taipei in its basket."""
    folder = tmp_path_factory.mktemp("abroad") / "study"
    new_study(folder)
    study, path = folder / "study.toml", folder / "figures" / "daily.csv"
    text = study.read_text(encoding="utf-8")
    assert text.count('"KO"]') == 1 and text.count('session = "error"') == 1
    text = text.replace('"KO"]', '"KO", "2330.TW"]').replace('session = "error"', 'session = "next"')
    taipei = ["", "[[securities]]", 'symbol = "2330.TW"', 'exchange = "XTAI"', 'currency = "TWD"', 'benchmark = "none"']
    study.write_text("\n".join([text, *taipei, 'name_en = "TSMC (Taipei)"', ""]), encoding="utf-8")
    table = pd.concat([pd.read_csv(path), pd.read_csv(io.StringIO(shipped_figures(["2330.TW"])))])
    table.to_csv(path, index=False)
    return run_study(folder, prices="shipped")
