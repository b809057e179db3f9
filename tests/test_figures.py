"""Figures: drawn from the result's own numbers, described in words, every glyph there, the same bytes each time."""

from __future__ import annotations

import re
import subprocess
import sys
import warnings
from dataclasses import replace
from importlib.resources import files

import numpy as np
import pytest
from contrast import AA, contrast, rgb
from report_cases import catalogue_of

from eventwindow.calendars.window import Window
from eventwindow.errors import StudyError
from eventwindow.report.context import Context
from eventwindow.report.csv import csv_text
from eventwindow.report.figures import FIGURES, chart
from eventwindow.report.figures.claims import claims_data
from eventwindow.report.figures.prices import prices_data
from eventwindow.report.figures.style import VARIABLES, font, inline_svg, png_bytes, svg_text, with_shared_glyphs
from eventwindow.report.language import LANGUAGES, language


@pytest.fixture(scope="session")
def context(deepseek):
    return Context(deepseek, language("en"))


@pytest.fixture(scope="session")
def drawn(drawings):
    return drawings["en"]


def test_the_study_that_ships_has_every_figure(drawn):
    assert list(drawn) == list(FIGURES)


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_figure_has_words_and_the_table_it_was_drawn_from(drawings, code):
    least = 40 if code == "en" else 20  # Chinese says as much in half as many characters
    drawn = drawings[code].items()
    assert [n for n, f in drawn if not (len(f.alt) > least and f.title and f.caption and len(f.data))] == []
    assert [n for n, f in drawn if re.search(r"(?<![A-Za-z])(nan|None)(?![A-Za-z])", f.alt + f.caption + f.title)] == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_same_figure_gives_the_same_svg_and_table(drawings, svgs, written, code):
    """Drawn in two processes, of which one had drawn other figures before."""
    ending, moved = "" if code == "en" else f".{code}", []
    for name, found in drawings[code].items():
        svg = svgs[code][name]
        files = {f"{name}{ending}.svg": svg.encode(), f"{name}.csv": csv_text(found.data).encode("utf-8-sig")}
        moved += [file for file, held in files.items() if (written / "figures" / file).read_bytes() != held]
        assert "<text" not in svg and "<dc:date>" not in svg, name
    assert moved == []


def test_no_glyph_is_missing_from_a_figure_in_any_language(drawings):
    """The fixture drew them, and every word was measured, with each warning an error."""
    assert {code: list(drawn) for code, drawn in drawings.items()} == {code: list(FIGURES) for code in LANGUAGES}


@pytest.mark.parametrize("name", FIGURES)
def test_every_word_is_measured_when_a_figure_is_laid_out(drawn, name):
    """So a missing glyph is told then; what is drawn later keeps quiet about it."""
    from matplotlib.text import Text

    figure = drawn[name].figure
    words = [text for text in figure.findobj(Text) if text.get_text()]
    assert words
    measured = {figure.get_supxlabel(), figure.get_supylabel(), figure.get_suptitle()}
    assert {text.get_text() for text in figure.texts} <= measured
    assert all(text.get_in_layout() for text in words)
    clipped = [text for text in words if text.get_clip_on() and (text.get_clip_path() or text.get_clip_box())]
    assert not clipped


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_word_lies_within_its_figure_as_vectors_and_as_pixels(drawings, written, code, monkeypatch):
    """And the picture is the one that was written."""
    from matplotlib.text import Text

    seen, drawing = [], Text.draw

    def noting(self, renderer):
        if self.get_text():
            seen.append((self.get_text(), self.get_window_extent(renderer).extents, self.get_figure().bbox.size))
        return drawing(self, renderer)

    monkeypatch.setattr(Text, "draw", noting)
    ending, moved = "" if code == "en" else f".{code}", []
    for name, found in drawings[code].items():
        svg_text(found.figure)
        if png_bytes(found.figure) != (written / "figures" / f"{name}{ending}.png").read_bytes():
            moved.append(name)
    assert moved == []
    assert len(seen) > 1000
    assert [text for text, (x0, y0, x1, y1), (w, h) in seen if min(x0, y0) < 0 or x1 > w or y1 > h] == []


def test_the_font_that_ships_holds_every_character_of_the_catalogue_and_the_study(deepseek):
    from matplotlib.ft2font import FT2Font

    held = FT2Font(font().get_file()).get_charmap()
    drawn = {
        "axis",
        "prices",
        "car",
        "market_value",
        "securities",
        "heatmap",
        "permutation",
        "claims",
        "common",
        "test",
        "mic",
    }
    words = [pair for code in LANGUAGES for pair in catalogue_of(code).items()]
    said = "".join(text for key, text in words if key.split(".")[0] in drawn)
    study = deepseek.run["study"]
    said += "".join(s.get("name_en", "") + s.get("name_zh", "") for s in study["securities"])
    said += "".join(n["what_zh"] for n in study["news"])
    assert {c for c in said if ord(c) not in held} - set("\n") == set()


def test_nothing_draws_through_pyplot(tmp_path):
    """In a process of its own: another test's library may have imported it here."""
    code = (
        "import sys; from eventwindow.study.library import new_study; from eventwindow.study.run import run_study; "
        "from eventwindow.report.output import write_result; from pathlib import Path; "
        f"folder = Path({str(tmp_path)!r}); result = run_study(new_study(folder / 'mine'), prices='shipped'); "
        "write_result(result, folder / 'out', ['en']); print('matplotlib.pyplot' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


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
    assert (inside == (exact["verdict"] == "confirmed")).all()


def test_the_waterfall_sums_to_the_value_lost(drawn):
    data = drawn["market_value"].data
    assert data["change"].cumsum().to_numpy() == pytest.approx(data["since"].to_numpy())
    assert data["change"].iloc[0] == pytest.approx(-593e9, rel=0.01)


def test_a_figure_without_matter_is_none(deepseek, context):
    silent = Context(replace(deepseek, verdicts=()), language("en"))
    assert chart("claims", silent) is None
    assert chart("market_value", silent) is None
    assert chart("prices", context) is not None


def test_an_inline_figure_follows_light_and_dark_and_keeps_its_ids_to_itself(svgs):
    inline = inline_svg(svgs["en"]["prices"], "prices", 'a "quoted" <label>')
    assert 'aria-label="a &quot;quoted&quot; &lt;label&gt;"' in inline
    assert all(i.startswith("prices-") for i in re.findall(r'\bid="([^"]+)"', inline))
    for colour in VARIABLES:
        assert not re.search(rf"(?<!,){colour}", inline)


def test_figures_of_one_page_share_their_glyphs_and_none_is_missing(drawn, svgs):
    alone = {name: inline_svg(svgs["en"][name], name, found.alt) for name, found in drawn.items()}
    page = "".join(with_shared_glyphs(alone).values())
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'"#([^"]+)"', page)) <= set(ids)
    glyphs = [i.partition("-")[2] for i in ids if re.search("-g[0-9a-f]+$", i)]
    assert len(glyphs) == len(set(glyphs)) > 50
    assert page.count("<use") == "".join(alone.values()).count("<use")


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


def test_a_png_is_written_without_a_clock(drawn):
    first = png_bytes(drawn["permutation"].figure, dpi=60)
    assert first == png_bytes(drawn["permutation"].figure, dpi=60)
    assert first.startswith(b"\x89PNG")


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


def test_a_character_that_no_font_draws_is_told_once_and_the_figure_is_drawn(deepseek):
    evidence = deepseek.evidence
    table = evidence.securities.assign(
        name_en=evidence.securities["name_en"].where(lambda n: n != "Nvidia", "Nv\U0001fae8dia")
    )
    strange = Context(replace(deepseek, evidence=replace(evidence, securities=table)), language("en"))
    with pytest.warns(UserWarning, match="no font here draws \U0001fae8: ") as heard:
        found = chart("prices", strange)
    assert len(heard) == 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert svg_text(found.figure).startswith("<?xml")
