"""Every kind of finding: what brings it about, what it names, and that sound prices bring about none."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from eventwindow.calendars.exchange import exchange_calendar
from eventwindow.errors import catalogue, languages
from eventwindow.prices import checks
from eventwindow.prices.bundled import shipped_histories
from eventwindow.prices.checks import check_history
from eventwindow.prices.history import PriceHistory, Prices, history_frame
from eventwindow.prices.reconcile import (
    common_moves,
    exchanged,
    mixed_up,
    out_of_step,
    reconcile,
    reconcile_with_shipped,
)
from eventwindow.study.check import _findings

FIGURES = Path(__file__).parents[1] / "src" / "eventwindow" / "study" / "library" / "deepseek_2025" / "figures"
CALENDAR = exchange_calendar("XNYS", pd.Timestamp("2024-12-02").date(), pd.Timestamp("2025-02-28").date())
LONGER = exchange_calendar("XNYS", pd.Timestamp("2024-06-03").date(), pd.Timestamp("2025-02-28").date())
chinese = catalogue("zh-Hant").reason
DAY = pd.Timestamp("2025-01-15")


def sound():
    """A frame of sound prices on every session of New York, with a dividend of 0.5 on 3 February."""
    days = CALENDAR.sessions
    close = np.round(100 + np.cumsum(np.where(np.arange(len(days)) % 2, 0.9, -0.8)), 2)
    frame = pd.DataFrame({"open": close, "high": close + 1, "low": close - 1, "close": close}, index=days)
    before = frame.index < pd.Timestamp("2025-02-03")
    factor = 1 - 0.5 / frame["close"][before].iloc[-1]
    return history_frame(frame.assign(adj_close=np.where(before, close * factor, close), volume=1e6))


DIVIDENDS = pd.Series({pd.Timestamp("2025-02-03"): 0.5})


def check(frame, dividends=DIVIDENDS, currency="USD", **options):
    return check_history(PriceHistory("AAA", frame, "yahoo", "", currency, dividends), CALENDAR, **options)


def changed(column, value, day=DAY):
    frame = sound()
    frame.loc[day, column] = value
    return frame


def kinds(findings):
    return [(f.kind, None if f.date is None else str(f.date.date())) for f in findings]


def test_sound_prices_bring_about_nothing():
    assert check(sound(), day_zero={"event": DAY}, currency="USD") == []
    assert check(sound(), dividends=None) == []


@pytest.mark.parametrize("column", ["open", "high", "low", "close", "adj_close"])
@pytest.mark.parametrize("value", [0.0, -1.5])
def test_a_price_of_zero_or_below_is_an_error(column, value):
    (finding,) = check(changed(column, value))
    assert (finding.level, finding.kind, finding.date) == ("error", "not_positive", DAY)
    assert finding.figures == {"column": column, "value": value}


def test_a_duplicate_date_is_an_error():
    frame = sound()
    (finding,) = check(pd.concat([frame, frame.loc[[DAY]]]).sort_index())
    assert (finding.level, finding.kind, finding.date) == ("error", "duplicate_date", DAY)


def test_no_row_on_day_zero_is_an_error_that_names_the_event():
    findings = check(sound().loc[:DAY].drop(DAY), day_zero={"release": DAY})
    assert kinds(findings)[0] == ("no_day_zero", "2025-01-15")
    assert "release" in str(findings[0].reason)
    assert "release" in chinese(findings[0].reason)


def test_a_missing_session_and_a_row_without_a_session():
    frame = sound().rename(index={DAY: pd.Timestamp("2025-01-18")}).sort_index()
    found = kinds(check(frame))
    assert ("missing_session", "2025-01-15") in found
    assert ("moves", "2025-01-18") in found


def on_weekdays(frame):
    """The same prices in the same order, dated by weekdays: after each holiday a day early."""
    return frame.set_axis(pd.bdate_range(frame.index[0], periods=len(frame)))


def padded(frame):
    """Every weekday has a row; on a holiday it repeats the one before."""
    return frame.reindex(pd.bdate_range(frame.index[0], frame.index[-1])).ffill()


def test_prices_that_move_on_closed_days_stand_on_a_wrong_calendar():
    findings = check(on_weekdays(sound()))
    assert kinds(findings)[0] == ("wrong_calendar", "2024-12-25")
    assert findings[0].level == "error"
    assert findings[0].figures == {"days": 5, "mic": "XNYS"}
    days = [day for kind, day in kinds(findings) if kind == "moves"]
    assert days == ["2024-12-25", "2025-01-01", "2025-01-09", "2025-01-20", "2025-02-17"]


def test_what_is_traded_around_the_clock_may_move_on_a_holiday():
    found = kinds(check(on_weekdays(sound()), around_the_clock=True))
    assert "wrong_calendar" not in [kind for kind, _ in found]
    assert ("moves", "2025-01-20") in found


def test_padding_repeats_the_close_and_is_no_error():
    findings = check(padded(sound()))
    assert {f.level for f in findings} == {"warning"}
    assert len([f for f in findings if f.kind == "no_session"]) == 5


def test_two_days_that_the_calendar_does_not_know_are_no_error():
    frame = sound()
    extra = frame.iloc[[10, 20]].set_axis(pd.to_datetime(["2025-01-09", "2025-01-20"])) * 1.5
    found = kinds(check(pd.concat([frame, extra]).sort_index()))
    assert ("moves", "2025-01-09") in found
    assert "wrong_calendar" not in [kind for kind, _ in found]


def test_the_day_of_mourning_is_no_session():
    assert pd.Timestamp("2025-01-09") not in CALENDAR.sessions


def test_taipei_on_its_typhoon_day_is_not_missed():
    frame = shipped_histories(FIGURES, ["2330.TW"])["2330.TW"].frame
    calendar = exchange_calendar("XTAI", pd.Timestamp("2022-12-01").date(), pd.Timestamp("2025-02-28").date())
    assert pd.Timestamp("2024-10-31") not in frame.index
    found = kinds(check_history(PriceHistory("2330.TW", frame, "shipped"), calendar))
    assert found == [("repeated_close", "2023-12-20")]


def test_high_below_low():
    assert kinds(check(changed("high", 1.0))) == [("high_below_low", "2025-01-15")]


def test_a_close_outside_the_days_range_names_all_three():
    frame = changed("high", sound().loc[DAY, "close"] - 0.5)
    (finding,) = check(frame)
    assert finding.kind == "outside_range"
    assert finding.figures["high"] == frame.loc[DAY, "high"]
    assert finding.figures["close"] == frame.loc[DAY, "close"]


def test_closes_that_stand_still():
    frame = sound()
    days = frame.index[10:14]
    shift = frame["adj_close"] / frame["close"]
    frame.loc[days, "close"] = frame.loc[days[0], "close"]
    frame["high"], frame["low"], frame["adj_close"] = frame["close"] + 1, frame["close"] - 1, frame["close"] * shift
    (finding,) = check(frame)
    assert (finding.kind, finding.date, finding.figures["days"]) == ("repeated_close", days[-1], 4)


def test_a_return_beyond_forty_per_cent_is_doubted_unless_it_is_an_event():
    frame = sound()
    columns = ["open", "high", "low", "close", "adj_close"]
    frame.loc[DAY:, columns] /= 2
    for days in ({}, {"day_zero": {"event": DAY}}, {"others": [DAY]}):  # the ratio of a split is doubted on any day
        (finding,) = check(frame, dividends=None, **days)
        assert (finding.kind, finding.date, finding.figures["split"]) == ("split_ratio", DAY, "2:1")
        assert finding.figures["value"] == pytest.approx(-0.5, abs=0.02)
    frame.loc[DAY:, columns] *= 0.9
    (finding,) = check(frame, dividends=None)
    assert (finding.kind, finding.date) == ("large_return", DAY)
    for days in ({"day_zero": {"event": DAY}}, {"others": [DAY]}):  # news and a split may fall on one day
        (finding,) = check(frame, dividends=None, **days)
        assert (finding.kind, finding.date) == ("large_on_event", DAY)


def test_a_split_of_the_benchmark_is_told_though_the_others_fall_by_the_news():
    frame = sound()
    frame.loc[DAY:, ["open", "high", "low", "close", "adj_close"]] /= 2
    found = check(frame, dividends=None, others=[DAY], common=lambda day: -0.08 if day == DAY else 0.0)
    assert kinds(found) == [("split_ratio", "2025-01-15")]


def test_rows_that_are_no_session_bring_about_no_other_finding():
    """Closes carried over a weekend: the prices are read without them, and so are the checks."""
    frame, saturdays = sound(), pd.date_range("2025-01-11", periods=3, freq="7D")
    padded = frame.reindex(frame.index.union(saturdays).union(saturdays + pd.Timedelta(days=1))).ffill()
    found = check(padded.assign(volume=np.nan), windows=[(padded.index[0], padded.index[-1])])
    assert {finding.kind for finding in found} == {"no_session"} and len(found) == 6


def test_a_row_that_repeats_the_one_before_is_told_in_an_event_window():
    frame = sound().drop(columns=["open", "high", "low"])
    frame["volume"] = np.arange(len(frame)) + 1e6
    at = frame.index.get_loc(DAY)
    frame.iloc[at] = frame.iloc[at - 1]
    found = check(history_frame(frame), windows=[(DAY, DAY)], common=lambda _: 0.02)
    assert kinds(found) == [("repeated_in_window", "2025-01-15")]


@pytest.mark.parametrize(
    ("times", "kind"), [(1 / 100, "units"), (1e-4, "units"), (100, "units"), (1000, "units"), (2 / 3, "split_ratio")]
)
def test_a_move_that_no_market_makes_is_told_on_the_day_of_an_event_too(times, kind):
    frame = sound()
    frame.loc[DAY:, ["open", "high", "low", "close", "adj_close"]] *= times
    found = check(frame, dividends=None, day_zero={"event": DAY})
    assert (kind, f"{DAY:%Y-%m-%d}") in kinds(found)
    assert [f.level for f in found if f.kind == kind] == ["error" if kind == "units" else "warning"]


def test_a_true_fall_of_thirty_per_cent_stays():
    frame = sound()
    frame.loc[DAY:, ["open", "high", "low", "close", "adj_close"]] *= 0.7
    assert check(frame, dividends=None, day_zero={"event": DAY}) == []


def test_adjusted_closes_that_end_before_the_closes_are_told():
    frame = sound()
    frame.loc[DAY:, "adj_close"] = np.nan
    assert ("adjusted_missing", f"{DAY:%Y-%m-%d}") in kinds(check(frame, dividends=None))


@pytest.mark.parametrize("news", [{}, {"others": [DAY]}, {"day_zero": {"event": DAY}}])
@pytest.mark.parametrize(("symbol", "share"), [("^VIX", False), ("NQ=F", False), ("QQQ", True)])
def test_what_is_no_share_is_not_suspected_of_a_split(symbol, share, news):
    """Neither away from any event nor on the day of one."""
    frame = sound()
    frame.loc[DAY:, ["open", "high", "low", "close", "adj_close"]] *= 1.7
    (finding,) = check_history(PriceHistory(symbol, frame, "yahoo"), CALENDAR, **news)
    on_event, alone = ("large_on_event", "large_return") if share else ("move_on_event", "large_move")
    assert finding.kind == (on_event if news else alone)
    assert ("split" in str(finding.reason), "分割" in chinese(finding.reason)) == (share,) * 2


def test_a_volume_of_zero_counts_only_where_there_is_volume():
    assert kinds(check(changed("volume", 0.0))) == [("no_volume", "2025-01-15")]
    assert check(sound().assign(volume=np.nan)) == []


def test_another_currency_than_the_studys():
    (finding,) = check_history(PriceHistory("AAA", sound(), "yahoo", "", "GBp", DIVIDENDS), CALENDAR, currency="USD")
    assert finding.figures == {"quoted": "GBp", "expected": "USD"}
    assert check(sound(), currency="USD") == []


def test_adjusted_and_raw_closes_that_disagree_without_a_dividend():
    frame = sound()
    frame.loc[frame.index < DAY, "adj_close"] *= 0.95
    (finding,) = check(frame)
    assert (finding.kind, finding.date) == ("adjustment", DAY)
    assert check(frame, dividends=None) == []  # it may be a dividend that the source does not tell
    frame = sound()
    frame.loc[frame.index < DAY, "adj_close"] *= 1.05
    assert kinds(check(frame, dividends=None)) == [("adjustment", "2025-01-15")]  # no dividend is negative


@pytest.mark.parametrize("way", ["Yahoo's factor", "reinvested"])
def test_a_large_dividend_on_a_lively_day_is_explained_in_either_way_of_adjusting(way):
    frame = sound()
    paid, before = 12.0, frame["close"].shift(1)[DAY]
    columns = ["open", "high", "low", "close", "adj_close"]
    frame.loc[DAY:, columns] *= 0.9
    grown = (
        frame.loc[DAY, "close"] / (before - paid)
        if way == "Yahoo's factor"
        else (frame.loc[DAY, "close"] + paid) / before
    )
    frame.loc[:, "adj_close"] = frame["close"]
    frame.loc[frame.index < DAY, "adj_close"] *= frame.loc[DAY, "close"] / before / grown
    assert check(frame, dividends=pd.Series({DAY: paid})) == []
    assert kinds(check(frame, dividends=pd.Series({DAY: 0.0}))) == [("adjustment", "2025-01-15")]


def test_errors_come_first_and_every_kind_speaks_both_languages():
    findings = check(changed("close", 0.0).drop(pd.Timestamp("2025-01-22")), currency="EUR", day_zero={"x": DAY})
    assert [f.level for f in findings] == sorted(f.level for f in findings)
    for finding in findings:
        assert str(finding.reason) != chinese(finding.reason)
        assert "{" not in str(finding.reason) + chinese(finding.reason)


def test_every_kind_of_finding_has_words_in_every_language():
    kinds = set(
        re.findall(r'(?:fault|warning)\(\s*(?:history\.)?symbol,\s*"(\w+)"', Path(checks.__file__).read_text("utf-8"))
    )
    assert len(kinds) > 15
    assert [(k, code) for k in kinds for code in languages() if f"reason.finding_{k}" not in catalogue(code)] == []


def test_rows_before_the_study_are_checked_too_and_exclude_nothing():
    """A claim about history may rest on them: a split that was missed is named, the study goes on."""
    frame = sound()
    early = pd.DatetimeIndex(["2010-01-04", "2010-01-05", "2010-01-06"])
    for closes, kind in (([400.0, 100.0, 101.0], "split_ratio"), ([4.0, 0.0, 4.1], "not_positive")):
        before = pd.DataFrame({"close": closes}, index=early).reindex(columns=list(frame.columns))
        found = check_history(PriceHistory("AAA", frame, "file", earlier=before), CALENDAR)
        assert [(f.level, f.kind) for f in found if f.date < frame.index[0]] == [("warning", kind)]


def test_equal_histories_agree_on_every_day():
    result = reconcile("AAA", sound(), sound())
    assert result.compared == len(sound()) - 1 == result.agreeing
    assert result.differing.empty


def test_scaling_all_prices_changes_no_return():
    frame = sound()
    frame[["close", "adj_close"]] *= 7
    assert reconcile("AAA", sound(), frame).differing.empty


def test_a_wrong_close_differs_on_its_day_and_the_next_and_no_other():
    frame = changed("adj_close", sound().loc[DAY, "adj_close"] * 1.0006)
    result = reconcile("AAA", frame, sound())
    assert [str(d.date()) for d in result.differing["date"]] == ["2025-01-15", "2025-01-16"]
    assert result.differing["first"].iloc[0] - result.differing["second"].iloc[0] == pytest.approx(6e-4, rel=0.05)
    assert reconcile("AAA", changed("adj_close", sound().loc[DAY, "adj_close"] * 1.0004), sound()).differing.empty


def test_a_missing_day_is_counted_and_makes_no_false_difference():
    result = reconcile("AAA", sound().drop(DAY), sound())
    assert result.differing.empty
    assert (result.only_first, result.only_second) == (0, 1)
    assert result.compared == len(sound()) - 2


def test_only_histories_that_do_not_ship_themselves_are_held_against_the_shipped_ones():
    shipped = shipped_histories(FIGURES, ["NVDA", "TSM"])
    pulled = PriceHistory("NVDA", shipped["NVDA"].frame.assign(open=1.0), "yahoo")
    results = reconcile_with_shipped(Prices({"NVDA": pulled, "TSM": shipped["TSM"]}), FIGURES)
    assert list(results) == ["NVDA"]
    assert results["NVDA"].agreeing == 561


def test_a_close_that_repeats_is_told_in_an_event_window_only():
    frame = sound()
    place = frame.index.get_loc(DAY)
    frame.iloc[place] = frame.iloc[place - 1]
    frame["volume"] = np.nan
    assert check(frame, dividends=None) == []
    (finding,) = check(frame, dividends=None, windows=[(frame.index[place - 2], frame.index[place + 2])])
    assert (finding.kind, finding.date) == ("repeated_in_window", DAY)


def test_a_move_that_the_next_session_undoes_is_told():
    frame = sound()
    frame.loc[DAY, ["open", "high", "low", "close", "adj_close"]] *= 1.3
    assert ("reversal", "2025-01-15") in kinds(check(frame))
    lasting = sound()
    lasting.loc[DAY:, ["open", "high", "low", "close", "adj_close"]] *= 1.3
    assert "reversal" not in [kind for kind, _ in kinds(check(lasting))]


def test_a_dividend_that_only_the_adjusted_close_tells_is_told_above_a_tenth_of_the_price():
    for share, told in ((0.05, []), (0.2, [("implied_dividend", "2025-01-15")])):
        frame = sound()
        frame.loc[frame.index < DAY, "adj_close"] *= 1 - share
        assert kinds(check(frame, dividends=None)) == told


@pytest.mark.parametrize(("step", "word"), [(5, "weekly"), (21, "monthly")])
def test_prices_that_are_not_daily_are_an_error(step, word):
    days = pd.date_range("2024-12-02", periods=10, freq=f"{7 * step // 5}D")
    found = check(sound().iloc[:10].set_axis(days), dividends=None)
    assert (found[0].level, found[0].kind) == ("error", word)


def fallen(share, volume=1e6, start=DAY):
    """Sound prices that lie lower from `start` on."""
    frame = sound()
    frame.loc[start:, ["open", "high", "low", "close", "adj_close"]] *= share
    frame.loc[start, "volume"] = volume
    return frame


def test_a_fall_near_a_splits_ratio_that_the_others_share_is_no_split():
    """Minus 30.9 % on a day on which the median of the others fell by 15 %: what is left is no split's ratio."""
    assert ("split_ratio", "2025-01-15") in kinds(check(fallen(0.691)))
    assert "split_ratio" not in [kind for kind, _ in kinds(check(fallen(0.691), common=lambda _: np.log(0.85)))]
    assert ("split_ratio", "2025-01-15") in kinds(check(fallen(2 / 3), common=lambda _: np.log(0.985)))


@pytest.mark.parametrize(
    ("ratio", "common"),
    [
        (0.9141, 1.1427),
        (0.857, 1.1427),
        (0.8667, 0.0867),
    ],  # of 9 November 2020; beside a price whose point is misplaced
)
def test_an_ordinary_fall_is_no_split_for_what_the_others_did(ratio, common):
    assert "split_ratio" not in [kind for kind, _ in kinds(check(fallen(ratio), common=lambda _: np.log(common)))]


@pytest.mark.parametrize(("ratio", "split"), [(4 / 5, "5:4"), (3 / 4, "4:3")])
def test_a_small_split_is_told_on_a_quiet_day_only(ratio, split):
    found = [f for f in check(fallen(ratio)) if f.kind == "split_ratio"]
    assert [f.figures["split"] for f in found] == [split]
    assert "split_ratio" not in [kind for kind, _ in kinds(check(fallen(ratio, volume=8e6)))]
    assert "split_ratio" not in [kind for kind, _ in kinds(check(fallen(ratio), common=lambda _: np.log(0.9)))]


@pytest.mark.parametrize(("ratio", "split"), [(10 / 11, "11:10"), (5 / 6, "6:5"), (4 / 3, "3:4"), (11 / 10, "10:11")])
@pytest.mark.parametrize("volume", [1e6, 4e6, np.nan])
def test_a_stock_dividend_or_a_small_reverse_split_is_told_on_a_calm_day_only(ratio, split, volume):
    frame = sound()
    frame.loc[frame.index >= DAY, ["open", "high", "low", "close", "adj_close"]] *= ratio
    frame["volume"] = np.nan if np.isnan(volume) else 1e6
    frame.loc[DAY, "volume"] = volume
    found = [f.figures["split"] for f in check(frame, dividends=None) if f.kind == "split_ratio"]
    assert found == ([split] if volume == 1e6 else [])


@pytest.mark.parametrize(("times", "told"), [(100, True), (0.001, True), (5, False)])
def test_volumes_in_another_unit_from_a_day_on_are_told(times, told):
    frame = sound()
    frame["volume"] = np.random.default_rng(5).lognormal(13, 0.3, len(frame))
    frame.loc[frame.index >= DAY, "volume"] *= times
    found = [f for f in check(frame) if f.kind == "volume_units"]
    assert len(found) == told
    assert all(abs(f.date - DAY) <= pd.Timedelta("10D") for f in found)


def test_moves_that_undo_each_other_are_no_prices():
    """Gross returns, 1.0123, given as a column of prices."""
    moves = np.exp(np.random.default_rng(3).normal(0, 0.02, len(LONGER.sessions)))
    for close, found in ((100 * np.cumprod(moves), []), (moves, ["undone_moves"])):
        frame = history_frame(pd.DataFrame({"close": close}, index=LONGER.sessions))
        assert [f.kind for f in check_history(PriceHistory("AAA", frame, "file"), LONGER)] == found


def test_one_equal_close_with_a_range_of_its_own_is_no_halt():
    frame = sound()
    place = frame.index.get_loc(DAY)
    window = {"dividends": None, "windows": [(frame.index[place - 2], frame.index[place + 2])]}
    frame["volume"] = np.nan
    frame.iloc[place, frame.columns.get_indexer(["close", "adj_close"])] = frame.iloc[place - 1][["close", "adj_close"]]
    assert check(frame, **window) == []
    closes = frame.assign(open=np.nan, high=np.nan, low=np.nan)
    assert check(closes, **window) == []
    assert kinds(check(closes, common=lambda _: -0.1, **window)) == [("repeated_in_window", "2025-01-15")]


def histories(**closes):
    return {name: PriceHistory(name, history_frame(frame), "file", "", "USD", None) for name, frame in closes.items()}


def walk(seed, level=100.0, sessions=CALENDAR.sessions):
    """A close by itself."""
    moves = np.random.default_rng(seed).normal(0, 0.02, len(sessions))
    return pd.DataFrame({"close": level * np.exp(np.cumsum(moves))}, index=sessions)


def test_columns_that_change_places_are_an_error_of_both():
    one, other = walk(1), walk(2, 40.0)
    assert list(mixed_up(histories(A=one, B=other))) == []
    mixed = [
        pd.concat([own[own.index < DAY], swapped[swapped.index >= DAY]])
        for own, swapped in ((one, other), (other, one))
    ]
    found = list(mixed_up(histories(A=mixed[0], B=mixed[1])))
    assert [(f.symbol, f.level, f.kind, f.date, f.figures["other"]) for f in found] == [
        ("A", "error", "crossed", DAY, "B"),
        ("B", "error", "crossed", DAY, "A"),
    ]


@pytest.mark.parametrize("times", [1, 7.8])
def test_one_column_under_two_names_is_told_in_another_currency_too(times):
    one = walk(1).round(2)
    assert list(mixed_up(histories(A=one, B=one * walk(2) ** 0.05))) == []
    found = list(mixed_up(histories(A=one, B=(one * times).round(2))))
    assert [(f.symbol, f.kind, f.figures["other"]) for f in found] == [
        ("A", "same_figures", "B"),
        ("B", "same_figures", "A"),
    ]


@pytest.mark.parametrize(("days", "kind"), [(1, "follows"), (-1, "leads"), (0, None), (2, None)])
def test_a_security_that_moves_a_day_beside_its_benchmark_is_told(days, kind):
    market, noise = (walk(seed, sessions=LONGER.sessions) for seed in (1, 2))
    own = (market.shift(days) * noise**0.5).dropna()
    found = list(out_of_step(histories(A=own, M=market), {"A": "M", "M": "M", "B": "none"}))
    assert [(f.symbol, f.kind, f.figures["other"]) for f in found] == ([("A", kind, "M")] if kind else [])


def test_tokyo_and_taipei_follow_new_york_and_no_american_stock_does():
    shipped = shipped_histories(FIGURES, ["NVDA", "KO", "2330.TW", "8035.T", "SPY"])
    found = list(out_of_step(shipped, dict.fromkeys(shipped, "SPY")))
    assert {(f.symbol, f.kind) for f in found} == {("2330.TW", "follows"), ("8035.T", "follows")}


def test_columns_exchanged_are_known_by_the_figures_that_the_study_ships():
    shipped = shipped_histories(FIGURES, ["NVDA", "AVGO", "MU"])
    given = {
        name: PriceHistory(name, shipped[source].frame, "file", "", "USD", None)
        for name, source in (("NVDA", "AVGO"), ("AVGO", "NVDA"), ("MU", "MU"))
    }
    found = {f.symbol: (f.level, f.figures["other"]) for f in exchanged(given, FIGURES)}
    assert found == {"NVDA": ("error", "AVGO"), "AVGO": ("error", "NVDA")}


def test_what_the_others_did_is_the_median_of_the_group():
    moves = common_moves(
        histories(A=walk(1), B=walk(2), C=walk(3), D=walk(4)), {"A": "x", "B": "x", "C": "x", "D": "y"}
    )
    expected = np.median([np.log(walk(seed)["close"]).diff()[DAY] for seed in (2, 3)])
    assert moves("A")(DAY) == pytest.approx(expected, abs=1e-12)
    assert moves("A")(pd.Timestamp("2025-01-18")) == 0.0  # a Saturday


def test_prices_that_never_fall_were_sorted():
    days = LONGER.sessions
    close = np.round(50 + np.random.default_rng(1).normal(0, 3, len(days)).cumsum(), 2)
    for values, told in ((close, False), (np.sort(close), True), (np.sort(close)[::-1], True)):
        frame = history_frame(pd.DataFrame({"close": values - values.min() + 20}, index=days))
        found = check_history(PriceHistory("AAA", frame, "file", "", "USD", None), LONGER)
        assert ("one_way" in {f.kind for f in found}) == told


def test_of_a_price_in_other_units_nothing_else_is_told():
    found = [f.kind for f in check(changed("close", 1e300)) if f.date in (DAY, DAY + pd.Timedelta("1D"))]
    assert set(found) == {"units"}


def test_the_last_of_findings_without_a_date_is_told_without_one():
    """Three columns of one figure: each is told of two others, and no finding has a day."""
    prices = {s: PriceHistory(s, history_frame(sound()), "file", "", "USD", None) for s in "ABC"}
    lines = list(_findings(list(mixed_up(prices))))
    assert len(lines) == 3 and all(line.endswith("(and 1 more)") for line in lines)
