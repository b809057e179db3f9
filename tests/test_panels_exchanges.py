"""Events of several exchanges in one panel: each counts the sessions of its own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from eventwindow import abnormal_returns, panel_study
from eventwindow.calendars.exchange import exchange_calendar
from eventwindow.errors import StudyError
from eventwindow.estimation.concat import concat
from eventwindow.inference.registry import run_tests

CASE = Path(__file__).parent / "cases" / "panel_two_countries"
SPANS = {"estimation": (-120, -6), "window": (-5, 5), "report": [(0, 1)], "minimum_returns": 50}
EVENTS = pd.read_csv(CASE / "events.csv")
LONG = pd.read_csv(CASE / "panel.csv", parse_dates=["date"])
WIDE = LONG.pivot_table(index="date", columns="security", values="return")


def apart(country: str) -> pd.DataFrame:
    """The securities of one country on their own sessions."""
    return WIDE[[name for name in WIDE if str(name).startswith(country) or name == f"M{country}"]].dropna(how="all")


def prices() -> pd.DataFrame:
    """Closes of which the returns are, none on a day on which its exchange was closed."""
    return (1 + WIDE).cumprod().where(WIDE.notna())


def figures(result) -> np.ndarray:
    return result.cumulative.sort_values("security")["car"].to_numpy()


def test_each_event_counts_the_sessions_of_its_own_exchange():
    together = panel_study(WIDE, EVENTS, **SPANS)
    cars = together.cumulative.set_index("security")["car"]
    for country in ("U", "J"):
        mine = EVENTS[EVENTS["security"].str.startswith(country)]
        alone = panel_study(apart(country), mine.drop(columns="exchange"), **SPANS).cumulative.set_index("security")
        assert cars[alone.index].to_numpy() == pytest.approx(alone["car"].to_numpy(), abs=1e-12)
    assert together.run["exchanges"] == ["XNYS", "XTKS"]


def test_the_tests_of_all_are_those_of_a_study_on_both_calendars():
    """The reference: each country estimated apart by the library, joined by calendar day, tested by the registry."""
    spans = {name: SPANS[name] for name in ("estimation", "window", "minimum_returns")}
    parts = [
        abnormal_returns(apart(country), EVENTS[EVENTS["security"].str.startswith(country)], **spans)
        for country in ("J", "U")
    ]
    asked = {r.name: r for r in run_tests(concat(parts), (0, 1)) if hasattr(r, "statistic")}
    tests = panel_study(WIDE, EVENTS, **SPANS).tests.query("group == 'all' and statistic.notna()").set_index("test")
    assert {"kolari_pynnonen_t", "rank_calendar_z", "crude_dependence_calendar_t"} <= set(tests.index)
    assert [n for n in tests.index if tests["statistic"][n] != pytest.approx(asked[n].statistic, rel=1e-9)] == []


def test_prices_become_returns_from_one_own_session_to_the_next(tmp_path):
    file = tmp_path / "prices.parquet"
    prices().reset_index().to_parquet(file)
    events = tmp_path / "events.csv"
    EVENTS.to_csv(events, index=False)
    of_prices = panel_study(file, events, values="prices", **SPANS)
    assert figures(of_prices) == pytest.approx(figures(panel_study(WIDE, EVENTS, **SPANS)), abs=1e-9)


@pytest.mark.parametrize("chunk", [1, 3, 8])
def test_no_answer_depends_on_the_size_of_chunks(chunk):
    one, other = panel_study(WIDE, EVENTS, **SPANS), panel_study(WIDE, EVENTS, chunk=chunk, **SPANS)
    pd.testing.assert_frame_equal(one.tests, other.tests)
    pd.testing.assert_frame_equal(one.cumulative, other.cumulative)
    pd.testing.assert_frame_equal(one.aar, other.aar)


def test_a_benchmark_of_another_exchange_covers_the_same_span():
    """After a day on which Tokyo was closed the American market's return is that of both days."""
    events = EVENTS[EVENTS["security"].str.startswith("J")].assign(benchmark="MU")
    both = pd.concat([events, EVENTS[EVENTS["security"].str.startswith("U")]])
    model = {"model": "market_adjusted", "daily": True, **SPANS}
    daily = pd.concat(panel_study(WIDE, both, **model).daily_parts())
    mine = daily[daily["security"] == "J0"].set_index("date")["expected_return"]
    level = (1 + WIDE["MU"].dropna()).cumprod()
    tokyo = exchange_calendar("XTKS", WIDE.index[0].date(), WIDE.index[-1].date()).sessions
    for day in mine.index[1:]:
        before = tokyo[tokyo < day][-1]
        if day in level.index and before in level.index:
            assert mine[day] == pytest.approx(level[day] / level[before] - 1, abs=1e-12)
        else:
            assert np.isnan(mine[day])


def test_an_exchange_without_a_calendar_has_the_days_of_its_prices():
    events = EVENTS.assign(exchange=EVENTS["exchange"].replace("XTKS", "XNAI"))
    result = panel_study(WIDE, events, **SPANS)
    assert figures(result) == pytest.approx(figures(panel_study(WIDE, EVENTS, **SPANS)), abs=1e-12)
    assert any("XNAI: its sessions are the days on which" in r for r in result.excluded["reason"].astype(str))


def test_more_events_than_fit_in_memory_say_which_tests_they_lose(monkeypatch):
    monkeypatch.setattr("eventwindow.panel.results.PAIRED", 5)
    tests = panel_study(WIDE, EVENTS, **SPANS).tests.query("group == 'all'").set_index("test")
    assert "at most 5 events" in " ".join(map(str, tests.loc["kolari_pynnonen_t"]))
    assert np.isnan(tests["statistic"]["kolari_pynnonen_t"])
    assert np.isfinite(tests["statistic"]["cross_sectional_t"])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"exchange": ["XNYS"] * 3 + [None] + ["XTKS"] * 4}, "the event of 'U3' has no exchange, others have"),
        ({"security": ["U0"] * 5 + ["J1", "J2", "J3"]}, "'U0' stands on XNYS and on XTKS"),
    ],
)
def test_a_list_that_leaves_its_exchange_open_is_refused(change, words):
    with pytest.raises(StudyError) as error:
        panel_study(WIDE, EVENTS.assign(**change), **SPANS)
    assert words in str(error.value)


def test_a_panel_of_two_countries_without_exchanges_is_refused():
    with pytest.raises(StudyError) as error:
        panel_study(WIDE, EVENTS.drop(columns="exchange"), **SPANS)
    assert "the panel mixes exchanges" in str(error.value) and "Add the column `exchange`" in str(error.value)


@pytest.fixture
def doors(tmp_path):
    """Each way in with a list and its options: what is told."""
    prices().rename_axis("date").to_csv(tmp_path / "prices.csv")
    WIDE.rename_axis("date").to_csv(tmp_path / "returns.csv")
    spans = {name: SPANS[name] for name in ("estimation", "window", "minimum_returns")}

    def library(table, values):
        return lambda events, **more: " ".join(abnormal_returns(table, events, values=values, **spans, **more).notes)

    def panel(table, values):
        def told(events, **more):
            return " ".join(map(str, panel_study(table, events, values=values, **SPANS, **more).excluded["reason"]))

        return told

    return [
        *(library(WIDE, "returns"), library(prices(), "prices")),
        *(panel(WIDE, "returns"), panel(prices(), "prices")),
        *(panel(tmp_path / "returns.csv", "returns"), panel(tmp_path / "prices.csv", "prices")),
    ]


def test_a_security_that_moves_while_its_exchange_is_closed_is_told_at_every_door(doors):
    wrong = EVENTS.assign(exchange=EVENTS["exchange"].mask(EVENTS["security"] == "U1", "XTKS"))
    one = EVENTS[EVENTS["security"].str.startswith("U")]
    for told in doors:
        said = told(wrong)
        assert "U1: moves on" in said and "days on which XTKS is closed" in said
        assert "U2: moves" not in said and "closed" not in told(EVENTS)
        assert "U2: moves on" in told(one.drop(columns="exchange"), exchange="XTKS")
        assert "closed" not in told(one.drop(columns="exchange"), exchange="XNYS")


def test_a_column_of_tickers_names_who_is_of_which_exchange(tmp_path):
    (tmp_path / "list.csv").write_text(EVENTS.rename(columns={"security": "ticker"}).to_csv(index=False), "utf-8")
    assert figures(panel_study(WIDE, tmp_path / "list.csv", **SPANS)) == pytest.approx(
        figures(panel_study(WIDE, EVENTS, **SPANS)), abs=1e-12
    )


def test_a_benchmark_that_was_open_while_the_exchange_was_closed_is_told(doors):
    """Tokyo rested on 15 July 2024; New York's return of its next session covers two of its own."""
    events = EVENTS[EVENTS["security"] == "J1"].assign(date="2024-07-12", benchmark="MU")
    lone = EVENTS[EVENTS["security"] == "U1"].assign(date="2024-07-12", benchmark="MU")
    for told in doors:
        said = told(pd.concat([events, lone]))
        assert "the return of MU on 2024-07-16 covers several of its sessions" in said or "1 event window holds" in said


@pytest.mark.parametrize("country", ["U", "J"])
@pytest.mark.parametrize("how", ["column", "argument"])
@pytest.mark.parametrize("values", ["returns", "prices"])
def test_events_of_one_exchange_do_not_count_the_days_of_another(country, how, values, tmp_path):
    """A holiday of the one on which the other trades is no day of its events, also where the list names one alone."""
    table = WIDE if values == "returns" else prices()
    mine, mic = EVENTS[EVENTS["security"].str.startswith(country)], {"U": "XNYS", "J": "XTKS"}[country]
    events, told = (mine, {}) if how == "column" else (mine.drop(columns="exchange"), {"exchange": mic})
    right = panel_study(apart(country), mine.drop(columns="exchange"), **SPANS)
    file = tmp_path / "panel.parquet"
    table.reset_index().to_parquet(file)
    for panel in (table, file):
        result = panel_study(panel, events, values=values, **told, **SPANS)
        assert figures(result) == pytest.approx(figures(right), abs=1e-9)
        assert any(
            f"{mic}: {len(apart(country))} of the {len(WIDE)} rows" in f"{why}" for why in result.excluded["reason"]
        )
    spans = {name: SPANS[name] for name in ("estimation", "window", "minimum_returns")}
    result = abnormal_returns(table, events, values=values, **told, **spans)
    cars = result.car((0, 1)).to_frame().sort_values("security")["car"].to_numpy()
    assert cars == pytest.approx(figures(right), abs=1e-9)
    assert any("rows are its sessions" in note for note in result.notes)


def test_a_session_without_a_row_is_told():
    events = EVENTS[EVENTS["security"] == "U0"]
    table = apart("U")
    gone = table.index[table.index < events["date"].min()][-1]
    short = table.drop(gone)
    spans = {name: SPANS[name] for name in ("estimation", "window", "minimum_returns")}
    for told in (
        abnormal_returns(short, events, **spans).notes,
        panel_study(short, events, **SPANS).excluded["reason"].map(str),
    ):
        assert [note for note in told if f"XNYS: 1 session has no row ({gone:%Y-%m-%d})" in note]
    assert not [note for note in abnormal_returns(table, events, **spans).notes if "no row" in note]


def test_a_stretch_without_rows_is_told_where_no_exchange_is():
    table, event = apart("U"), EVENTS[EVENTS["security"] == "U0"].drop(columns="exchange")
    day = int(table.index.searchsorted(pd.Timestamp(event["date"].iloc[0])))
    torn = table.drop(table.index[day - 60 : day - 45])
    spans = {"estimation": (-100, -6), "window": (-5, 5), "minimum_returns": 50}
    told = f"no row between {table.index[day - 61]:%Y-%m-%d} and {table.index[day - 45]:%Y-%m-%d}"
    assert any(told in note for note in abnormal_returns(torn, event, **spans).notes)
    holiday = table.drop(table.index[day - 60 : day - 53])
    assert not any("no row" in note for note in abnormal_returns(holiday, event, **spans).notes)
