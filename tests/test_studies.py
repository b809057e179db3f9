"""The two further studies that ship, on adjusted closes only: what was published of them, and what cannot be told."""

from __future__ import annotations

import pytest

from eventwindow import read_study, run_study
from eventwindow.study.library import find_study, new_study, shipped_studies

STUDIES = ("bank-run-2023", "outage-2024")


@pytest.fixture(scope="module", params=STUDIES)
def result(request, bank_run, outage):
    return {one.name: one for one in (bank_run, outage)}[request.param]


def day_return(result, event: str, security: str) -> float:
    rows = result.table("abnormal_returns").query("event == @event and tau == 0 and security == @security")
    return float(rows["actual_return"].iloc[0])


# Closes that a notice to shareholders of July 2024 gives (see docs/studies.md): 343.05, 304.96, 263.91.
def test_the_outage_moves_the_share_as_published(outage):
    assert day_return(outage, "outage", "CRWD") == pytest.approx(304.96 / 343.05 - 1, abs=5e-5)
    claims = outage.claims.set_index("id")["measured"]
    assert claims["O6-1"] == pytest.approx(263.91 / 304.96 - 1, abs=5e-5)


# One-day falls of 10 and 13 March 2023 in reports of the day after (see docs/studies.md).
@pytest.mark.parametrize(
    ("event", "security", "published", "digits"),
    [("closure", "WAL", -0.2088, 4), ("rescue", "KEY", -0.27, 2), ("rescue", "PNC", -0.052, 3)],
)
def test_the_bank_run_moves_shares_as_published(bank_run, event, security, published, digits):
    assert round(day_return(bank_run, event, security), digits) == published


def test_late_news_is_priced_on_the_next_session(bank_run, outage):
    days = {
        (event, str(study.labels["date"].iloc[0].date()))
        for result in (bank_run, outage)
        for event, study in result.abnormal.items()
    }
    assert days == {
        ("announcement", "2023-03-09"),
        ("closure", "2023-03-10"),
        ("rescue", "2023-03-13"),
        ("outage", "2024-07-19"),
        ("boies", "2024-07-30"),
    }


def test_levels_and_market_values_stay_open_with_their_reason(bank_run, outage):
    for result, claim in ((outage, "O1-2"), (bank_run, "R3-1"), (bank_run, "R4-2")):
        (verdict,) = [v for v in result.verdicts if v.claim.id == claim]
        assert verdict.word == "open"


def test_every_entry_of_the_calendar_has_a_source(result):
    news = read_study(result.name).file.news
    assert len(news) > 5
    assert all(entry.source is not None and entry.source.address for entry in news)


def test_each_ships_with_ten_to_thirty_statements_some_of_which_fail(result):
    words = result.claims["verdict"]
    assert 10 <= len(words) <= 30
    assert (words == "contradicted").any()
    assert words.str.startswith("confirmed").any()


def test_a_price_that_changes_turns_a_verdict(tmp_path):
    """CrowdStrike's close of 19 July, moved up to that of the day before: its fall of 11.1 % is no longer confirmed."""
    import shutil

    from eventwindow.prices.bundled import shipped_histories

    folder = tmp_path / "moved"
    shutil.copytree(find_study("outage-2024"), folder)
    frames = {s: h.frame["adj_close"] for s, h in shipped_histories(folder / "figures").items()}
    day = frames["CRWD"].index.get_loc("2024-07-19")
    frames["CRWD"].iloc[day] = frames["CRWD"].iloc[day - 1]
    rows = [f"{date:%Y-%m-%d},{s},{value}" for s, held in frames.items() for date, value in held.items()]
    prices = tmp_path / "prices.csv"
    prices.write_text("\n".join(["date,symbol,adj_close", *rows]) + "\n", encoding="utf-8")
    claims = run_study(folder, prices=str(prices)).claims.set_index("id")["verdict"]
    assert claims["O1-1"] == "contradicted"


@pytest.mark.parametrize("name", [*shipped_studies(), "template"])
def test_every_basket_of_a_study_that_ships_has_a_name_for_readers(name, tmp_path):
    study = read_study(new_study(tmp_path / "new") or tmp_path / "new" if name == "template" else find_study(name))
    assert study.file.baskets
    assert [basket.name for basket in study.file.baskets if not basket.title_en] == []


def test_all_three_are_listed():
    assert {"deepseek-2025", *STUDIES} <= set(shipped_studies())
