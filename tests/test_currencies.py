"""Values in several currencies: each hostile rate or code ends in a clear line, or in the right figure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from claims_world import quoted
from pydantic import TypeAdapter, ValidationError

from eventwindow.claims.evidence import Evidence
from eventwindow.claims.market_value import in_one_currency
from eventwindow.errors import NoFigure, Reason, catalogue
from eventwindow.prices.currencies import PARTS
from eventwindow.study.form import Security

DAY = date(2024, 5, 23)
DAYS = pd.bdate_range("2024-05-01", "2024-05-31")


def evidence(**rates: object) -> Evidence:
    """A in dollars, J in yen, and closes of rates by symbol (`JPYUSD` is JPYUSD=X)."""
    closes = {f"{name}=X": pd.DataFrame({"close": pd.Series(rate, DAYS, dtype=float)}) for name, rate in rates.items()}
    securities = pd.DataFrame({"currency": {"A": "USD", "J": "JPY"}})
    return replace(quoted(), securities=securities, prices=closes)


@pytest.mark.parametrize(
    "rates",
    [
        {"JPY": 150.0},
        {"JPYUSD": 1 / 150},
        {"USDJPY": 150.0},
        {"JPY": 150.0, "JPYUSD": 1 / 150.5},  # two that agree
        {"JPY": np.where(pd.Timestamp(DAY) == DAYS, np.nan, 150.0)},  # a gap on the day
        {"JPY": np.where(pd.Timestamp("2024-05-17") < DAYS, np.nan, 150.0)},  # the last six days ago
        {"JPY": np.where(pd.Timestamp(DAY) < DAYS, 1.0, 150.0)},  # what comes after the day does not count
    ],
)
def test_a_rate_that_can_be_converts(rates):
    unit, worth = in_one_currency(evidence(**rates), ["A", "J"], DAY)
    assert unit == "USD" and worth == {"A": 1.0, "J": pytest.approx(1 / 150, rel=5e-3)}


@pytest.mark.parametrize(
    ("rates", "said"),
    [
        ({}, "no rate of JPY is held"),
        ({"EUR": 0.9}, "no rate of JPY is held"),
        ({"JPY": 1 / 150}, "JPY=X is 0.00666667 on 23 May 2024, which makes one unit 150 dollars"),
        ({"JPYUSD": 150.0}, "JPYUSD=X is 150 on 23 May 2024"),
        ({"JPY": 150.0, "JPYUSD": 1 / 120}, "its rates JPYUSD=X, JPY=X make it 0.00666667 and 0.00833333 dollars"),
        ({"JPY": np.where(pd.Timestamp("2024-05-10") < DAYS, np.nan, 150.0)}, "JPY=X has no figure in the 7 days"),
        ({"JPY": np.where(pd.Timestamp(DAY) >= DAYS, np.nan, 150.0)}, "JPY=X has no figure in the 7 days"),
    ],
)
def test_a_rate_that_cannot_be_leaves_the_claim_open_with_its_reason(rates, said):
    with pytest.raises(NoFigure) as told:
        in_one_currency(evidence(**rates), ["A", "J"], DAY)
    assert said in catalogue("en").reason(told.value.reason)
    assert "JPY" in catalogue("zh-Hant").reason(told.value.reason)


def test_a_rate_that_was_left_out_says_why():
    held = evidence()
    held.unavailable["JPY=X"] = Reason("finding_weekly", days=7.0)
    with pytest.raises(NoFigure, match="JPY=X: weekly prices"):
        in_one_currency(held, ["A", "J"], DAY)


def test_values_of_one_currency_need_no_rate():
    assert in_one_currency(evidence(), ["J"], DAY) == ("JPY", {"J": 1.0})


@pytest.mark.parametrize("code", [*PARTS, "UDS", "usd", "dollars", "", "$", "US", "XXY"])
def test_a_code_that_is_no_currency_is_refused_in_the_study(code):
    with pytest.raises(ValidationError) as told:
        TypeAdapter(Security).validate_python({"symbol": "A", "currency": code})
    words = f"{PARTS[code][1]:g} {PARTS[code][0]}" if code in PARTS else "is no code of a currency"
    assert words in str(told.value)
    assert ("Did you mean USD?" in str(told.value)) == (code == "usd")
