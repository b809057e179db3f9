"""Groups compared and CARs on characteristics, in library, panel and study file, against statsmodels and numpy."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from panels import on_days, on_one_day, panel
from scipy.stats import t as student
from test_panels import OPTIONS, WINDOWS, drawn_events, ragged_panel
from test_panels_sources import STUDY

from eventwindow import StudyError, abnormal_returns, car_regression, panel_study
from eventwindow.cli.main import main
from eventwindow.errors import file_name, languages
from eventwindow.panel.results import leading


def listed(seed: int = 3, n: int = 60) -> tuple[pd.DataFrame, pd.DataFrame]:
    returns = ragged_panel(seed, 0.0)
    events, g = drawn_events(returns, seed, n), np.random.default_rng(seed)
    return returns, events.assign(
        size=g.standard_normal(len(events)).round(3), sector=g.choice(["bank", "oil", "tech"], len(events))
    )


def by_hand(ar, window: tuple[int, int], weights: np.ndarray) -> tuple[float, float]:
    """Σ w CAR and √(Σ_ij w_i w_j n_ij c_ij), pair by pair on the calendar."""
    at = ar.window.taus.tolist().index(window[0]), ar.window.taus.tolist().index(window[1]) + 1
    own = [pd.Series(e, d) for e, d in zip(ar.residuals, ar.estimation_days, strict=True)]
    tested, total = ar.event_days[:, at[0] : at[1]], 0.0
    for i in range(len(ar)):
        for j in range(len(ar)):
            if shared := len(set(tested[i]) & set(tested[j])):
                pair = pd.concat([own[i], own[j]], axis=1, join="inner").to_numpy()
                total += weights[i] * weights[j] * shared * np.cov(pair.T)[0, 1]
    return float(weights @ ar.ar[:, at[0] : at[1]].sum(axis=1)), float(np.sqrt(total))


@pytest.mark.parametrize("window", [(0, 0), (-1, 2)])
def test_slopes_of_windows_that_overlap_are_held_against_calendar_time(window):
    ar = on_days(panel(6, firms=8, days=220), [f"F{i}" for i in range(8)] * 2, [100] * 8 + [101] * 4 + [130] * 4)
    size = np.random.default_rng(2).standard_normal(16)
    found = car_regression(ar, window, pd.DataFrame({"size": size})).results.set_index(["term", "method"])
    slope, error = by_hand(ar, window, np.linalg.pinv(np.column_stack([np.ones(16), size]))[1])
    row = found.loc[("size", "calendar time")]
    assert (row["statistic"], row["std_error"]) == pytest.approx((slope / error, error), rel=1e-9)
    assert row["p_value"] == pytest.approx(2 * student.sf(abs(slope / error), ar.nobs.min() - 1), rel=1e-9)
    assert row["valid"] and found.index[0][1] == "calendar time" and not found.loc[("size", "HC3"), "valid"]


def test_on_a_shared_day_the_difference_of_two_groups_is_ranked_among_those_of_the_days():
    ar = on_one_day(panel(7, firms=9))
    ar.labels["group"] = ["big", "small", "small"] * 3
    big = (ar.labels["group"] == "big").to_numpy()
    moves = ar.residuals[big].mean(axis=0) - ar.residuals[~big].mean(axis=0)
    event = ar.ar[big, 5].mean() - ar.ar[~big, 5].mean()
    found = car_regression(ar, 0, ["group"])
    row = found.results.query("term == 'group: small − big'").iloc[0]
    assert found.coefficients["group: small − big"] == pytest.approx(-event)
    assert row["method"] == "rank among estimation days"
    assert row["p_value"] == pytest.approx((1 + (np.abs(moves) >= abs(event)).sum()) / (len(moves) + 1))


def test_scattered_groups_lead_with_hc3_which_is_nearly_welch():
    import statsmodels.api as sm

    returns = panel(8, firms=8, days=220)
    ar = on_days(returns, [f"F{i}" for i in range(8)], list(range(80, 200, 15)))
    ar.labels["group"] = list("aabbaabb")
    car, first = ar.car(0).car, np.array(list("aabbaabb")) == "a"
    row = car_regression(ar, 0, ["group"]).results.query("term == 'group: b − a'").iloc[0]
    fit = sm.OLS(car, sm.add_constant((~first).astype(float))).fit(cov_type="HC3", use_t=True)
    assert (row["method"], row["valid"]) == ("HC3", True)
    assert row["p_value"] == pytest.approx(fit.pvalues[1])
    parts = [car[first], car[~first]]  # HC3 of a dummy: each group's variance with divisor n - 1, times n / (n - 1)
    assert row["std_error"] == pytest.approx(np.sqrt(sum(part.var(ddof=1) / (len(part) - 1) for part in parts)))


def test_a_panel_says_what_the_library_says():
    returns, events = listed()
    asked = {"compare": [("a", "b")], "characteristics": ["size", "sector"]}
    result = panel_study(returns, events, report=WINDOWS, chunk=13, workers=1, **asked, **OPTIONS)
    ar = abnormal_returns(returns, events, **OPTIONS)
    for window in WINDOWS:
        here = "window_start == @window[0] and window_end == @window[1]"
        slopes = car_regression(ar, window, ["size", "sector"])
        mine = result.regression.query(here)
        assert mine["term"].unique().tolist() == ["const", "size", "sector: oil − bank", "sector: tech − bank"]
        np.testing.assert_allclose(mine["p_value"].astype(float), slopes.results["p_value"].astype(float), rtol=1e-10)
        pair = ar.select(ar.labels["group"].isin(["a", "b"]).to_numpy())
        row = leading(result.differences.query(here)).iloc[0]
        means = [pair.select((pair.labels["group"] == g).to_numpy()).caar(window) for g in "ab"]
        assert row["difference"] == pytest.approx(means[0] - means[1])
        other = car_regression(pair, window, ["group"]).results.query("term != 'const'").iloc[0]
        assert (row["method"], row["p_value"]) == (other["method"], pytest.approx(other["p_value"]))


def test_too_many_events_for_their_days_have_the_errors_of_their_cars(monkeypatch):
    returns, events = listed()
    asked = {"compare": [("a", "b")], "characteristics": ["size"], "labels": ["sector"]}
    whole = panel_study(returns, events, report=WINDOWS, workers=1, **asked, **OPTIONS)
    monkeypatch.setattr("eventwindow.panel.contrasts.PAIRED", 10)
    alone = panel_study(returns, events, report=WINDOWS, workers=1, **asked, **OPTIONS)
    for table in ("differences", "regression"):
        mine, all_ = (getattr(r, table).query("method == 'HC3'").reset_index(drop=True) for r in (alone, whole))
        pd.testing.assert_frame_equal(mine, all_)
        assert set(getattr(alone, table)["method"]) == {"HC3", "clustered by security and date"}


def test_an_event_without_a_characteristic_is_left_out_and_told():
    returns, events = listed()
    events.loc[[0, 4], "size"] = np.nan
    result = panel_study(returns, events, report=[0], characteristics=["size"], labels=["sector"], workers=1, **OPTIONS)
    held = result.cumulative[result.cumulative["note"].astype(str) == ""]
    lacking = set(events.loc[[0, 4], "event"])
    assert result.regression["n"].unique().tolist() == [(~held["event"].isin(lacking)).sum()]
    n = result.cumulative["event"].isin(lacking).sum()
    assert n and f"{n} events lack a characteristic (size)" in " ".join(map(str, result.excluded["reason"]))


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"compare": [("a", "z")]}, "no event of the list has the group 'z'\nIts groups are a, b"),
        ({"compare": [("a", "a")]}, "is no pair of groups"),
        ({"compare": ["ab"]}, "is no pair of groups"),
        ({"characteristics": ["beta"]}, "the list has no column 'beta'"),
        ({"characteristics": ["mixed"]}, "mixed: 'x1' is not a number"),
    ],
)
def test_what_cannot_be_compared_or_regressed_is_refused(asked, said):
    returns, events = listed()
    events["mixed"] = ["x1", *["1.5"] * (len(events) - 1)]
    if asked.get("characteristics") != ["mixed"]:
        events = events.drop(columns="mixed")
    labels = [name for name in ("size", "sector", "mixed") if name in events]
    with pytest.raises(StudyError) as error:
        panel_study(returns, events, report=[0], labels=labels, workers=1, **asked, **OPTIONS)
    assert said in str(error.value)


def test_a_regression_that_cannot_be_run_says_why_and_ends_nothing():
    returns, events = listed()
    result = panel_study(
        returns, events.assign(one=1.0), labels=["size", "sector"], characteristics=["one"], workers=1, **OPTIONS
    )
    assert result.regression["p_value"].isna().all() and len(result.caar)
    assert "cannot identify 2 coefficients" in str(result.regression["note"].iloc[0])


ASKED = '\ncompare = [["a", "b"]]\n\n[regression]\ncharacteristics = ["size", "sector"]\n'


@pytest.fixture
def study(tmp_path):
    returns, events = listed()
    returns.rename_axis("date").reset_index().to_parquet(tmp_path / "panel.parquet")
    events.to_csv(tmp_path / "events.csv", index=False)
    (tmp_path / "study.toml").write_text(STUDY + ASKED)
    return tmp_path


def test_a_study_file_asks_for_both_and_every_page_shows_them(study, capsys):
    assert main(["check", str(study)]) == 0
    capsys.readouterr()
    assert main(["run", str(study), "--out", str(study / "out"), "--excel"]) == 0
    said = capsys.readouterr().out
    assert "Groups compared" in said and "a − b" in said and "sector: oil − bank" in said
    folder = study / "out" / "results"
    slopes, pairs = pd.read_csv(folder / "regression.csv"), pd.read_csv(folder / "differences.csv")
    lead = leading(pairs).iloc[0]
    for code in languages():
        page = (study / "out" / file_name(code)).read_text(encoding="utf-8")
        assert 'id="h-differences"' in page and 'id="h-regression"' in page
        assert f"{lead['p_value']:.3f}" in page and "panel.method" not in page
    assert len(slopes["term"].unique()) == 4
    assert main(["run", str(study), "--out", str(study / "out"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert len(told["regression"]) == len(slopes) and len(told["differences"]) == len(pairs)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('["a", "b"]', '["a", "z"]', "no event of the list has the group 'z'"),
        ('"size", "sector"', '"size", "beta"', "events.csv: characteristics: the list has no column 'beta'"),
        ('"size", "sector"', "", "regression.characteristics"),
    ],
)
def test_check_and_run_refuse_alike_what_a_study_cannot_ask(study, capsys, old, new, said):
    (study / "study.toml").write_text((STUDY + ASKED).replace(old, new))
    messages = []
    for command in (["check", str(study)], ["run", str(study), "--out", str(study / "out")]):
        assert main(command) == 2
        messages.append(capsys.readouterr().err)
    assert messages[0] == messages[1] and said in messages[0]
