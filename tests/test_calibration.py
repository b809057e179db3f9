"""Size and power on a panel whose truth is known."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from eventwindow.calendars.window import Window
from eventwindow.errors import StudyError
from eventwindow.inference.calibration import Calibration, band_names, calibrate, clustered_error
from eventwindow.inference.expected_volatility import BEYOND, HIGH, LOW
from eventwindow.inference.pseudo_events import PATTERNS, panel_of
from eventwindow.inference.registry import LEADING, TESTS
from eventwindow.prices.files import panel_prices
from eventwindow.report.calibration import BAND, SMALL, calibration_text

LED = re.compile(r"^\| [^|]+ \| \d+ \| ([\d.]+) \(([\d.]+)\) / ([\d.]+)")  # the first test of a row by the ratio
DOCS = Path(__file__).parent.parent / "docs" / "calibration.md"
PRICES = DOCS.parents[2] / "shared" / "prices" / "sp500_adj_close.parquet"
DESIGNS = {
    "One firm": "single",
    "One day, related firms, 10 firms": "one_day",
    "One day, unrelated firms, 10 firms": "one_day",
    "Staggered days, 10 firms": "staggered",
    "Mixed days, 10 firms": "mixed",
    "Scattered days, 10 firms": "scattered",
}
SPANS = {"estimation": Window(-70, -11)}


@pytest.fixture(scope="module")
def prices() -> pd.DataFrame:
    """Forty stocks in four industries of ten, residuals correlated 0.5 within one."""
    g = np.random.default_rng(0)
    days, industry = 400, np.repeat(np.arange(4), 10)
    noise = np.sqrt(0.5) * g.standard_normal((days, 4))[:, industry] + np.sqrt(0.5) * g.standard_normal((days, 40))
    returns = 0.01 * g.standard_normal((days, 1)) + 0.015 * noise
    index = pd.bdate_range("2022-01-03", periods=days)
    return pd.DataFrame(100 * np.cumprod(1 + returns, axis=0), index, [f"F{i}" for i in range(40)])


def rate(table: pd.DataFrame, **at: object) -> float:
    at = {"volatility": ""} | at
    chosen = table[np.logical_and.reduce([table[name] == value for name, value in at.items()])]
    return chosen["rate"].item()


def test_careless_tests_over_reject_for_related_firms_and_the_leading_ones_do_not(prices: pd.DataFrame) -> None:
    result = calibrate(
        prices, draws=150, firms=(5,), patterns=("one_day_related",), effects=(0.0, 0.02), seed=1, **SPANS
    )
    null = {"pattern": "one_day_related", "firms": 5, "effect": 0.0, "level": 0.05}
    assert rate(result.table, test="patell_z", **null) > 0.15
    assert rate(result.table, test="date_permutation_mean", **null) < 0.10
    assert rate(result.table, test="date_permutation_mean", **null | {"effect": 0.02}) > 0.25
    valid = result.table.groupby("test")["valid"].first()
    assert valid["date_permutation_mean"]
    assert not valid["patell_z"]


def test_a_rate_and_its_error_are_those_of_a_share(prices: pd.DataFrame) -> None:
    result = calibrate(prices, draws=40, firms=(1, 4), effects=(0.01,), shape="unequal", seed=2, **SPANS)
    apart = result.table[result.table["pattern"].isin(["mixed", "scattered"])]
    p, n = apart["rate"], apart["draws"]
    np.testing.assert_allclose(apart["mc_error"], np.sqrt(p * (1 - p) / (n - 1)))
    assert set(result.table["pattern"]) == {"single", *PATTERNS}
    assert (result.draws, result.firms, result.period) == (40, 40, ("2022-01-04", "2023-07-14"))
    assert "Rejections" in repr(result)


def test_the_same_seed_gives_the_same_table(prices: pd.DataFrame) -> None:
    options = {"draws": 8, "firms": (3,), "effects": (0.0,), **SPANS}
    one, again, other = (calibrate(prices, seed=seed, **options).table for seed in (3, 3, 4))
    pd.testing.assert_frame_equal(one, again)
    assert not other.equals(one)


def test_draws_that_share_a_month_hang_together(prices: pd.DataFrame) -> None:
    """Written out for one test: squares of the sums over each month."""
    rejected, month = np.array([1, 1, 0, 0, 1, 0]), np.array(["a", "a", "a", "b", "b", "c"])
    left = rejected - 0.5
    expected = np.sqrt((left[:3].sum() ** 2 + left[3:5].sum() ** 2 + left[5] ** 2) * 3 / 2) / 6
    assert clustered_error(rejected, month) == pytest.approx(expected)


def test_draws_keep_their_promises(prices: pd.DataFrame) -> None:
    panel = panel_of(prices, Window(-70, -11), Window(-1, 1))
    rng = np.random.default_rng(5)
    apart = panel.draw(rng, "scattered", 8, 50)
    gaps = np.diff(np.sort(apart.day, axis=1), axis=1)
    assert gaps.min() >= 3
    related = panel.draw(rng, "one_day_related", 5, 50)
    assert (related.day == related.day[:, :1]).all()
    assert (np.array([len(set(row)) for row in related.security]) == 5).all()
    assert np.mean([len(set(row // 10)) == 1 for row in related.security]) > 0.95
    assert panel.usable[related.day, related.security].all()


def test_staggered_events_lie_within_ten_sessions_and_mixed_ones_in_clusters(prices: pd.DataFrame) -> None:
    panel = panel_of(prices, Window(-70, -11), Window(0, 4))
    rng = np.random.default_rng(6)
    staggered = panel.draw(rng, "staggered", 5, 50)
    spread = np.ptp(staggered.day, axis=1)
    assert (spread.min(), spread.max()) > (0, 5)
    assert spread.max() < 10
    assert np.mean([len(set(row // 10)) == 1 for row in staggered.security]) > 0.95
    mixed = panel.draw(rng, "mixed", 10, 50)
    assert {len(set(row)) for row in mixed.day} == {2}
    assert (np.abs(mixed.day[:, 0] - mixed.day[:, 5]) >= 5).all()


def test_turbulent_months_are_the_fifth_in_which_the_market_moved_most() -> None:
    g = np.random.default_rng(7)
    index = pd.bdate_range("2022-01-03", periods=400)
    scale = np.where(index.to_period("M") == pd.Period("2023-03"), 0.05, 0.01)
    prices = pd.DataFrame(100 * np.cumprod(1 + scale[:, None] * g.standard_normal((400, 12)), axis=0), index)
    panel = panel_of(prices.set_axis([f"F{i}" for i in range(12)], axis=1), Window(-70, -11), Window(0, 0))
    days = {kind: panel.draw(g, "one_day_unrelated", 3, 200, kind).day[:, 0] for kind in ("calm", "turbulent")}
    months = {kind: set(panel.returns.index[at].to_period("M")) for kind, at in days.items()}
    assert pd.Period("2023-03") in months["turbulent"]
    assert not months["turbulent"] & months["calm"]


def test_a_panel_that_is_too_short_or_too_narrow_says_so(prices: pd.DataFrame) -> None:
    with pytest.raises(StudyError, match="an event needs 71"):
        calibrate(prices.iloc[:50], draws=1, firms=(3,), **SPANS)
    with pytest.raises(StudyError, match="whole estimation window"):
        calibrate(prices, draws=1, firms=(30,), **SPANS)


def test_effects_that_cancel_are_found_by_the_largest_and_not_by_the_mean(prices: pd.DataFrame) -> None:
    options = {"draws": 60, "firms": (6,), "patterns": ("one_day_related",), "effects": (0.08,), "seed": 6, **SPANS}
    table = calibrate(prices, shape="opposed", **options).table
    at = {"pattern": "one_day_related", "firms": 6, "effect": 0.08, "level": 0.05}
    assert rate(table, test="conformal_sur", **at) > 0.9
    assert rate(table, test="date_permutation_max", **at) > 0.9
    assert rate(table, test="date_permutation_mean", **at) < 0.2


def test_a_calibration_is_written_as_table_and_figure(prices: pd.DataFrame, tmp_path) -> None:
    from eventwindow.report.calibration import write_calibration

    result = calibrate(prices, draws=4, firms=(1, 3), effects=(0.0,), **SPANS)
    table, tables, figure = write_calibration(result, tmp_path)
    assert len(pd.read_csv(table)) == len(result.table)
    row = result.table[(result.table["test"] == "sq") & (result.table["level"] == 0.05)].iloc[0]
    cell = f"| SQ (sample quantile) | {100 * row['rate']:.1f} ({100 * row['mc_error']:.1f}) / "
    assert cell in tables.read_text(encoding="utf-8")
    text = figure.read_text(encoding="utf-8")
    assert text.count("<svg") == 1
    (tmp_path / "mine.txt").write_text("beside it")
    write_calibration(result, tmp_path)
    assert figure.read_text(encoding="utf-8") == text
    assert (tmp_path / "mine.txt").read_text() == "beside it"


def test_a_calibration_that_cannot_be_drawn_leaves_the_old_one_whole(tmp_path, monkeypatch) -> None:
    from eventwindow.report import calibration

    for form in ("csv", "md", "svg"):
        (tmp_path / "out" / f"calibration.{form}").parent.mkdir(exist_ok=True)
        (tmp_path / "out" / f"calibration.{form}").write_text("old")
    monkeypatch.setattr(calibration, "calibration_text", lambda _: "new")

    def interrupted(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(calibration, "calibration_figure", interrupted)
    drawn = Calibration(pd.DataFrame({"test": ["sq"]}), ("", ""), 1, 1, 0, ())
    with pytest.raises(KeyboardInterrupt):
        calibration.write_calibration(drawn, tmp_path / "out")
    assert {path.read_text() for path in (tmp_path / "out").iterdir()} == {"old"}
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_folder_that_holds_other_things_is_refused_before_anything_is_drawn(tmp_path, capsys) -> None:
    from eventwindow.cli.main import main

    (tmp_path / "letter.txt").write_text("mine")
    assert main(["calibrate", str(tmp_path / "none.csv"), "--out", str(tmp_path)]) == 2
    assert "holds no earlier result" in capsys.readouterr().err


def measured() -> list[tuple[str, str, str, float, float, float]]:
    """Design, test, months and window, rate at 5 %, its error, rate at 1 %: every cell of docs/calibration.md."""
    titles = {test.title.replace("|", "\\|"): name for name, test in TESTS.items()} | {"**What leads**": "leading"}
    cells = []
    for part in re.split(r"(?m)^### ", DOCS.read_text(encoding="utf-8"))[1:]:
        heading, _, body = part.partition("<!--")[0].partition("\n")
        if heading not in DESIGNS:
            continue
        rows = [re.split(r" (?<!\\)\| ", line.strip("| ")) for line in body.splitlines() if line.startswith("|")]
        for title, *figures in rows[2:]:
            name = titles.get(title.removesuffix(" †"), title)
            for head, figure in zip(rows[0][1:], figures, strict=True):
                if found := re.fullmatch(r"([\d.]+) \(([\d.]+)\) / ([\d.]+)", figure.strip()):
                    cells.append((DESIGNS[heading], name, head, *(float(x) / 100 for x in found.groups())))
    return cells


def test_the_text_names_the_ratios_beyond_which_the_scaled_test_leads() -> None:
    for page in ("calibration.md", "methods.md", "verdicts.md"):
        text = " ".join((DOCS.parent / page).read_text(encoding="utf-8").split())
        assert f"more than {HIGH:g} or less than {LOW:g} times as much as the estimation window" in text


def test_the_plain_test_rejects_too_much_where_the_scaled_one_leads() -> None:
    """Every band above the ratio from which the scaled test leads; one day and five."""
    text = DOCS.read_text(encoding="utf-8").partition("<!-- volatility -->")[2].partition("<!-- /volatility -->")[0]
    bands, led, alone = {}, {}, {}
    for part in text.split("### ")[1:]:
        days = int(re.search(r"window of (\d+)", part)[1])
        if "one firm" in part:
            rows = [(line.split("|")[1].strip(), LED.search(line)) for line in part.splitlines() if "|" in line]
            alone |= {(days, name): [float(x) / 100 for x in found.groups()] for name, found in rows if found}
            continue
        for line in part.splitlines():
            if cells := re.findall(r"([\d.]+) \([\d.]+\) / [\d.]+", line):
                bands[days, line.split("|")[1].strip()] = [float(cell) / 100 for cell in cells]
                if found := LED.search(line):
                    led[days, line.split("|")[1].strip()] = [float(x) / 100 for x in found.groups()]
    assert {days for days, _ in bands} == {1, 2, 5, 21}
    assert {name for _, name in bands} == set(band_names())
    high = [name for name in band_names() if name.startswith(("above", f"{HIGH:g} to", "1.4 to"))]
    assert len(high) == 3
    for days in (1, 5):
        assert all(led[days, name][0] < bands[days, name][1] for name in high if (days, name) in led)
        assert bands[days, f"{LOW:g} to {HIGH:g}"][1] <= BAND[1]
    assert bands[1, f"{HIGH:g} to 1.4"][1] > BAND[1] > bands[1, f"{HIGH:g} to 1.4"][0]
    outside = {
        at
        for at, (rate, error, small) in [*led.items(), *alone.items()]
        if not (BAND[0] - 2 * error <= rate <= BAND[1] and small <= SMALL)
        and not (at == (21, f"above {BEYOND:g}") and rate <= BAND[0])  # a storm is taken to last: cautious
    }
    assert outside == set()
    assert set(alone) == set(bands), "of one firm, a test leads at every ratio"
    assert set(bands) - set(led) == {(days, f"above {BEYOND:g}") for days in (1, 2, 5)}, "there none leads"


def test_rates_are_counted_by_the_volatility_ratio_too(prices: pd.DataFrame) -> None:
    options = {"draws": 60, "firms": (4,), "patterns": ("one_day_related",), "effects": (0.0, 0.02), **SPANS}
    result = calibrate(prices, seed=8, **options)
    banded = result.table[result.table["volatility"] != ""]
    at = (banded["test"] == "date_permutation_mean") & (banded["level"] == 0.05)
    whole = {"test": "date_permutation_mean", "effect": 0.0, "level": 0.05, "volatility": ""}
    assert set(banded["effect"]) == {0.0}
    assert banded[at]["draws"].sum() == 60
    assert (banded[at]["draws"] * banded[at]["rate"]).sum() / 60 == pytest.approx(rate(result.table, **whole))
    text = calibration_text(result)
    assert "### By the volatility ratio: one day, related firms, 4 firms, all months, window of 1" in text
    power = result.table[(result.table["test"] == "portfolio_t") & (result.table["effect"] == 0.02)].iloc[0]
    assert f"| Portfolio t | {100 * power['rate']:.1f} ({100 * power['mc_error']:.1f}) |" in text


def test_what_leads_holds_its_size_in_every_design_window_and_kind_of_months() -> None:
    led = [cell for cell in measured() if cell[1] == "leading"]
    assert {cell[0] for cell in led} == set(LEADING)
    columns = [f"{months}, {days}" for months in ("calm", "turbulent") for days in (1, 2, 5, 21)]
    assert {(cell[0], cell[2]) for cell in led} == {(design, column) for design in LEADING for column in columns}
    outside = [cell for cell in led if not (BAND[0] <= cell[3] <= BAND[1] and cell[5] <= SMALL)]
    assert outside == []


def test_a_valid_test_holds_its_size_in_calm_months_within_two_errors() -> None:
    cells = [cell for cell in measured() if cell[2].startswith("calm") and cell[1] != "leading"]
    wrong = [
        cell
        for cell in cells
        if cell[1] in LEADING[cell[0]]
        and not (BAND[0] <= cell[3] + 2 * cell[4] and cell[3] - 2 * cell[4] <= BAND[1] and cell[5] <= 1.5 * SMALL)
    ]
    assert wrong == []
    assert {(design, name) for design in LEADING for name in LEADING[design]} <= {cell[:2] for cell in cells}


@pytest.fixture(scope="module")
def market() -> pd.DataFrame:
    """The panel of prices that the page is drawn from."""
    if not PRICES.is_file():
        pytest.skip("needs ../shared: the panel of prices")
    return panel_prices(PRICES)


@pytest.mark.parametrize(
    ("tests", "months", "window"),
    [(("sq", "single_firm_t", "patell_z"), "calm", (0, 0)), (("date_permutation_scaled",), "turbulent", (0, 4))],
)
def test_the_page_holds_what_the_command_writes(market, tests, months, window) -> None:
    """Cells of one firm, drawn again as the command draws them: the figures of the page, to the digit."""
    asked = {
        "draws": 2000,
        "firms": (1,),
        "months": (months,),
        "windows": (window,),
        "effects": (0.0,),
        "tests": tests,
    }
    found = calibrate(market, **asked).table
    page = {cell[:3]: cell[3:] for cell in measured()}
    for name in ("leading", *tests):
        mine = found[(found["test"] == name) & (found["volatility"] == "")].set_index("level")
        figures = [mine["rate"][0.05], mine["mc_error"][0.05], mine["rate"][0.01]]
        assert page["single", name, f"{months}, {window[1] + 1}"] == tuple(
            float(f"{100 * x:.1f}") / 100 for x in figures
        )


def test_the_words_of_the_page_give_the_span_of_its_table() -> None:
    led = [cell for cell in measured() if cell[1] == "leading"]
    ends = [100 * end for k in (3, 5) for end in (min(c[k] for c in led), max(c[k] for c in led))]
    said = "everywhere**: {:.1f} to {:.1f} % at 5 % and {:.1f} to {:.1f} % at 1 %".format(*ends)
    assert said in DOCS.read_text(encoding="utf-8")


RELATED, STAGGERED, MANY_DAYS = (
    "One day, related firms, 10 firms",
    "Staggered days, 10 firms",
    "(Scattered|Mixed) days.*",
)
CARELESS = (
    "Cross-sectional t|Skewness-adjusted t|Patell Z|Patell Z, sum of SARs|BMP|Independence t|Sign|Generalized sign|"
    "Wilcoxon signed rank|GRANK-Z|BHAR.*"
)
IN_EVENT_TIME = f"Corrado.* rank|Crude dependence|Calendar-time portfolio|GRANK-T|{CARELESS}"
ALIKE = "Date permutation, mean (AR|SAR)|Portfolio t|Adjusted Patell"
RATIO = "By the volatility ratio: one day, related firms.*"
# What the page says, with the headings, rows and columns of the cells whose smallest and largest it names.
SAID = [
    ("adjusted Patell reject {} to {} %. In turbulent", RELATED, ALIKE, "calm.*"),
    ("In turbulent months they reject {} to {} %", RELATED, ALIKE, "turbulent.*"),
    ("the evening before holds {} to {} % in both", "One day, .*", "Date permutation, scaled", ".*"),
    ("reject a true null in {} to {} of 100 draws even in calm months", RELATED, CARELESS, "calm.*"),
    ("the spread of that day, reject {} to {} %", RELATED, "GRANK-T|Corrado–Zivney rank", ".*"),
    ("the Gaussian SUR F {} to {} % of related firms", RELATED, "SUR F", ".*"),
    ("event time reject {} to {} % over five", STAGGERED, IN_EVENT_TIME, "calm, 5"),
    ("over five and {} to {} % over 21 sessions in calm months", STAGGERED, IN_EVENT_TIME, "calm, 21"),
    ("adjusted Patell hold {} to {} % in calm months; in", STAGGERED, "Kolari.*|.*calendar time|Adjusted.*", "calm.*"),
    ("Kolari–Pynnönen alone does ({} to {} %)", STAGGERED, "Kolari–Pynnönen", "turbulent.*"),
    ("(which equals BMP where no day is shared) holds {} to {} % everywhere", MANY_DAYS, "Kolari–Pynnönen", ".*"),
    ("(Patell, crude dependence) reject {} % and more", MANY_DAYS, "Patell Z|Crude dependence", "turbulent.*"),
    ("the plain one rejects {} to {} %, the scaled one", RATIO, "1.2 to 1.4", "Date permutation, mean AR"),
    ("the scaled one {} to {} %; above 2", RATIO, "1.2 to 1.4", "Date permutation, scaled"),
    ("between 1.2 and 1.4 the plain one rejects {} to {} %. After", RATIO, "1.2 to 1.4", "Date permutation, mean AR"),
    ("After a calm time (below 0.7) it rejects {} to {} %", RATIO, "below 0.7", "What leads"),
    ("the scaled permutation is cautious there ({} to {} %)", f"{RATIO} 21", "1.2.*|1.4.*|above.*", ".*scaled"),
    ("rejects {} to {} % in turbulent ones, where", "One firm", "SQ.*", "turbulent.*"),
    ("where the scaled version holds {} to {} %", "One firm", "Date permutation, scaled", "turbulent.*"),
    ("A 2 % abnormal return is seen in {} of 100 draws", "Power.*one firm.*", "What leads", ".*0.02"),
    ("one of 5 % in {}:", "Power.*one firm.*", "What leads", ".*0.05"),
    ("Kolari–Pynnönen finds {} % and", "Power.* unequal", "Kolari–Pynnönen", ".*0.1"),
    ("and Corrado {} %, the permutation of the mean all", "Power.* unequal", "Corrado rank", ".*0.1"),
]
METHODS = [
    ("independent reject a true null in {} to {} of 100 draws", RELATED, CARELESS, "calm.*"),
    ("none: rejects {} to {} % | Fama 1998", ".* days, 10 firms", "Calendar-time portfolio", ".*"),
    ("none: rejects {} to {} % | Kolari & Pynnönen 2011", "(One|Stag|Mix|Scat).* days?.*10 firms", "GRANK-T", ".*"),
]


def cells(text: str) -> dict[tuple[str, str, str], float]:
    """Heading, row and column of every cell of the page's tables, in per cent."""
    found: dict[tuple[str, str, str], float] = {}
    for part in re.split(r"(?m)^### ", text)[1:]:
        heading, _, body = part.partition("<!--")[0].partition("\n")
        rows = [re.split(r" (?<!\\)\| ", line.strip("| ")) for line in body.splitlines() if line.startswith("|")]
        for title, *figures in rows[2:]:
            name = title.strip().removesuffix(" †").replace("**", "")
            for column, figure in zip(rows[0][1:], figures, strict=False):
                if rate := re.match(r"[\d.]+", figure.strip()):
                    found[heading, name, column.strip().replace("**", "")] = float(rate[0])
    return found


@pytest.mark.parametrize(
    ("page", "said"), [("calibration", one) for one in SAID] + [("methods", one) for one in METHODS]
)
def test_a_range_in_words_is_that_of_its_cells(page: str, said: tuple[str, str, str, str]) -> None:
    phrase, *patterns = said
    text = DOCS.read_text(encoding="utf-8")
    values = [
        rate
        for at, rate in cells(text).items()
        if all(re.fullmatch(pattern, part) for pattern, part in zip(patterns, at, strict=True))
    ]
    assert values
    told = phrase.format(int(min(values) + 0.5), int(max(values) + 0.5))
    assert told in " ".join(DOCS.with_name(f"{page}.md").read_text(encoding="utf-8").split())
