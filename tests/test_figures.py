"""Figures: drawn from the result's own numbers, described in words, every glyph there, the same bytes each time."""

from __future__ import annotations

import re
from dataclasses import replace
from importlib.resources import files
from itertools import combinations
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from contrast import AA, contrast, rgb

from eventwindow.calendars.window import Window
from eventwindow.errors import StudyError, begun
from eventwindow.report.context import Context
from eventwindow.report.csv import csv_text
from eventwindow.report.figures import FIGURES, chart
from eventwindow.report.figures.chart import charted
from eventwindow.report.figures.claims import claims_data
from eventwindow.report.figures.lines import Days, Series, draw_lines
from eventwindow.report.figures.panel import ticks
from eventwindow.report.figures.placebos import _title, permutation
from eventwindow.report.figures.prices import prices_data
from eventwindow.report.figures.recovery import _away
from eventwindow.report.figures.sheet import NARROW, SIZE, VARIABLES, WIDE, Sheet, advance, cut, inline, wrapped
from eventwindow.report.language import LANGUAGES, language
from eventwindow.report.typst import png_bytes

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="session")
def context(deepseek):
    return Context(deepseek, language("en"))


@pytest.fixture(scope="session")
def drawn(drawings):
    return drawings["en"]


def test_the_study_that_ships_has_every_figure(drawn):
    assert list(drawn) == list(FIGURES)


def test_a_layout_is_drawn_once_when_it_is_asked_for():
    widths = []
    found = charted(lambda sheet: widths.append(sheet.width), "empty", "Nothing", "", "", pd.DataFrame())
    assert widths == []
    assert found.written(str.upper).wide == Sheet(WIDE).svg().upper()
    assert found.wide == found.wide == Sheet(WIDE).svg()
    assert widths == [WIDE, WIDE]  # of two figures
    assert found.narrow == Sheet(NARROW).svg()


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_figure_has_words_and_the_table_it_was_drawn_from(drawings, code):
    least = 40 if code == "en" else 20  # Chinese says as much in half as many characters
    drawn = drawings[code].items()
    assert [n for n, f in drawn if re.search(r"[?？。.]$", f.title)] == []  # a finding, and the stop is the page's
    assert [n for n, f in drawn if not (len(f.alt) > least and f.title and f.caption and len(f.data))] == []
    assert [n for n, f in drawn if re.search(r"(?<![A-Za-z])(nan|None)(?![A-Za-z])", f.alt + f.caption + f.title)] == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_same_figure_gives_the_same_svg_and_table(drawings, written, code):
    """Drawn in two processes, of which one had drawn other figures before."""
    ending, moved = "" if code == "en" else f".{code}", []
    for name, found in drawings[code].items():
        files = {f"{name}{ending}.svg": found.wide.encode(), f"{name}.csv": csv_text(found.data).encode()}
        moved += [file for file, held in files.items() if (written / "figures" / file).read_bytes() != held]
    assert moved == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_both_layouts_are_drawings_with_words_and_named_marks(drawings, code):
    """Every figure but the curve, whose strokes are thousands, names its marks."""
    for name, found in drawings[code].items():
        for layout, width in ((found.wide, WIDE), (found.narrow, NARROW)):
            root = ElementTree.fromstring(layout)
            texts = [t for t in root.iter(f"{SVG}text") if (t.text or "").strip()]
            assert root.get("width") == f"{width:g}", name
            assert len(texts) > 3, name
            assert {float(re.search(r"font-size:([\d.]+)px", t.get("style"))[1]) >= SIZE for t in texts} == {True}
            titles = [t.text for t in root.iter(f"{SVG}title")]
            assert all(titles), name
            assert titles or name == "specification_curve", name


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_figure_shows_a_code_of_a_statement(drawings, deepseek, code):
    ids = {v.claim.id for v in deepseek.verdicts}
    for found in drawings[code].values():
        words = {t.text for t in ElementTree.fromstring(found.wide).iter(f"{SVG}text")}
        assert words & ids == set()


def test_words_are_cut_and_wrapped_to_the_width_they_have():
    assert cut("a short name", 400) == "a short name"
    assert cut("a name that is too long for its place", 80).endswith("…")
    assert advance(cut("a name that is too long for its place", 80)) <= 80
    lines = wrapped("words of a sentence that fills several lines", 90)
    assert " ".join(lines) == "words of a sentence that fills several lines"
    assert all(advance(line) <= 90 for line in lines)
    assert "".join(wrapped("輝達市值當天少掉將近六千億美元", 60)) == "輝達市值當天少掉將近六千億美元"


@pytest.mark.parametrize(("low", "high", "most"), [(0, 1, 5), (-17.3, 8.9, 6), (-600, 120, 6), (0.0, 0.0, 4)])
def test_ticks_are_few_and_lie_between_the_ends(low, high, most):
    found = ticks(low, high, most)
    assert 1 <= len(found) <= most + 1
    assert low <= min(found) <= max(found) <= high or low == high


def test_companies_that_lost_and_gained_sum_to_the_changes_of_their_values(drawn, deepseek):
    data = drawn["gains"].data.set_index("security")["change"]
    closes = deepseek.evidence.prices["NVDA"]["close"]
    change = closes["2025-01-27"] - closes["2025-01-24"]
    assert data["NVDA"] == pytest.approx(-593e9, rel=0.01)
    assert np.sign(data["NVDA"]) == np.sign(change)
    assert data.is_monotonic_increasing


def test_what_came_back_is_the_growth_since_the_close_before(drawn, deepseek):
    data = drawn["recovery"].data
    returns = deepseek.evidence.returns["NVDA"]
    inside = returns[(returns.index >= "2025-01-27") & (returns.index <= "2025-02-28")]
    assert data["date"].iloc[-1] == inside.index[-1]
    assert data["NVDA"].iloc[-1] == pytest.approx((1 + inside).prod() - 1)


def test_the_prices_end_where_the_returns_end(deepseek, context):
    data = prices_data(context)
    returns = deepseek.evidence.returns["NVDA"].loc[data.index[1] : data.index[-1]]
    assert data["NVDA"].iloc[-1] == pytest.approx((1 + returns).prod() - 1)
    assert (data.iloc[0] == 0).all()


def test_the_path_of_cars_ends_in_the_sum_of_abnormal_returns(deepseek, drawn):
    daily = deepseek.table("abnormal_returns").query("event == 'selloff' and security == 'NVDA'")
    last = drawn["car"].data.query("security == 'NVDA'").iloc[-1]
    assert last["car"] == pytest.approx(daily["abnormal_return"].sum())
    assert last["low"] < last["car"] < last["high"]


def test_the_figure_of_cars_says_how_many_securities_it_shows(context, drawn):
    shown = drawn["car"].data["security"].nunique()
    assert shown < len(context.members)
    assert context.language.text("car.some", n=shown, all=len(context.members)) in drawn["car"].caption
    assert list(drawn["car"].data["security"].unique()) == list(context.members[:shown])


def test_the_permutation_figure_marks_what_the_test_reports(deepseek, drawn):
    where = "event == 'selloff' and group == 'ai_ten' and window_start == 0 and window_end == 0"
    row = deepseek.table("tests").query(where + " and test == 'date_permutation_mean'").iloc[0]
    data = drawn["permutation"].data["mean_abnormal_return"]
    assert data.iloc[0] == pytest.approx(row["statistic"])
    p = (1 + (np.abs(data.iloc[1:]) >= abs(data.iloc[0])).sum()) / len(data)
    assert p == pytest.approx(row["p_value"])


def test_intervals_of_the_dot_plot_are_those_of_day_zero(deepseek, drawn):
    data = drawn["securities"].data.set_index("security")
    held = deepseek.abnormal["selloff"].select(["TSM"]).car(Window(0, 0))
    assert data.loc["TSM", "abnormal_return"] == pytest.approx(held.car[0])
    assert data.loc["TSM", "high"] - data.loc["TSM", "low"] == pytest.approx(2 * 1.9696 * held.std_error[0], rel=1e-3)


def test_a_claim_is_confirmed_when_its_dot_lies_in_its_bar(deepseek):
    data = claims_data(deepseek.verdicts)
    exact = data[data["measured_low"] == data["measured_high"]]
    slack = 1e-9 * exact["measured"].abs()
    inside = exact["measured"].between(exact["low"] - slack, exact["high"] + slack)
    assert inside[exact["verdict"] == "confirmed"].all()
    assert not inside[exact["verdict"] == "contradicted"].any()


def test_the_waterfall_sums_to_the_value_lost(drawn):
    data = drawn["market_value"].data
    assert data["change"].cumsum().to_numpy() == pytest.approx(data["since"].to_numpy())
    assert data["change"].iloc[0] == pytest.approx(-593e9, rel=0.01)


def test_a_figure_without_matter_is_none(deepseek, context):
    silent = Context(replace(deepseek, verdicts=()), language("en"))
    assert chart("claims", silent) is None
    assert chart("market_value", silent) is None
    assert chart("prices", context) is not None


def _schemes() -> dict[str, dict[str, str]]:
    """Colour variables of the page: light, dark, and what print sets on top of light."""
    style = files("eventwindow.report").joinpath("templates/report.css").read_text(encoding="utf-8")
    light, dark, paper = (dict(re.findall(r"--(\w+): (#\w+)", block)) for block in re.findall(r":root {[^}]+}", style))
    return {"light": light, "dark": dark, "print": light | paper}


def test_the_page_has_the_colours_of_the_figures():
    schemes = _schemes()
    assert {name: schemes["light"][name] for name in VARIABLES.values()} == {v: k for k, v in VARIABLES.items()}
    assert set(schemes["dark"]) == set(schemes["light"])


@pytest.mark.parametrize("scheme", ["light", "dark", "print"])
def test_every_colour_of_text_can_be_read_on_every_background(scheme):
    held = _schemes()[scheme]
    texts, backgrounds = ("ink", "faint", "blue", "orange", "green", "purple", "amber"), ("paper", "card", "tint")
    pairs = [(text, under) for text in texts for under in backgrounds] + [("ink", "warm"), ("ink", "cold")]
    ratios = {(a, b): float(contrast(rgb(held[a]), rgb(held[b]))) for a, b in pairs}
    assert {pair: ratio for pair, ratio in ratios.items() if ratio < AA} == {}


def test_a_result_draws_its_figures_by_name(deepseek):
    assert set(dir(deepseek.plot)) == set(FIGURES)
    assert "<svg" in deepseek.plot.permutation()._repr_html_()
    assert "日" in deepseek.plot.prices(language="zh-Hant").alt
    with pytest.raises(AttributeError, match="there is no figure 'tapes'"):
        deepseek.plot.tapes()


def test_a_figure_without_matter_says_so_when_asked_for(deepseek):
    silent = replace(deepseek, verdicts=())
    with pytest.raises(StudyError, match="no matter for the figure 'claims'"):
        silent.plot.claims()


def test_group_means_and_their_ordinary_range_are_those_of_the_permutation_test(deepseek, drawn):
    where = "event == 'selloff' and group == 'ai_chips' and window_start == 0 and window_end == 0"
    row = deepseek.table("tests").query(where + " and test == 'date_permutation_mean'").iloc[0]
    mine = drawn["groups"].data.query("group == 'ai_chips'")
    assert mine["mean"].iloc[0] == pytest.approx(row["statistic"])
    assert mine["mean"].iloc[0] == pytest.approx(mine["abnormal_return"].mean())
    assert mine["low"].iloc[0] < 0 < mine["high"].iloc[0]


def test_the_curve_holds_every_specification_of_the_first_security(deepseek, drawn):
    curve = deepseek.table("curve").query("security == 'NVDA' and window_start == 0 and window_end == 0")
    data = drawn["specification_curve"].data
    assert len(data) == len(curve)
    assert data["estimate"].is_monotonic_increasing


def test_a_benchmarks_abnormal_return_is_the_view_through_it(deepseek, drawn):
    data = drawn["benchmarks"].data.query("security == 'NVDA' and benchmark == 'SPY'").iloc[0]
    headline = deepseek.abnormal["selloff"].select(["NVDA"]).car(Window(0, 0))
    assert data["car"] == pytest.approx(headline.car[0])
    assert data["high"] - data["low"] == pytest.approx(2 * 1.9696 * headline.std_error[0], rel=1e-3)


def test_an_inline_figure_follows_light_and_dark(drawn):
    page = inline(drawn["prices"].wide, 'a "quoted" <label>', "wide")
    assert 'aria-label="a &quot;quoted&quot; &lt;label&gt;"' in page
    assert not [colour for colour in VARIABLES if colour in page]
    assert ElementTree.fromstring(page).get("class") == "wide"


def test_a_png_is_the_same_each_time(drawn):
    pytest.importorskip("typst", reason="needs the extra pdf")
    first = png_bytes(drawn["permutation"].wide)
    assert first == png_bytes(drawn["permutation"].wide)
    assert first.startswith(b"\x89PNG")


def test_each_sum_of_dollars_stands_on_an_axis_of_its_own_size(drawn, drawings, deepseek):
    """Millions are not drawn on an axis of billions: each mark is apart from zero."""
    data = claims_data(deepseek.verdicts)
    sums = data.loc[data["unit"] == "USD", "stated_low"].abs()
    kinds = {"USD": (1e8, np.inf), "USD_million": (1e4, 1e8), "USD_one": (-1, 1e4)}
    for kind, (low, high) in kinds.items():
        words = language("en").text(f"claims.{kind}")
        assert (f">{words}</text>" in drawn["claims"].wide) == bool(sums.between(low, high, inclusive="right").any()), (
            kind
        )
    assert sums.max() >= 1e12
    assert sums.min() < 1e8
    assert f">{language('zh-Hant').text('claims.USD_trillion')}</text>" in drawings["zh-Hant"]["claims"].wide


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_name_on_a_phone_is_cut(drawings, code):
    """Names in rows and in the specification curve take as many lines as they need."""
    figures = [drawings[code][name].narrow for name in ("claims", "specification_curve", "benchmarks", "gains")]
    assert [word for svg in figures for word in re.findall(r">([^<]*…)</text>", svg)] == []


def test_numbers_of_news_do_not_touch():
    sheet = Sheet(NARROW)
    news = [(k, f"{k},{k + 1}") for k in range(12)]
    draw_lines(sheet, Days([""] * 12, news=news), [Series([0.0] * 12)], "")
    shown = re.findall(r'<text x="([\d.]+)" y="([\d.]+)" text-anchor="middle"[^>]*>(\d+,\d+)</text>', sheet.svg())
    boxes = [(float(x) - advance(t) / 2, float(x) + advance(t) / 2, float(y)) for x, y, t in shown]
    assert len(boxes) == len(news)
    for a, b in combinations(boxes, 2):
        assert a[2] != b[2] or a[1] <= b[0] or b[1] <= a[0]


def test_no_line_of_an_event_goes_through_a_number_of_a_day_beside_it():
    sheet = Sheet(NARROW)
    days = Days([""] * 12, events=[(5, "An event")], news=[(6, "3, 4, 5, 6")])
    draw_lines(sheet, days, [Series([0.0] * 12)], "")
    (x, end), (left, base) = (
        map(float, re.search(pattern, sheet.svg()).groups())
        for pattern in (r"L([\d.]+) ([\d.]+)\"[^>]*dasharray", r'<text x="([\d.]+)" y="([\d.]+)"[^>]*>3, 4, 5, 6<')
    )
    assert left - advance("3, 4, 5, 6") / 2 < x, "the number reaches the line of the event"
    assert end <= base - 11


def test_words_of_events_that_stand_close_do_not_touch():
    sheet, events = (
        Sheet(WIDE),
        [(2, "One event with a long name of its own"), (3, "Another, the day after"), (9, "Last")],
    )
    draw_lines(sheet, Days([""] * 12, events=events), [Series([0.0] * 12)], "")
    shown = {
        words: re.search(rf'<text x="([\d.]+)" y="([\d.]+)"[^>]*>{words}</text>', sheet.svg()) for _, words in events
    }
    boxes = [(float(m[1]), float(m[1]) + advance(words), float(m[2])) for words, m in shown.items()]
    for a, b in combinations(boxes, 2):
        assert a[2] != b[2] or a[1] <= b[0] or b[1] <= a[0]
    assert all(y > 0 for _, _, y in boxes)


@pytest.mark.parametrize(("far", "best", "title"), [(20, 20, "title_far"), (3, 20, "title_last"), (3, 9, "title")])
def test_what_came_back_is_told_by_the_last_day_where_that_is_the_nearest(far, best, title):
    assert _away(far, best, 20) == title


@pytest.mark.parametrize(
    ("event", "p", "title"), [(-0.2, 0.01, "title"), (-0.049, 0.01, "title_rare"), (0.01, 0.4, "title_usual")]
)
def test_a_day_is_like_no_other_only_where_it_is_beyond_all(event, p, title):
    assert _title(event, np.array([-0.05, 0.0, 0.029]), p) == title


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_permutation_figure_names_those_whose_mean_it_draws(deepseek, code):
    context = Context(deepseek, language(code))
    basket, held = context.group_name(context.basket), len(context.members)
    average = context.language.text("permutation.mean", event="").strip()

    def titled(n: int) -> str:
        context.__dict__["shared"] = context.abnormal.select(list(context.members[:n]))
        return permutation(context).title

    assert titled(held).startswith(begun(basket))
    assert average in titled(held)
    part = context.language.text("permutation.same_day", n=held - 2, all=held, basket=basket)
    assert titled(held - 2).startswith(begun(part))
    assert titled(1).startswith(context.name(context.members[0]))
    assert average not in titled(1)
