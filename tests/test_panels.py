"""A panel study in chunks, in two processes or on a cluster says what the plain path says."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from panels import panel

from eventwindow import StudyError, abnormal_returns, panel_study
from eventwindow.calendars.window import Window
from eventwindow.errors import Reason
from eventwindow.estimation.exports import worded
from eventwindow.inference.registry import NotComputed, run_tests
from eventwindow.inference.results import noted
from eventwindow.panel import chunk as task_module

WINDOWS = ((0, 0), (-1, 2))
OPTIONS = {"benchmark": "MKT", "estimation": (-70, -6), "window": (-5, 5), "minimum_returns": 30}


def ragged_panel(seed: int, gaps: float = 0.01, firms: int = 8) -> pd.DataFrame:
    """Returns with gaps, a late listing and a delisting."""
    g = np.random.default_rng(seed)
    returns = panel(seed, firms=firms, days=220)
    holes = g.random(returns.shape) < gaps
    holes[:, 0] = False
    returns = returns.mask(holes)
    returns.iloc[: g.integers(20, 120), 1] = np.nan
    returns.iloc[g.integers(100, 200) :, 2] = np.nan
    return returns


def drawn_events(returns: pd.DataFrame, seed: int, n: int, days: int = 140) -> pd.DataFrame:
    """Events of random firms and days in three groups, one of them without a name; some are two of one day."""
    g = np.random.default_rng(seed)
    at = {"security": g.choice(returns.columns[1:], n), "date": returns.index[72 + g.integers(0, days, n)]}
    events = pd.DataFrame(at | {"group": g.choice(["a", "b", ""], n)})
    events = pd.concat([events, events.iloc[: n // 10]], ignore_index=True)
    return events.assign(event=[f"e{i}" for i in range(len(events))])


def plain_answers(returns: pd.DataFrame, events: pd.DataFrame, **options: object) -> dict[tuple[object, ...], object]:
    """Every test of every group and window on all events at once."""
    ar = abnormal_returns(returns, events, **OPTIONS | options)
    members = {"all": ar} | {g: ar.select((ar.labels["group"] == g).to_numpy()) for g in ("a", "b")}
    held = {group: part for group, part in members.items() if len(part)}
    return {
        (group, *window, result.name): result
        for group, part in held.items()
        for window in WINDOWS
        for result in run_tests(part, Window(*window))
    }


def assert_same(tests: pd.DataFrame, plain: dict[tuple[object, ...], object]) -> None:
    rows = {(r.group, r.window_start, r.window_end, r.test): r for r in tests.itertuples()}
    assert rows.keys() == plain.keys()
    for key, expected in plain.items():
        row = rows[key]
        assert row.valid == expected.valid, key
        if isinstance(expected, NotComputed):
            # the number of common days in the reason is that of the first pair met, which depends on the order
            told = str(row.note), str(expected.reason)
            assert row.note.key == "not_computed" and len({"common" in one for one in told}) == 1, key
            continue
        assert row.statistic == pytest.approx(expected.statistic, rel=1e-12, abs=1e-12), key
        assert row.p_value == pytest.approx(expected.p_value, rel=1e-11, abs=1e-12), key
        said = [str(one) for one in (row.distribution, row.note)]
        assert [row.n, *said] == [expected.n, str(expected.distribution), str(noted(expected))], key


@given(st.integers(0, 2**20), st.integers(1, 90), st.sampled_from([0.0, 0.01, 0.1]))
@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
def test_chunks_of_any_size_add_up_to_the_plain_answer(seed, chunk, gaps):
    returns = ragged_panel(seed, gaps)
    events = drawn_events(returns, seed, 60)
    result = panel_study(returns, events, report=WINDOWS, chunk=chunk, workers=1, **OPTIONS)
    assert_same(result.tests, plain_answers(returns, events))


@pytest.mark.parametrize("model", ["mean_adjusted", "market_adjusted", "scholes_williams", "dimson"])
def test_every_kind_of_model_runs_in_chunks(model):
    returns = ragged_panel(3)
    events = drawn_events(returns, 3, 40)
    options = {"model": model} | ({"benchmark": None} if model == "mean_adjusted" else {})
    result = panel_study(returns, events, report=WINDOWS, chunk=13, workers=1, **OPTIONS | options)
    assert_same(result.tests, plain_answers(returns, events, **options))


@pytest.mark.parametrize("block", [1, 7, 4000])
def test_the_blocks_within_a_chunk_do_not_matter_either(monkeypatch, block):
    monkeypatch.setattr("eventwindow.panel.passes.BLOCK", block)
    assert task_module.BLOCK == 3840
    returns = ragged_panel(5)
    events = drawn_events(returns, 5, 50, days=12)  # many events share days
    result = panel_study(returns, events, report=WINDOWS, chunk=40, workers=1, **OPTIONS)
    assert_same(result.tests, plain_answers(returns, events))


def test_each_event_has_the_factors_that_it_names():
    returns = panel(3)
    events = pd.DataFrame({"security": ["F0", "F1"], "date": returns.index[100], "benchmark": ["a", "b"]})
    tables = {"a": returns["MKT"], "b": returns[["F4"]]}
    options = {**OPTIONS, "benchmark": None, "report": WINDOWS, "workers": 1}
    cars = panel_study(returns, events, factors=tables, **options).cumulative.set_index("security")["car"]
    plain = abnormal_returns(returns, events, factors=tables, **{**OPTIONS, "benchmark": None})
    for window in WINDOWS:
        found = plain.car(window)
        at = cars.groupby(level=0).nth(WINDOWS.index(window))
        np.testing.assert_allclose(at.loc[found.labels["security"]], found.car, rtol=1e-12)
    with pytest.raises(StudyError, match="benchmark 'b' has no table of factors"):
        panel_study(returns, events, factors={"a": returns["MKT"]}, **options)


def test_a_panel_answers_with_one_of_its_tables_and_its_table_of_a_paper_says_what_it_rests_on():
    returns = panel(2, firms=9, days=140)
    events = pd.DataFrame({"security": returns.columns[1:], "date": returns.index[100]})
    result = panel_study(returns, events, report=WINDOWS, workers=1, **OPTIONS)
    pd.testing.assert_frame_equal(result.to_frame(), result.caar)
    pd.testing.assert_frame_equal(result.to_frame("tests"), worded(result.tests))
    with pytest.raises(StudyError, match="no table 'verdicts'"):
        result.to_frame("verdicts")
    both = result, abnormal_returns(returns, events, **OPTIONS)
    ours, plain = (held.to_markdown().split("\n\n")[-1] for held in both)
    assert "[-70,-6]" in ours
    assert ours.partition("[-70,-6]")[0] == plain.partition("[-70,-6]")[0]
    assert repr(result).startswith("Panel study of 9 events\n")


def test_events_of_one_day_get_the_tests_of_one_day():
    returns = panel(2, firms=9, days=140)
    events = pd.DataFrame({"security": returns.columns[1:], "date": returns.index[100], "group": "a"})
    result = panel_study(returns, events, report=WINDOWS, chunk=4, workers=1, **OPTIONS)
    assert_same(result.tests, plain_answers(returns, events))
    assert "date_permutation_mean" in set(result.tests.query("statistic.notna()")["test"])


def test_each_event_has_the_figures_of_the_plain_path():
    returns = ragged_panel(11)
    events = drawn_events(returns, 11, 50).assign(event=lambda t: [f"e{i}" for i in range(len(t))])
    result = panel_study(returns, events, report=WINDOWS, chunk=9, workers=1, daily=True, **OPTIONS)
    ar = abnormal_returns(returns, events, **OPTIONS)
    mine = result.cumulative.astype({"event": str}).set_index(["event", "window_start"]).sort_index()
    for window in WINDOWS:
        expected = ar.car(Window(*window)).to_frame().set_index("event").sort_index()
        got = mine.xs(window[0], level="window_start")
        for name in ("car", "std_error", "p_value", "days"):
            np.testing.assert_allclose(got[name].to_numpy(float), expected[name], rtol=1e-12)
        assert list(got["note"].astype(str).str.removeprefix("not computed: ")) == list(expected["note"].astype(str))
    daily = pd.concat(result.daily_parts()).sort_values(["event", "tau"])
    plain = ar.to_frame().dropna(subset="date").sort_values(["event", "tau"])
    np.testing.assert_allclose(daily["abnormal_return"], plain["abnormal_return"], rtol=1e-12)
    aar = result.aar.query("group == 'all'")
    np.testing.assert_allclose(aar["aar"], ar.aar()["aar"], rtol=1e-11, atol=1e-15)
    told, expected = (
        (table[table["what"] != "told"] if "what" in table else table)
        .astype(str)
        .set_index("event")["reason"]
        .to_dict()
        for table in (result.excluded, ar.excluded)
    )
    assert len(told) > 3
    assert told == expected


def test_a_chunk_touches_no_more_of_the_panel_than_is_allowed(monkeypatch):
    monkeypatch.setattr("eventwindow.panel.plan.STRETCH", 300)
    returns = ragged_panel(9)
    events = drawn_events(returns, 9, 60)
    result = panel_study(returns, events, report=WINDOWS, chunk=50, workers=1, **OPTIONS)
    plan = result.plan
    assert plan.starts[0] == 0 and plan.starts[-1] == len(plan.events)
    own = [plan.rows(n).stop - plan.rows(n).start for n in range(len(plan))]
    assert 1 < max(own) < 6 and all(
        len(plan.task(n, halo=False).dates) * own[n] <= 300 for n in range(len(plan)) if own[n] > 1
    )
    assert_same(result.tests, plain_answers(returns, events))


def test_two_processes_give_the_bytes_of_one():
    returns = ragged_panel(7)
    events = drawn_events(returns, 7, 80)
    one, two = (
        panel_study(returns, events, report=WINDOWS, chunk=11, workers=workers, **OPTIONS) for workers in (1, 2)
    )
    for name in ("tests", "caar", "aar", "excluded", "cumulative"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(two, name), check_exact=True)


def test_more_reasons_than_a_byte_counts_are_told_apart():
    reasons = np.array([Reason("no_return_on", security=f"S{i}", day="") for i in range(1000)], object)
    assert len(set(task_module.Words().codes(reasons))) == 1000


def test_a_reason_within_a_reason_is_unpacked_as_it_was():
    told = Reason("not_computed", reason=Reason("begins_in_halt", day="2025-01-07"))
    assert Reason.unpacked(told.packed()) == told


def test_a_group_named_all_is_refused():
    returns = panel(1)
    events = pd.DataFrame({"security": ["F0"], "date": [returns.index[100]], "group": ["all"]})
    with pytest.raises(StudyError, match="stands for all events"):
        panel_study(returns, events, **OPTIONS)


def test_a_list_without_any_event_in_the_panel_says_why():
    returns = panel(1)
    events = pd.DataFrame({"security": ["ZZZ"], "date": [returns.index[100]]})
    with pytest.raises(StudyError, match="does not hold this security"):
        panel_study(returns, events, **OPTIONS)


def test_a_list_without_any_fit_says_why():
    returns = panel(1)
    events = pd.DataFrame({"security": ["F0"], "date": [returns.index[10]]})
    with pytest.raises(StudyError, match="returns in the estimation window"):
        panel_study(returns, events, workers=1, **OPTIONS)


@pytest.mark.parametrize(
    ("wrong", "match"),
    [
        ({"report": ((0, 9),)}, "reaches beyond"),
        ({"window": (-20, 5)}, "overlaps"),
        ({"model": "oracle"}, "unknown"),
        ({"chunk": 0}, "at least one event"),
        ({"engine": "abacus"}, "Engines: local, dask"),
        ({"benchmark": "SPX"}, "no security of the panel"),
        ({"report": ()}, "no window to report"),
    ],
)
def test_what_cannot_be_asked_is_refused(wrong, match):
    returns = panel(1)
    events = pd.DataFrame({"security": ["F0"], "date": [returns.index[100]]})
    with pytest.raises(StudyError, match=match):
        panel_study(returns, events, **OPTIONS | {"workers": 1} | wrong)


def test_an_event_whose_estimation_window_holds_its_own_day_meets_no_other():
    returns = panel(3, firms=4)
    events = pd.DataFrame({"security": returns.columns[1:4], "date": returns.index[[110, 115, 120]]})
    spans = {"estimation": (-60, 3), "window": (5, 10), "minimum_returns": 30, "benchmark": "MKT"}
    for rule in ("tell", "mask", "drop"):
        result = panel_study(returns, events, report=((5, 5),), workers=1, contamination=rule, **spans)
        assert len(result.cumulative) == 3, rule
        assert not result.excluded["reason"].astype(str).str.contains("another event").any(), rule
