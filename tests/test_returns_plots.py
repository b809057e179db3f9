"""Figures of abnormal returns without a study: they hold the numbers, name their marks, show and save themselves."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

import eventwindow as ew
from eventwindow.errors import languages

DAYS = pd.bdate_range("2023-01-02", periods=140)
NAMES = ["car", "aar", "caar", "day0"]


def _study(n=3, window=(-5, 5)):
    names = [f"S<{k}>" for k in range(n)]
    returns = pd.DataFrame(np.random.default_rng(7).normal(0, 0.01, (140, n + 1)), DAYS, ["MKT", *names])
    returns.loc[DAYS[120], names] -= 0.05
    return ew.abnormal_returns(
        returns, dict.fromkeys(names, DAYS[120]), benchmark="MKT", estimation=(-110, -11), window=window
    )


@pytest.mark.parametrize("code", languages())
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("n", [1, 3, 60])
def test_each_is_a_drawing_that_shows_itself(name, code, n):
    study = _study(n)
    found = getattr(study.plot, name)(language=code)
    for drawn in (found.wide, found.narrow):
        assert ElementTree.fromstring(drawn).tag.endswith("svg")
    assert found.title in repr(found) and found.wide in found._repr_html_() and len(repr(found)) < 250
    assert found.wide == getattr(_study(n).plot, name)(language=code).wide


def test_the_tables_hold_the_figures_of_the_study():
    study = _study()
    cars = study.plot.car().data.query("security == 'S<0>'")["car"]
    np.testing.assert_allclose(cars, study.ar[0].cumsum())
    np.testing.assert_array_equal(study.plot.aar().data["aar"], study.aar()["aar"])
    np.testing.assert_allclose(study.plot.caar().data["caar"], study.aar()["aar"].cumsum())
    day = study.plot.day0().data
    assert day["car"].is_monotonic_increasing
    np.testing.assert_allclose(sorted(study.car(0).car), day["car"])
    low, _ = study.car(0).interval()
    assert set(day["low"]) == set(low)


def test_the_titles_say_the_finding():
    study = _study()
    mean = f"−{abs(100 * study.caar(0)):.2f}"
    assert mean in study.plot.day0().title and mean in study.plot.aar().title
    assert f"−{abs(100 * study.caar()):.2f}" in study.plot.car().title


def test_a_chart_is_saved_and_another_ending_is_told(tmp_path):
    chart = _study().plot.aar()
    assert chart.save(tmp_path / "aar.svg").read_text(encoding="utf-8") == chart.wide
    assert chart.save(str(tmp_path / "aar.png")).read_bytes().startswith(b"\x89PNG")
    with pytest.raises(ew.StudyError, match=r"aar.pdf is no name of a picture"):
        chart.save(tmp_path / "aar.pdf")


def test_what_cannot_be_drawn_says_why():
    short = _study(window=(1, 5))
    with pytest.raises(ew.StudyError, match="reaches beyond the event window"):
        short.plot.day0()
    assert short.plot.caar().data["tau"].tolist() == [1, 2, 3, 4, 5]
    none = short.select([])
    with pytest.raises(ew.StudyError, match="no event has a result"):
        none.plot.car()


def test_plot_lists_its_charts(template):
    assert repr(_study().plot) == "Charts: car, aar, caar, day0; .plot.car() shows one"
    assert "prices" in repr(template.plot) and len(repr(template.plot)) < 400
