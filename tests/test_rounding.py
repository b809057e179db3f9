"""The rounding rule: a figure that rounds to the one stated holds under every hedge that rounds, one that does not never."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from eventwindow.claims.rounding import HEDGES, Bounds, Step, bounds, fit, is_move, step_of

SCALE = {"decimal": Decimal("0.01"), "USD": Decimal("1e9"), "TWD": Decimal("1e9"), "price": Decimal(1)}
UNITS = st.sampled_from(sorted(SCALE))
ROUNDING = sorted(set(HEDGES) - {"range", "more_than", "less_than"})
WRITTEN = st.decimals(min_value=Decimal("0.01"), max_value=Decimal(99999), places=2).map(lambda d: d.normalize())


def stated(written: Decimal, unit: str) -> float:
    """A figure as an article writes it ("16.97", "600"), in the unit of the ledger."""
    return float(written * SCALE[unit])


def word(size: float, said: float, hedge: str, unit: str = "decimal", text: str = "") -> str:
    step = step_of(said, unit, text)
    return fit(size, (said, said), hedge, (step, step), is_move(unit))


def read_at(written: Decimal, hedge: str) -> Decimal:
    """The last digit; of zeros behind a hedge the third."""
    last = last_digit(written)
    if HEDGES[hedge].zeros or last <= 1:
        return last
    return min(last, Decimal(1).scaleb(written.adjusted() - 2))


def last_digit(written: Decimal) -> Decimal:
    return Decimal(1).scaleb(int(written.as_tuple().exponent))


@given(WRITTEN, UNITS, st.sampled_from(ROUNDING), st.floats(-0.4999, 0.4999))
def test_a_figure_that_rounds_to_the_one_stated_holds_under_every_hedge_that_rounds(written, unit, hedge, part):
    """Behind a hedge that gives room, “600” is read to three digits: 560 is not “nearly 600” because it rounds so."""
    size = stated(written + read_at(written, hedge) * Decimal(part), unit)
    assert word(size, stated(written, unit), hedge, unit) in {"same", "rounded"}


@given(WRITTEN, UNITS, st.floats(0.5001, 1e4), st.sampled_from([-1, 1]))
def test_a_figure_that_rounds_to_another_never_does_where_no_hedge_gives_room(written, unit, part, side):
    size = stated(written + last_digit(written) * Decimal(part * side), unit)
    assert word(size, stated(written, unit), "exact", unit) == "off"
    assert word(size, stated(written, unit), "amounted_to", unit) == "off"


@given(WRITTEN, UNITS, st.floats(0, 3))
def test_the_rule_is_that_of_rounding_by_hand(written, unit, times):
    """Against the decimal module, which rounds by another road."""
    measured = Decimal(times * float(written))
    assume(abs(abs((measured - written) / last_digit(written)) - Decimal("0.5")) > Decimal("1e-6"))
    rounds = measured.quantize(last_digit(written), ROUND_HALF_UP) == written
    assert (word(stated(measured, unit), stated(written, unit), "exact", unit) != "off") == rounds


@given(WRITTEN, UNITS, st.sampled_from(sorted(set(HEDGES) - {"range"})), st.floats(0, 3))
def test_beyond_its_room_and_half_a_step_no_hedge_holds(written, unit, hedge, times):
    said, room = stated(written, unit), HEDGES[hedge]
    size, half = times * said, stated(read_at(written, hedge), unit) / 2 if room.rounds else 0.0
    low, high = said - max(room.below * said, half), said + max(room.above * said, half)
    assume(all(abs(size - edge) > 1e-6 * said for edge in (low, high)))
    assert (word(size, said, hedge, unit) != "off") == (low < size < high and (size > 0 or not is_move(unit)))


@given(WRITTEN, UNITS, st.sampled_from(sorted(HEDGES)), st.floats(1e-9, 3))
def test_a_move_the_other_way_holds_under_no_hedge(written, unit, hedge, times):
    assume(is_move(unit))
    assert word(-times * stated(written, unit), stated(written, unit), hedge, unit) == "off"
    assert word(0.0, stated(written, unit), hedge, unit) == "off"


@given(WRITTEN, st.sampled_from(sorted(HEDGES)), st.just(0.0) | st.floats(1e-9, 3))  # below, a hundredth of it is 0
def test_the_unit_flips_nothing(written, hedge, times):
    """17 per cent, 17 billion and 17 points are read alike."""
    found = {
        unit: word(stated(written * Decimal(times), unit), stated(written, unit), hedge, unit)
        for unit in ("decimal", "USD", "TWD")
    }
    edge = abs(abs(times - 1) * float(written) / float(read_at(written, hedge)) - 0.5)
    assume(edge > 1e-6 and all(abs(times - 1 - e) > 1e-6 for e in (-0.1, -0.05, 0.0, 0.05, 0.1)))
    assert len(set(found.values())) == 1


@pytest.mark.parametrize("hedge", ["more_than", "less_than"])
@given(written=WRITTEN, unit=UNITS, times=st.floats(0.001, 3))
def test_beyond_and_short_of_round_nothing(hedge, written, unit, times):
    assume(abs(times - 1) > 1e-9)
    beyond = times > 1
    assert (word(times * stated(written, unit), stated(written, unit), hedge, unit) == "same") == (
        beyond == (hedge == "more_than")
    )
    assert word(stated(written, unit), stated(written, unit), hedge, unit) == "off"


@given(st.integers(1, 99), st.integers(1, 9), UNITS, st.floats(0.5, 1.5))
def test_open_zeros_are_read_at_the_significant_digits_and_told(head, zeros, unit, times):
    """“600” holds from 550 to 650; what is not 600 to three digits is told."""
    assume(head % 10)
    written = Decimal(head).scaleb(zeros)
    size, said = times * stated(written, unit), stated(written, unit)
    step = float(Decimal(1).scaleb(zeros) * SCALE[unit])
    assume(abs(abs(size - said) - step / 2) > 1e-6 * said)
    found = word(size, said, "exact", unit)
    assert (found != "off") == (abs(size - said) < step / 2)
    if abs(times - 1) > 0.01:
        assert found != "same"
    if abs(times - 1) < 4e-4:
        assert found == "same"


@pytest.mark.parametrize(
    ("said", "unit", "text", "size", "zeros"),
    [
        (-0.17, "decimal", "17 %", 0.01, False),
        (-0.1697, "decimal", "16.97 %", 1e-4, False),
        (0.2, "decimal", "20 %", 0.1, True),
        (0.2, "decimal", "20.0 %", 1e-3, False),
        (1.5e12, "USD", "1.50 trillion dollars", 1e10, False),
        (1.5e12, "USD", "1.5 trillion dollars", 1e11, True),
        (6e11, "USD", "6,000 億美元", 1e11, True),
        (593e9, "USD", "5,930 億美元", 1e9, False),
        (8e9, "USD", "about 8bn dollars", 1e9, False),
        (5.6e6, "USD", "5.6m dollars", 1e5, False),
        (200.0, "price", "200", 100.0, True),
        (200.0, "price", "200.00", 0.01, False),
        (128.99, "price", "128.99", 0.01, False),
        (10.0, "rank", "tenth", 1.0, False),
        (0.0, "count", "", 1.0, False),
        (0.0, "decimal", "flat", 0.01, False),
    ],
)
def test_the_precision_is_that_of_the_digits(said, unit, text, size, zeros):
    assert step_of(said, unit, text) == Step(pytest.approx(size), zeros)


@pytest.mark.parametrize(
    ("size", "said", "hedge", "unit", "expected"),
    [
        (592.66e9, 6e11, "amounted_to", "USD", "rounded"),
        (592.66e9, 6e11, "close_to", "USD", "same"),
        (592.66e9, 6e11, "nearly", "USD", "same"),
        (592.66e9, 6e11, "reached", "USD", "off"),
        (599.6e9, 6e11, "reached", "USD", "same"),
        (554e9, 6e11, "amounted_to", "USD", "rounded"),
        (554e9, 6e11, "close_to", "USD", "off"),
        (592.66e9, 6e11, "more_than", "USD", "off"),
        (592.66e9, 593e9, "exact", "USD", "same"),
        (202.40, 200.0, "exact", "price", "rounded"),
        (200.4, 200.0, "exact", "price", "same"),
        (0.16968, 0.17, "exact", "decimal", "same"),
        (0.1649, 0.17, "exact", "decimal", "off"),
        (0.165, 0.17, "exact", "decimal", "same"),
        (0.05, 0.20, "less_than", "decimal", "same"),
        (-0.05, 0.20, "less_than", "decimal", "off"),
        (-0.14, 0.50, "less_than", "share", "same"),
        (61e9, 6e10, "nearly", "USD", "off"),
        (61e9, 61e9, "at_most", "USD", "same"),
    ],
)
def test_the_examples_of_the_table(size, said, hedge, unit, expected):
    assert word(size, said, hedge, unit) == expected


@pytest.mark.parametrize(("size", "expected"), [(0.0146, "same"), (0.0204, "same"), (0.026, "off"), (0.004, "off")])
def test_a_range_rounds_at_both_of_its_ends(size, expected):
    steps = (step_of(0.01, "decimal"), step_of(0.02, "decimal"))
    assert fit(size, (0.01, 0.02), "range", steps, move=True) == expected


def test_bounds_of_a_hedge_are_what_a_picture_draws():
    steps = (Step(1e11), Step(1e11))
    assert bounds((6e11, 6e11), "close_to", steps, move=True) == Bounds(5.5e11, 6.5e11, move=True)
    assert bounds((6e11, 6e11), "more_than", steps, move=True) == Bounds(6e11, math.inf, strict=True, move=True)
