"""Every measure gives the answer worked out by hand, and its verdict turns when the price it rests on turns."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from itertools import product
from typing import Any, Literal, get_args, get_origin, get_type_hints

import numpy as np
import pandas as pd
import pytest
from claims_world import ALPHA, DAYS, FALL, STEP, ZERO, T, abnormal, day, flat, quoted, stated, world

from eventwindow.calendars.exchange import exchange_calendar
from eventwindow.calendars.window import Window
from eventwindow.claims.evidence import Evidence
from eventwindow.claims.measures import MEASURES
from eventwindow.claims.measures.bars import lead, symbol_bars
from eventwindow.claims.model import Claim, Measure
from eventwindow.claims.verdicts import judge
from eventwindow.errors import ClaimError, NoFigure, Reason, catalogue, languages
from eventwindow.inference.expected_volatility import LOW
from eventwindow.inference.registry import run_tests
from eventwindow.inference.response import response
from eventwindow.inference.single_firm import inverted
from eventwindow.report.language import LANGUAGES, language

MON, TUE, WED = date(2025, 1, 27), date(2025, 1, 28), date(2025, 1, 29)
FRI = date(2025, 1, 24)
SHARES = pd.DataFrame(
    {
        "symbol": ["X", "X", "Y", "Z"],
        "as_of": ["2024-11-15", "2025-02-21", "2025-02-10", "2024-12-31"],
        "shares": [10.0, 20.0, 5.0, 4.0],
        "source": ["filing", "filing", "filing", "quarterly fundamentals"],
    }
)

chinese = catalogue("zh-Hant").reason


def three(monday_x: float = 80, tuesday_x: float = 90, **tables: pd.DataFrame) -> Evidence:
    """X falls from 100 to 80 and recovers to 90; Y rises from 50 to 55; Z stays at 10."""
    evidence = quoted(
        X={FRI: flat(100), MON: (88, 89, 75, monday_x), TUE: flat(tuesday_x), WED: flat(85)},
        Y={FRI: flat(50), MON: flat(55), TUE: flat(55), WED: flat(55)},
        Z={FRI: flat(10), MON: flat(10), TUE: flat(10), WED: flat(10)},
    )
    return replace(evidence, tables={"shares": SHARES, **tables})


def giants(fall: float = 60.0) -> Evidence:
    """Two giants over five days; the largest earlier loss is Y's of 50 × 5 = 250, X loses (100 − 60) × 10 = 400."""
    rows = {"X": [90, 95, 95, 100, fall], "Y": [100, 50, 60, 60, 60]}
    index = pd.DatetimeIndex(["2025-01-21", "2025-01-22", "2025-01-23", "2025-01-24", "2025-01-27"])
    long = [(d, s, float(c)) for s, closes in rows.items() for d, c in zip(index, closes, strict=True)]
    table = pd.DataFrame(long, columns=["date", "symbol", "close"])
    return replace(three(), tables={"shares": SHARES, "megacaps": table})


def years(end: float = 300.0) -> Evidence:
    """120 at the end of 2023, `end` at the end of 2024."""
    rows = {date(2023, 12, 29): 120.0, date(2024, 6, 3): 200.0, date(2024, 12, 31): end, date(2025, 1, 2): 310.0}
    return quoted(X={d: flat(c) for d, c in rows.items()})


def intraday(after: float = 0.02, noon: float = 98.0) -> Evidence:
    """12 bars a day for 4 days: ± 1 % a bar on two days, ± `after` on the next two; on the last the level is `noon`."""
    rows = []
    for k, when in enumerate((date(2025, 1, 23), FRI, MON, TUE)):
        size = 0.01 if k < 2 else after
        for j in range(12):
            start = pd.Timestamp(when, tz="America/New_York") + pd.Timedelta(hours=9.5, minutes=5 * j)
            level = 100 * np.exp(size * (j % 2 == 0))
            opened = 100 * np.exp(size * (j % 2))
            close = noon if (when == TUE and j == 5) else level
            rows.append((start.tz_convert("UTC"), "X", opened, level, level, close, 1.0))
    columns = ["start", "symbol", "open", "high", "low", "close", "volume"]
    return three(intraday=pd.DataFrame(rows, columns=columns))


LAST_BAR_DAY = date(2025, 2, 7)


def bar_days(strength: float = 0.9, days: int = 40) -> Evidence:
    """Random bars on 40 days; on the last the follower repeats the leader's bar before with `strength`."""
    moves = 0.001 * np.random.default_rng(3).standard_normal((days, 78, 3))
    moves[-1, 1:, 0] += strength * moves[-1, :-1, 1]
    path = np.exp(np.cumsum(moves, axis=1)).swapaxes(1, 2) * 100  # day, symbol, bar
    opens = exchange_calendar("XNYS", date(2024, 11, 1), LAST_BAR_DAY).opens[-days:]
    starts = opens.repeat(3 * 78) + np.tile(np.arange(78) * pd.Timedelta("5min"), 3 * days)
    opened = np.concatenate([np.full((days, 3, 1), 100.0), path[:, :, :-1]], axis=2)
    rows = {"start": starts, "symbol": np.tile(np.repeat([*"XYZ"], 78), days)}
    return three(intraday=pd.DataFrame(rows | {"open": opened.ravel(), "close": path.ravel()}))


def panel(up: float = 0.01) -> Evidence:
    """Four stocks on one day: − 4 %, − 2 %, + 1 %, and `up`."""
    frame = pd.DataFrame({"P": [100, 96], "Q": [100, 98], "R": [100, 101], "S": [100, 100 * (1 + up)]}, dtype=float)
    return three(panel=frame.set_axis(pd.DatetimeIndex([FRI, MON])))


def weights(x: float = 80.0) -> Evidence:
    """The index Y (+ 10 %) holds X (− 20 %) at a quarter: without it (10 + 5)/0.75 = 20 %."""
    table = pd.DataFrame(
        {"date": [str(FRI)], "index": ["Y"], "symbol": ["X"], "weight": [0.25], "source": ["published"]}
    )
    return three(monday_x=x, weights=table)


def two_growths(fall: float = -0.10) -> Evidence:
    """Two stocks of a panel, one always growing faster; on the last day it moves by `fall`, the other not at all."""
    days = pd.bdate_range("2020-01-01", periods=530)
    wiggle = 0.002 * np.resize([1, -1, -1, 1], len(days))
    slow, fast = 0.0002 + wiggle, 0.002 - wiggle
    slow[-1], fast[-1] = 0.0, fall
    frame = pd.DataFrame({"slow": np.cumprod(1 + slow), "fast": np.cumprod(1 + fast)}, index=days)
    return three(panel=frame)


GROWTH_DAY = pd.bdate_range("2020-01-01", periods=530)[-1].date()


def factors(size: float = 0.02) -> Evidence:
    """A factor that moves ± 0.1 % and then by `size`."""
    values = 0.001 * np.resize([1.0, -1.0], ZERO + 1)
    values[0], values[ZERO] = 0.0, size
    table = pd.DataFrame({"date": DAYS[: ZERO + 1], "hml": values})
    return world({}, tables={"factors": table})


def traded(times: float = 4.0) -> Evidence:
    """Volume of A: ± 10 % in logs around 1000, then `times` 1000 on day 0."""
    evidence = world({})
    volume = 1000 * np.exp(0.1 * np.resize([1.0, -1.0], len(DAYS)))
    volume[0], volume[ZERO] = 0.0, 1000 * times  # 200 days of history, half above and half below
    history = evidence.prices["A"].assign(volume=volume)
    return replace(evidence, prices={**evidence.prices, "A": history})


def hit(a: float = -0.10, b: float = -0.06, c: float = 0.0) -> Evidence:
    return world({"A": {0: a}, "B": {0: b}, "C": {0: c}})


def logged(evidence: Evidence, said: str = "A plan announced") -> Evidence:
    return replace(evidence, news=evidence.news.assign(what_en=[said, "A speech"]))


@dataclass(frozen=True)
class Case:
    """A measure's keys, the evidence, the answer by hand, what is claimed, and evidence that turns the verdict."""

    keys: dict[str, Any]
    evidence: Evidence
    value: float
    said: dict[str, Any]
    turned: Evidence
    unit: str


DOWN = {"hedge": "direction", "stated": -1.0}
FELL = {"hedge": "effect", "stated": -1.0}
ROSE = {"hedge": "effect", "stated": 1.0}


def exactly(value: float, precision: float) -> dict[str, Any]:
    return {"stated": value, "precision": precision}


CASES: dict[str, Case] = {
    "return": Case({"security": "X", "date": MON}, three(), -0.20, exactly(-0.20, 0.01), three(79), "decimal"),
    "price_level": Case({"security": "X", "date": MON}, three(), 80, exactly(80, 1), three(81), "price"),
    "lowest_close": Case(
        {"security": "X", "date": MON, "until": WED},
        three(),
        80,
        {"stated": 80.0, "hedge": "reached"},
        three(79),
        "price",
    ),
    "opening_gap": Case(
        {"security": "X", "date": MON},
        three(),
        -0.12,
        exactly(-0.12, 0.01),
        quoted(X={FRI: flat(100), MON: (87, 89, 75, 80)}),
        "decimal",
    ),
    # 10 shares known on the day (15 November), not the 20 of February: (80 − 100) × 10
    "value_change": Case({"security": "X", "date": MON}, three(), -200, exactly(-200, 1), three(81), "USD"),
    # 200 lost against Y's 5 × 50 (first filing within 30 days) and Z's 4 × 10 (quarterly): 200 / 290
    "value_against": Case(
        {"security": "X", "date": MON, "against": ("Y", "Z")},
        three(),
        200 / 290,
        {"stated": 0.7, "hedge": "about"},
        three(60),
        "ratio",
    ),
    # X: −200; Y: +25; Z: 0. Losers only: −200
    "value_changes_sum": Case(
        {"members": ("X", "Y", "Z"), "date": MON}, three(), -175, exactly(-175, 1), three(81), "USD"
    ),
    "loss_rank": Case({"security": "X", "date": MON}, giants(), 1, exactly(1, 1), giants(80), "rank"),
    # X: 10 × 60 = 600 above Y: 5 × 60 = 300
    "value_rank": Case({"security": "X", "date": MON}, giants(), 1, exactly(1, 1), giants(20), "rank"),
    "record": Case({"security": "X", "date": MON}, three(), 0, exactly(0, 1), three(101), "count"),
    "points": Case(
        {"security": "X", "date": MON, "until": TUE}, three(), -10, exactly(-10, 1), three(80, 89), "index_points"
    ),  # 90 less the 100 of Friday
    # 100 days of 1000 e^-0.1 and 100 of 1000 e^0.1, ten days apart from day 0; then 4000
    "volume_multiple": Case(
        {"security": "A", "date": FALL},
        traded(),
        4 / np.cosh(0.1),
        {"stated": 4.0, "hedge": "about"},
        traded(1.0),
        "times",
    ),
    # X fell 20 %, Z stood, Y rose 10 %
    "members_rank": Case(
        {"security": "X", "members": ("X", "Y", "Z"), "date": MON}, three(), 1, exactly(1, 1), three(120), "rank"
    ),
    "year_return": Case(
        {"security": "X", "year": 2024}, years(), 1.5, {"stated": 1.0, "hedge": "more_than"}, years(200), "decimal"
    ),
    "breadth": Case(
        {"members": ("X", "Y", "Z"), "date": MON, "side": "down"},
        three(),
        1 / 3,
        {"hedge": "some"},
        three(101),
        "share",
    ),
    # (90 − 80) / (100 − 80)
    "recovered_share": Case(
        {"members": ("X",), "date": MON, "sessions": 1},
        three(),
        0.5,
        {"stated": 0.4, "hedge": "more_than"},
        three(80, 82),
        "share",
    ),
    "overnight_share": Case(
        {"security": "X", "date": MON},
        three(),
        np.log(0.88) / np.log(0.80),
        {"stated": 0.5, "hedge": "more_than"},
        three(70),
        "share",
    ),
    # from Monday's close of 80 to the bar that ends half an hour after the open at 98
    "first_hours": Case(
        {"security": "X", "date": TUE, "hours": 0.5},
        intraday(),
        98 / 80 - 1,
        {"hedge": "direction", "stated": 1.0},
        intraday(noon=79.0),
        "decimal",
    ),
    "day_range": Case(
        {"security": "X", "date": MON},
        three(),
        -0.25,
        {"stated": (-0.11, -0.26), "hedge": "range"},
        quoted(X={FRI: flat(100), MON: (99, 99, 98, 98)}),
        "decimal",
    ),
    "reported": Case(
        {"source": "A page: a title. https://example.org/1", "low": 60e9, "high": 65e9, "currency": "USD"},
        world({}),
        60e9,
        {"stated": (60e9, 65e9), "hedge": "range"},
        world({}),
        "USD",
    ),
    "date_gap": Case(
        {"date": day(-3), "mentions": "plan", "until": day(0)},
        world({}),
        (day(0) - day(-3)).days,
        exactly((day(0) - day(-3)).days, 1),
        logged(world({}), "Nothing"),
        "days",
    ),
    "return_rank": Case(
        {"security": "A", "date": FALL}, hit(), 1, exactly(1, 1), world({"A": {0: -0.10, -5: -0.12}}), "rank"
    ),
    "abnormal_rank": Case({"security": "A", "event": "fall"}, hit(), 1, exactly(1, 1), hit(0.0), "rank"),
    "effect": Case({"members": ("A",), "window": (0, 0), "event": "fall"}, hit(), -0.10, FELL, hit(0.0), "decimal"),
    # (−10 − 6)/2 against 0
    "effect_difference": Case(
        {"members": ("hit",), "against": ("spared",), "window": (0, 0), "event": "fall"},
        hit(),
        -0.08,
        FELL,
        hit(0.0, 0.0),
        "decimal",
    ),
    # the firm's return on day 0 is alpha − 10 %, the market's nothing
    "relative_return": Case(
        {"members": ("A",), "security": "M", "date": FALL}, hit(), ALPHA - 0.10, FELL, hit(0.0), "decimal"
    ),
    "abnormal_volume": Case({"members": ("A",), "date": FALL}, traded(), np.log(4), ROSE, traded(1.0), "log"),
    "panel_breadth": Case(
        {"date": MON, "figure": "share_down"}, panel(), 0.5, exactly(0.5, 0.1), panel(-0.01), "share"
    ),
    # layers −8 %, −3 %, 0 on steps 0, 1, 2: slope (0 + 8)/2
    "ordering": Case(
        {"layers": ("hit", "middle", "spared"), "window": (0, 0), "event": "fall"},
        hit(c=-0.03),
        0.04,
        ROSE,
        hit(0.0, 0.0),
        "slope",
    ),
    "delay": Case(
        {"members": ("A",), "date": day(-4), "event": "fall", "window": (-4, 4)},
        hit(),
        (day(0) - day(-4)).days,
        exactly((day(0) - day(-4)).days, 1),
        world({"A": {-2: -0.10}}),
        "days",
    ),
    "placebo_rank": Case(
        {"members": ("A",), "event": "fall", "window": (-4, 0)},
        hit(),
        5 / (T + 5),
        {"stated": 0.05, "hedge": "less_than"},
        hit(0.0),
        "p",
    ),
    "lead_lag": Case(
        {"security": "X", "leader": "Y", "sector": "Z", "date": LAST_BAR_DAY},
        bar_days(),
        0.9,
        ROSE,
        bar_days(0.0),
        "coefficient",
    ),
    "characteristic": Case({"date": GROWTH_DAY}, two_growths(), -0.05, FELL, two_growths(0.0), "slope"),
    "factor_return": Case({"factor": "hml", "date": FALL}, factors(), 0.02, ROSE, factors(0.0), "decimal"),
    # ± 2 % against ± 1 % a bar
    "realised_variance": Case(
        {"security": "X", "date": MON, "sessions": 2},
        intraday(noon=100 * np.exp(0.0)),
        4.0,
        {"stated": 1.0, "hedge": "more_than"},
        intraday(after=0.005, noon=100.0),
        "ratio",
    ),
}
ROUGH = {"lead_lag": 0.3, "realised_variance": 0.2}  # random bars; the bar that stands at another level


def test_every_measure_has_a_case():
    assert set(CASES) == set(MEASURES)


@pytest.mark.parametrize("name", CASES)
def test_a_measure_gives_the_answer_worked_out_by_hand(name):
    case = CASES[name]
    found = MEASURES[name](**case.keys).measure(case.evidence)
    assert found.value == pytest.approx(case.value, abs=ROUGH.get(name, 1e-9))
    assert found.unit == case.unit
    assert str(found.reason).endswith(".")
    assert chinese(found.reason).endswith("。")


def test_every_measure_speaks_both_languages():
    """No English in the Chinese sentence, and every figure it is made of has a unit and a name."""
    unnamed, english = [], {}
    for name, case in CASES.items():
        found = MEASURES[name](**case.keys).measure(case.evidence)
        english |= dict.fromkeys(re.findall(r"[A-Za-z]{2,}[ ,]+[A-Za-z]{2,}", chinese(found.reason)), name)
        known = {*case.evidence.securities.index, *case.evidence.baskets}
        for key, (_, unit) in found.parts.items():
            told = key in known or language("en").has(f"part.{key}") or re.fullmatch(r"\d{4}-\d{2}-\d{2}", key)
            if not told or not (language("en").has(f"unit.{unit}") or unit in {"price", "coefficient"}):
                unnamed.append((name, key, unit))
    assert english == {}
    assert unnamed == []


@pytest.mark.parametrize("name", [name for name in CASES if name != "reported"])  # no price is in it
def test_changing_a_price_changes_the_verdict_that_rests_on_it(name):
    case = CASES[name]
    claim = stated(MEASURES[name](**case.keys), name, **case.said)
    before, after = (judge([claim], evidence)[0].word for evidence in (case.evidence, case.turned))
    assert before in {"confirmed", "confirmed_with_context"}
    assert after != before


SOURCE = "A page: a title. https://example.org/1"


@pytest.mark.parametrize(
    ("keys", "said", "word"),
    [
        ({"low": 60e9, "high": 65e9}, {"stated": 65e9, "hedge": "more_than"}, "contradicted"),
        ({"low": 60e9, "high": 65e9}, {"stated": 59e9, "hedge": "more_than"}, "confirmed"),
        ({"low": 60e9, "high": 65e9}, {"stated": 62e9, "hedge": "more_than"}, "open"),
        ({"low": 0.55}, {"stated": 0.55, "hedge": "exact"}, "confirmed"),
        ({"low": 0.55}, {"stated": 0.27, "hedge": "exact"}, "contradicted"),
        ({"low": 5.576e6}, {"stated": 5.6e6, "hedge": "exact"}, "confirmed"),
        ({"low": 5.576e6}, {"stated": 5.5e6, "hedge": "exact"}, "contradicted"),
        ({"says": "Alphabet", "said": "Meta"}, {"hedge": "all"}, "contradicted"),
        ({"says": "Alphabet", "said": "alphabet"}, {"hedge": "all"}, "confirmed"),
        ({}, {"stated": 1.0, "hedge": "exact"}, "open"),
    ],
)
def test_what_a_source_reports_decides_by_the_rule_of_the_hedge(keys, said, word):
    measure = MEASURES["reported"](source=SOURCE, currency="" if "says" in keys else "USD", **keys)
    verdict = judge([stated(measure, "reported", **said)], world({}))[0]
    assert verdict.word == word
    assert ("By the source, not by prices" in str(verdict.reason)) == bool(keys)


def test_a_claim_that_rests_on_an_entry_without_a_source_is_open():
    """The speech of day 0 has none; the plan of three days before has one, which the verdict names."""
    verdicts = {}
    for when, mentions in ((day(-3), "plan"), (day(0), "speech")):
        measure = MEASURES["date_gap"](date=when, mentions=mentions, until=day(0))
        gap = (day(0) - when).days
        verdicts[mentions] = judge([stated(measure, "date_gap", stated=float(gap), hedge="exact")], world({}))[0]
    assert verdicts["plan"].word == "confirmed"
    assert "https://example.org/1" in str(verdicts["plan"].reason)
    assert verdicts["speech"].word == "open"
    assert "names no source" in str(verdicts["speech"].reason)


@pytest.mark.parametrize("name", [n for n in CASES if "date" in CASES[n].keys and n not in {"date_gap", "delay"}])
def test_a_date_without_figures_is_told_or_has_its_reason(name):
    case = CASES[name]
    claim = stated(MEASURES[name](**case.keys | {"date": date(2031, 1, 1)}), name, **case.said)
    try:
        verdict = judge([claim], case.evidence)[0]
    except ClaimError as error:
        assert "2031-01-01 is not a session" in str(error)
        assert "X-1" in error.where
        assert error.remedy
    else:
        assert name in {"value_rank"} or verdict.word == "open"
        assert str(verdict.reason)


def test_value_changes_can_be_summed_over_losers_alone():
    found = MEASURES["value_changes_sum"](members=("X", "Y", "Z"), date=MON, gross=True).measure(three())
    assert found.value == -200


@pytest.mark.parametrize(
    ("figure", "value"), [("share_up", 0.5), ("median", -0.005), ("equal_weight", -0.01), ("equal_less_index", -0.11)]
)
def test_each_figure_of_the_panel(figure, value):
    found = MEASURES["panel_breadth"](date=MON, figure=figure, security="Y").measure(panel())
    assert found.value == pytest.approx(value)


def test_the_index_without_the_treated():
    keys = {"date": MON, "figure": "without_treated", "security": "Y", "treated": ("X",)}
    assert MEASURES["panel_breadth"](**keys).measure(weights()).value == pytest.approx(0.20)


@pytest.mark.parametrize("lost", ["X", "Y"])
def test_an_index_without_the_treated_is_open_where_prices_are_lost(lost):
    held = weights()
    kept = replace(
        held,
        prices={s: p for s, p in held.prices.items() if s != lost},
        returns={s: r for s, r in held.returns.items() if s != lost},
    )
    keys = {"date": MON, "figure": "without_treated", "security": "Y", "treated": ("X",)}
    with pytest.raises(NoFigure):
        MEASURES["panel_breadth"](**keys).measure(kept)


def test_the_index_without_named_stocks_says_whom_and_whose_weight_is_missing():
    """X has a weight, R is in the panel and has none; the index and what is left out go by their names."""
    evidence = weights()
    evidence = replace(
        evidence,
        tables=evidence.tables | {"panel": panel().tables["panel"]},
        securities=evidence.securities.assign(name_en=["Firm X", "Index Y", "Firm Z"]),
        baskets={"chips": ("X", "R")},
        titles={"chips": ("AI chips", "AI 晶片")},
    )
    keys = {"date": MON, "security": "Y", "treated": ("chips",)}
    without = MEASURES["panel_breadth"](figure="without_treated", **keys).measure(evidence)
    assert "without 1 of its stocks, AI chips (25 % of its weight), it rose 20.00 %" in str(without.reason)
    assert str(without.reason).endswith("No weight is held of R.")
    down = MEASURES["panel_breadth"](figure="share_down", **keys).measure(evidence)
    assert "3 stocks of the panel without AI chips" in str(down.reason)
    less = MEASURES["panel_breadth"](figure="equal_less_index", **keys).measure(evidence)
    assert "than Index Y on " in str(less.reason)


def test_what_was_not_won_back_is_not_called_a_recovery():
    found = MEASURES["recovered_share"](members=("X",), date=MON, sessions=1).measure(three(80, 75))
    assert found.value == pytest.approx(-0.25)
    assert "did not rebound: after losing 20.00 % on 27 January 2025 it fell another 6.25 %" in str(found.reason)
    assert "nothing was won back, 25 % of the loss was added" in str(found.reason)
    assert "下跌 20.00%" in chinese(found.reason)
    assert "未見收復，原跌幅再擴大 25%" in chinese(found.reason)


def detail(reason, told=str):
    """The test behind a finding, which stands after all that needs no statistics."""
    return told(Reason(f"{reason.key}_detail", **reason.values))


def test_a_factor_is_named_and_held_against_its_mean():
    found = MEASURES["factor_return"](factor="hml", date=FALL).measure(factors())
    assert str(found.reason).startswith("The value factor (HML) rose 2.00 % on ")
    assert "+2.00 % against the mean day before (0.00 %; " in detail(found.reason)
    assert "價值因子（HML）" in chinese(found.reason)


def test_an_effect_names_its_event_and_its_days():
    evidence = replace(hit(), events={"fall": ("The fall", "大跌")})
    one, four = (
        MEASURES["effect"](members=("A",), window=w, event="fall").measure(evidence) for w in ((0, 0), (-1, 2))
    )
    assert str(one.reason).startswith("Firm A did ")
    assert str(one.reason).endswith("(day 0 of “The fall”).")
    assert detail(one.reason).startswith("Test: abnormal return -")
    assert str(four.reason).startswith("Firm A did ")
    assert str(four.reason).endswith("(days -1 to +2 of “The fall”).")
    assert detail(four.reason).startswith("Test: cumulative abnormal return ")
    assert "「大跌」第 −1 至 +2 日" in chinese(four.reason)


def test_an_effect_of_a_basket_is_the_mean_of_its_members():
    found = MEASURES["effect"](members=("hit",), window=(0, 0), event="fall").measure(hit())
    assert found.value == pytest.approx(-0.08)
    assert found.effect.test == "date permutation of the mean"


def test_an_effect_carries_its_rank_and_its_power():
    """The residuals are ± 1 %: s = 1 % √(T/(T − 2)), and no pseudo-date reaches 10 %."""
    found = MEASURES["effect"](members=("A",), window=(0, 0), event="fall").measure(hit())
    assert found.p_value == pytest.approx(1 / (T + 1))
    s = STEP * np.sqrt(T / (T - 2))
    assert found.effect.std_error == pytest.approx(s * np.sqrt(1 + 1 / T), rel=1e-6)
    assert found.effect.detectable == pytest.approx(2.81 * found.effect.std_error * moved(found.effect), rel=0.01)


def moved(effect):
    """What the days before the event, on which nothing moves in that world, do to the spread of its null."""
    assert effect.volatility < LOW
    return effect.spread / STEP


def test_where_volatility_moved_a_claim_is_ranked_by_the_scaled_test():
    """Ten sessions of thrice the noise before day 0: a fall that few ordinary days reach is nothing special then."""
    noise = np.random.default_rng(8).normal(0, 0.01, (len(DAYS), 6))
    noise[ZERO - 10 : ZERO] *= 3
    noise[ZERO, 1:] = noise[ZERO, 0] - 0.03
    held = abnormal(pd.DataFrame(noise, index=DAYS, columns=list("MABCDE")))
    found = response(held, ("A",), Window(0, 0)).effect()
    by_name = {r.name: r for r in run_tests(held.select(["A"]), Window(0, 0))}
    assert next(iter(by_name)) == "date_permutation_scaled"
    assert found.scaled
    assert found.p_value == pytest.approx(by_name["date_permutation_scaled"].p_value)
    assert found.p_value > 4 * by_name["sq"].p_value
    interval = inverted(held.select(["A"]), Window(0, 0), 0.10, scaled=True)
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high))


@pytest.mark.parametrize("window", [Window(0, 0), Window(0, 4)], ids=str)
@pytest.mark.parametrize("symbols", [("A",), ("A", "B", "C")], ids=len)
def test_an_effect_is_tested_as_the_tests_of_the_study_are(symbols, window):
    """One firm: SQ and its t; a basket: date permutation of the mean and portfolio t; firms with gaps included."""
    noisy = pd.DataFrame(np.random.default_rng(5).normal(0, 0.01, (len(DAYS), 6)), index=DAYS, columns=list("MABCDE"))
    noisy.loc[DAYS[:40], "B"] = np.nan
    held = abnormal(noisy).select(list(symbols))
    found = {r.name: r for r in run_tests(held, window)}
    test = response(held, symbols, window).effect()
    if test.scaled:
        assert found["date_permutation_scaled"].p_value == pytest.approx(test.p_value, abs=1e-12)
        assert next(iter(found)) == "date_permutation_scaled"
        return
    rank, t = ("sq", "single_firm_t") if len(symbols) == 1 else ("date_permutation_mean", "portfolio_t")
    assert test.p_value == pytest.approx(found[rank].p_value, abs=1e-12)
    assert test.p_parametric == pytest.approx(found[t].p_value, abs=0.03 if len(symbols) > 1 else 1e-9)


def test_an_effect_around_a_date_that_is_no_event():
    found = MEASURES["effect"](members=("A",), window=(0, 0), date=FALL).measure(hit())
    assert found.value == pytest.approx(-0.10)


def test_securities_of_different_calendars_are_not_averaged():
    evidence = hit()
    shifted = evidence.abnormal["fall"].event_days.copy()
    shifted[0] += 1
    mixed = replace(evidence.abnormal["fall"], event_days=shifted)
    measure = MEASURES["effect"](members=("hit",), window=(0, 0), event="fall")
    with pytest.raises(NoFigure, match="different calendars"):
        measure.measure(replace(evidence, abnormal={"fall": mixed}))


def test_the_lead_of_bars_that_repeat_the_leader_is_exact():
    rng = np.random.default_rng(1)
    leader, sector = pd.Series(rng.standard_normal(78)), pd.Series(rng.standard_normal(78))
    follower = 0.5 * leader.shift(1) + 0.25 * leader.shift(2) + 2 * sector
    bars = np.column_stack([follower, leader, sector])[2:]
    assert lead(bars, 2) == pytest.approx(0.75)


def test_a_day_of_few_bars_has_no_lead():
    assert np.isnan(lead(np.ones((10, 3)), 2))


@pytest.mark.parametrize(
    ("when", "shares", "source"),
    [
        ("2024-11-14", 10.0, "filing"),  # the day before the first filing: it follows within 30 days
        ("2024-11-15", 10.0, "filing"),
        ("2025-02-20", 10.0, "filing"),
        ("2025-02-21", 20.0, "filing"),
    ],
)
def test_the_share_count_is_the_one_known_on_the_day(when, shares, source):
    from eventwindow.claims.market_value import share_count

    count = share_count(three(), "X", pd.Timestamp(when))
    assert (count.shares, count.source) == (shares, source)


def test_without_a_filing_near_the_date_the_quarterly_count_stands():
    from eventwindow.claims.market_value import share_count

    extra = pd.DataFrame(
        {"symbol": ["Y"], "as_of": ["2023-12-31"], "shares": [7.0], "source": ["quarterly fundamentals"]}
    )
    evidence = replace(three(), tables={"shares": pd.concat([SHARES, extra])})
    assert share_count(evidence, "Y", pd.Timestamp("2024-03-01")).shares == 7.0
    assert share_count(evidence, "Y", pd.Timestamp("2025-01-27")).shares == 5.0


def test_a_rank_names_what_a_company_not_held_would_have_needed():
    """X lost 400; the smaller of the two held was worth 5 × 60 = 300 the day before: not enough, − 133 %."""
    found = MEASURES["loss_rank"](security="X", date=MON).measure(giants())
    assert "of the 2 companies held, since " in str(found.reason)
    assert "would have had to fall by 133.33 % in a day" in str(found.reason)
    assert found.parts["that_day"] == (-400, "USD")


def test_a_rank_in_per_cent_counts_the_falls_in_per_cent():
    found = MEASURES["loss_rank"](security="X", date=MON, by="per cent").measure(giants())
    assert found.value == 2  # Y fell by half


def test_a_basket_without_one_members_volume_says_of_how_many_it_is_the_mean():
    evidence = traded()
    without = evidence.prices["B"].assign(volume=np.nan)
    evidence = replace(evidence, prices={**evidence.prices, "B": without})
    found = MEASURES["abnormal_volume"](members=("hit",), date=FALL).measure(evidence)
    assert found.value == pytest.approx(np.log(4))
    assert "volume of hit (mean of 1; none is held of Firm B)" in str(found.reason)
    assert "（1 檔平均；無 B 的成交量）" in chinese(found.reason)


def test_a_stock_without_volume_stands_among_what_was_left_out(deepseek):
    """Of the ten suppliers one has no volume in the figures that ship; the page names nine and so does the table."""
    table = deepseek.table("excluded").query("reason.str.contains('no trading volume')")
    assert "CRDO" in set(table["security"])
    activity = deepseek.table("activity").query("name == 'ai_ten' and quantity == 'log_volume'")
    lacking = set(deepseek.evidence.baskets["ai_ten"]) & set(table["security"])
    assert set(activity["n"]) == {10 - len(lacking)}


def test_a_delay_is_decided_by_rank_and_says_so_in_both_languages():
    found = MEASURES["delay"](members=("A",), date=day(-4), event="fall", window=(-4, 4)).measure(hit())
    assert "smallest p = 0.043, corrected for 9 sessions" in detail(found.reason)
    assert "最小 p = 0.043（已就 9 個交易日校正）" in detail(found.reason, chinese)


def test_a_days_rank_counts_the_longest_history_held():
    """The study's own two days are X's worst; the long history knows a day of two thirds."""
    rows = {"2025-01-21": 30.0, "2025-01-22": 90.0, "2025-01-23": 30.0, "2025-01-24": 100.0}
    table = pd.DataFrame({"date": pd.DatetimeIndex(rows), "symbol": "X", "close": list(rows.values())})
    short, long = three(), three(megacaps=table)
    assert MEASURES["return_rank"](security="X", date=MON).measure(short).value == 1
    found = MEASURES["return_rank"](security="X", date=MON).measure(long)
    assert found.value == 2
    assert "4 days held since 22 January 2025 (0.1 standard deviations); larger: 23 January 2025 -66.67 %" in str(
        found.reason
    )
    assert "更大者：2025 年 1 月 23 日 −66.67%" in chinese(found.reason)


def filed():
    """A user's file that begins before the study: 4 closes of 2015, one of them after a fall by half."""
    days = pd.DatetimeIndex(["2015-03-02", "2015-03-03", "2015-03-04", "2015-03-05"])
    closes = pd.Series([40.0, 20.0, 30.0, 33.0], index=days)
    return pd.DataFrame(dict.fromkeys(("open", "high", "low", "close", "adj_close"), closes)).assign(volume=1.0)


def test_a_users_file_is_used_whole():
    """The study begins in 2025; a claim about history sees the rows of 2015 too."""
    short = three()
    whole = replace(short, earlier={"X": filed()})
    rank = MEASURES["return_rank"](security="X", date=MON)
    assert (rank.measure(short).value, rank.measure(whole).value) == (1, 2)
    assert "days held since 3 March 2015" in str(rank.measure(whole).reason)
    assert "larger: 3 March 2015 -50.00 %" in str(rank.measure(whole).reason)
    low = MEASURES["record"](security="X", date=MON)
    assert (low.measure(short).value, low.measure(whole).value) == (0, 4)
    assert "since 2 March 2015" in str(low.measure(whole).reason)


@pytest.mark.parametrize("name", ["return_rank", "record"])
def test_history_is_looked_at_from_the_day_that_a_statement_names(name):
    """2015 is before "since 2020"; what begins ten years too late says which years it lacks."""
    whole = replace(three(), earlier={"X": filed()})
    keys = {"security": "X", "date": MON}
    recent = MEASURES[name](**keys, since=date(2025, 1, 1)).measure(whole)
    assert recent.value == MEASURES[name](**keys).measure(three()).value
    late = MEASURES[name](**keys, since=date(2010, 1, 1)).measure(whole)
    assert late.value == MEASURES[name](**keys).measure(whole).value
    assert "the years 2010\u20132014 are missing" in str(late.lacking)
    assert "缺 2010\u20132014 年" in chinese(late.lacking)
    assert MEASURES[name](**keys, since=date(2015, 3, 1)).measure(whole).lacking is None


@pytest.mark.parametrize(
    ("stated", "since", "word"),
    [(1.0, None, "contradicted"), (2.0, None, "confirmed_with_context"), (2.0, "2010-01-01", "open")],
)
def test_a_history_that_does_not_reach_what_was_said_leaves_the_claim_open(stated, since, word):
    """Unless what is held refutes it: two larger falls since 2015 are two since 2010. "Ever" names the first day held."""
    whole = replace(three(), earlier={"X": filed()})
    keys = {"security": "X", "date": MON, "since": since and date.fromisoformat(since)}
    said = {"hedge": "exact", "stated": stated, "precision": 1.0, "measure_name": "return_rank"}
    claim = Claim(id="X", article="X", text_en="s", text_zh="s", measure=MEASURES["return_rank"](**keys), **said)
    verdict = judge([claim], whole)[0]
    assert verdict.word == word
    assert ("does not reach" in str(verdict.rule), "years 2010" in str(verdict.reason)) == (word == "open",) * 2
    assert ("Days before 3 March 2015 are not held." in str(verdict.reason)) == (word == "confirmed_with_context")
    early = replace(claim, stated=1.0, measure=MEASURES["return_rank"](**keys | {"since": date(2010, 1, 1)}))
    assert judge([early], whole)[0].word == "contradicted"


def test_nvidia_knew_two_worse_days(deepseek):
    """16 November 2018 and 16 March 2020 stand in the figures that ship."""
    abnormal, worst = next(v for v in deepseek.verdicts if v.claim.id == "S0-A12").parts[:2]
    assert (worst.measured.value, worst.word) == (3, "contradicted")
    own = deepseek.abnormal["selloff"].select(["NVDA"])
    day = own.columns(Window(0, 0)).start
    less = int((own.residuals[0] / own.sigma[0] < own.sar[0, day]).sum())
    assert (abnormal.measured.value, abnormal.word) == (1 + less, "confirmed")


def test_a_figure_that_is_not_held_leaves_the_claim_open():
    evidence = three()
    missing = evidence.prices["X"].assign(open=np.nan)
    evidence = replace(evidence, prices={**evidence.prices, "X": missing})
    claim = stated(MEASURES["opening_gap"](security="X", date=MON), "opening_gap", **DOWN)
    verdict = judge([claim], evidence)[0]
    assert verdict.word == "open"
    assert "hold no open" in str(verdict.reason)


@pytest.mark.parametrize(("adjusted", "told"), [(True, "hold only the close adjusted"), (False, "hold no close")])
def test_a_close_that_is_held_adjusted_alone_is_told_as_one(adjusted, told):
    """Beside "daily closes, dividends reinvested" no one reads that there is none."""
    evidence = three()
    history = evidence.prices["X"].assign(close=np.nan)
    history = history if adjusted else history.assign(adj_close=np.nan)
    evidence = replace(evidence, prices={**evidence.prices, "X": history})
    claim = stated(MEASURES["price_level"](security="X", date=MON), "price_level", stated=87.0, hedge="exact")
    verdict = judge([claim], evidence)[0]
    assert verdict.word == "open"
    assert told in str(verdict.reason)


def test_a_row_missing_where_the_exchange_was_open_leaves_the_claim_open():
    evidence = three()
    gone = evidence.prices["X"].drop(pd.Timestamp(TUE))
    evidence = replace(evidence, prices={**evidence.prices, "X": gone})
    claim = stated(MEASURES["price_level"](security="X", date=TUE), "price_level", **exactly(90, 1))
    assert judge([claim], evidence)[0].word == "open"


def test_a_day_that_the_exchange_traded_and_nobody_holds_leaves_the_claim_open():
    """Thursday 30 January 2025 was a session of New York; no row of it is held."""
    claim = stated(MEASURES["price_level"](security="X", date=date(2025, 1, 30)), "price_level", **exactly(90, 1))
    assert judge([claim], three())[0].word == "open"


def test_a_change_never_spans_a_missing_session():
    evidence = three()
    gap = evidence.returns["X"].copy()
    gap.loc[pd.Timestamp(MON)] = np.nan
    evidence = replace(evidence, returns={**evidence.returns, "X": gap})
    verdict = judge([stated(MEASURES["opening_gap"](security="X", date=MON), "opening_gap", **DOWN)], evidence)[0]
    assert "no close of the session before" in str(verdict.reason)


def test_a_security_that_could_not_be_had_is_named_with_its_reason():
    evidence = three()
    lost = {s: f for s, f in evidence.prices.items() if s != "X"}
    evidence = replace(evidence, prices=lost, unavailable={"X": "the source was down"})
    verdict = judge([stated(MEASURES["return"](security="X", date=MON), "return", **DOWN)], evidence)[0]
    assert verdict.word == "open"
    assert "the source was down" in str(verdict.reason)


def test_a_panel_knows_no_day_before_its_first():
    """The first day was held against the last row: 25 % out of nothing."""
    days = pd.DatetimeIndex([MON, TUE], name="date")
    held = replace(three(), tables={"panel": pd.DataFrame({"X": [80.0, 100.0], "Y": [55.0, 55.0]}, days)})
    with pytest.raises(NoFigure, match="The panel begins on 27 January 2025"):
        MEASURES["panel_breadth"](date=MON, figure="median").measure(held)
    assert MEASURES["panel_breadth"](date=TUE, figure="median").measure(held).value == pytest.approx(0.125)


def test_the_index_without_the_treated_takes_its_own_weights_of_the_last_day():
    """Weights of two days and of two indices: those of the index named, dated last before the day, count."""
    rows = [("2025-01-23", "Z", 0.9), ("2025-01-24", "Z", 0.5), ("2025-01-24", "OTHER", 0.2)]
    columns = ["date", "index", "symbol", "weight", "source"]
    weights = pd.DataFrame([(on, index, "X", w, "s") for on, index, w in rows], columns=columns)
    held = replace(three(), tables={"weights": weights})
    claim = {"date": MON, "figure": "without_treated", "treated": ("X",), "security": "Z"}
    # Z stays, X falls by a fifth at half the weight: (0 + 0.5 × 0.2)/(1 − 0.5)
    assert MEASURES["panel_breadth"](**claim).measure(held).value == pytest.approx(0.2)
    with pytest.raises(NoFigure, match="No weights in Y are held"):
        MEASURES["panel_breadth"](**claim | {"security": "Y"}).measure(held)


def test_share_counts_are_asked_for_all_whose_value_a_claim_needs():
    """Also of a sum's members and of those that a value is held against."""
    from types import SimpleNamespace

    from eventwindow.study.load import valued

    def stated_by(name, **fields):
        return stated(MEASURES[name](date=FALL, **fields), name)

    claims = (
        stated_by("value_changes_sum", members=("chips", "C")),
        stated_by("value_against", security="D", against=("E",)),
        stated_by("return", security="F"),
        Claim(id="X-2", article="X", text_en="said", text_zh="", not_rated_en="An opinion."),
    )
    assert valued(SimpleNamespace(claims=claims), {"chips": ("A", "B")}) == ["A", "B", "C", "D", "E"]


@pytest.mark.parametrize("name", MEASURES)
def test_a_measure_states_its_facts_once(name):
    """What it needs has words, what it counts shares of is a key of its own, and what it finds has its unit."""
    kind = MEASURES[name]
    assert issubclass(kind, Measure)
    assert all(language(code).has(f"data.{need}") for need in kind.needs for code in LANGUAGES)
    assert set(kind.counts_of) <= set(kind.__dataclass_fields__)
    found = kind(**CASES[name].keys).measure(CASES[name].evidence)
    assert found.unit == kind.unit or (kind.unit, found.unit) in {("money", "USD"), ("decimal", "share")}
    assert (found.effect is not None) == kind.tests


def test_bars_lie_on_the_day_and_the_minute_of_their_own_exchange():
    """9:00 on a Monday in Tokyo is Sunday evening in New York, when nothing is traded there."""
    starts = pd.date_range("2025-01-27 00:00", periods=3, freq="5min", tz="UTC")
    table = pd.DataFrame({"symbol": "X", "start": starts, "open": 1.0, "close": 1.0, "volume": 1.0})
    evidence = three(intraday=table)
    tokyo, new_york = (
        replace(evidence, securities=evidence.securities.assign(exchange=mic)) for mic in ("XTKS", "XNYS")
    )
    placed = symbol_bars(tokyo, "X")
    assert list(placed["day"]) == [pd.Timestamp("2025-01-27")] * 3
    assert placed["minute"].iloc[0] == 540
    with pytest.raises(NoFigure):
        symbol_bars(new_york, "X")


def test_bars_before_the_open_are_none_of_the_session_and_one_that_begins_late_gives_no_figure():
    evidence = intraday()
    bars = evidence.tables["intraday"]
    early = bars.assign(start=bars["start"] - pd.Timedelta("5h"), open=7.0, close=7.0)
    both = replace(evidence, tables={"intraday": pd.concat([early, bars], ignore_index=True)})
    kind = MEASURES["first_hours"](security="X", date=MON, hours=0.5, since="open")
    assert kind.measure(both).value == kind.measure(evidence).value
    late = replace(evidence, tables={"intraday": bars.assign(start=bars["start"] + pd.Timedelta("1h"))})
    with pytest.raises(NoFigure, match="do not begin with the session"):
        kind.measure(late)


def test_a_span_of_volume_is_ranked_among_its_cyclic_shifts():
    """Written out: 200 days before and three of the span as a circle."""
    evidence = world({})
    history = evidence.prices["A"]
    logs = np.random.default_rng(3).normal(8, 0.3, len(history))
    traded_now = history.assign(volume=np.exp(logs))
    evidence = replace(evidence, prices={**evidence.prices, "A": traded_now})
    at = history.index.get_indexer([pd.Timestamp(FALL)])[0]
    past, span = logs[max(0, at - 260) : at - 10], logs[at : at + 3]
    circle = np.append(past, span) - past.mean()
    runs = np.array([np.take(circle, range(k, k + 3), mode="wrap").mean() for k in range(len(circle))])
    measure = MEASURES["abnormal_volume"](members=("A",), date=FALL, until=f"{history.index[at + 2]:%Y-%m-%d}")
    found = measure.measure(evidence)
    assert found.p_value == pytest.approx(np.mean(np.abs(runs) >= abs(runs[len(past)]) - 1e-12))
    for sessions, why in ((3, None), (10, None), (11, "volume_drifts")):
        until = f"{history.index[at + sessions - 1]:%Y-%m-%d}"
        unled = MEASURES["abnormal_volume"](members=("A",), date=FALL, until=until).measure(evidence).effect.unled
        assert (unled and unled.key) == why


@pytest.mark.parametrize("name", CASES)
def test_each_choice_of_a_measures_keys_has_its_words(name):
    kind, case = MEASURES[name], CASES[name]
    choices = {key: get_args(of) for key, of in get_type_hints(kind).items() if get_origin(of) is Literal}
    for chosen in product(*choices.values()):
        try:
            reason = kind(**case.keys | dict(zip(choices, chosen, strict=True))).measure(case.evidence).reason
        except NoFigure as error:
            reason = error.reason
        for code in languages():
            assert catalogue(code).reason(reason)


def test_a_sum_names_the_companies_counted_long_after_the_day():
    """Within 30 days a filing stands in; a later count is used, as none else is held, and said to be one."""
    held = three()
    table = held.tables["shares"]
    rows = table["symbol"] == "X"
    late = (pd.Timestamp(MON) + pd.Timedelta(days=157)).date()
    table = table.assign(as_of=table["as_of"].mask(rows, late), source=table["source"].mask(rows, "derived"))
    later = replace(held, tables={**held.tables, "shares": table})
    measure = MEASURES["value_changes_sum"](members=("X", "Y", "Z"), date=MON)
    plain, told = measure.measure(held), measure.measure(later)
    assert told.value == plain.value
    assert "later" not in str(plain.reason)
    assert f"Shares counted only later: X ({late.day} {late:%B %Y})." in str(told.reason)


def test_a_return_over_days_says_that_the_first_ones_own_move_is_part_of_it():
    found = MEASURES["return"](security="X", date=MON, until=TUE).measure(three())
    one = MEASURES["return"](security="X", date=MON).measure(three())
    day = f"{MON.day} {MON:%B %Y}"
    assert f"from the close before {day} to that of {TUE.day} {TUE:%B %Y}" in str(found.reason)
    assert f"on {day}" in str(one.reason)
