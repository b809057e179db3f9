"""What is passed on: cards as pictures with the tags that name them, and the scorecard as plain text."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from html import unescape

import numpy as np
import pytest

from eventwindow.claims.verdicts import by_statement
from eventwindow.errors import file_name
from eventwindow.report.cards import scorecard
from eventwindow.report.context import Context
from eventwindow.report.language import LANGUAGES, language
from eventwindow.report.sections.story import answer, score, told_by
from eventwindow.report.sections.story import scorecard as articles
from eventwindow.report.write import write_report

IMAGE = re.compile(r'<meta (?:property="og:image"|name="twitter:image") content="([^"]+)">')


def pages(folder):
    """The pages that are passed on: stories and those of statements."""
    return [folder / file_name(code) for code in LANGUAGES] + sorted(folder.glob("claims/*.html"))


@pytest.fixture(scope="module")
def few(deepseek):
    """The study with a few of its statements, each with another verdict."""
    found = {v.word: v for v in reversed(deepseek.verdicts)}
    return replace(deepseek, verdicts=tuple(found.values()))


@pytest.fixture(scope="module")
def carded(few, tmp_path_factory):
    pytest.importorskip("typst")
    out = tmp_path_factory.mktemp("carded")
    write_report(few, out, extras=("cards",))
    return out


def test_every_story_and_statement_names_a_card_of_its_own(carded, few):
    """Of 1200 × 630 px, with words on it, and the same for those who ask by either tag."""
    from PIL import Image

    named = {}
    for page in pages(carded):
        text = page.read_text(encoding="utf-8")
        (place,) = set(IMAGE.findall(text))
        assert len(IMAGE.findall(text)) == 2
        assert 'name="twitter:card" content="summary_large_image"' in text
        named[page] = (page.parent / place).resolve()
    assert len(set(named.values())) == len(named) == len(LANGUAGES) * (1 + len(few.verdicts)) > len(LANGUAGES)
    assert set(named.values()) == {path.resolve() for path in carded.glob("cards/**/*.png")}
    for path in named.values():
        picture = Image.open(path)
        assert picture.size == (1200, 630)
        dark = np.asarray(picture.convert("L"))[:, 40:] < 128
        assert 0.005 < dark.mean() < 0.2
        assert not dark[:30].any() and not dark[-30:].any()
        assert not dark[:, -40:].any()
    assert len({path.read_bytes() for path in named.values()}) == len(named)


def test_cards_lie_below_the_site_that_the_study_names_and_are_the_same(carded, few, tmp_path):
    """Written a second time: the same bytes."""
    study = few.run["study"]
    head = study["study"] | {"site": "https://example.org/shock/"}
    placed = replace(few, run=few.run | {"study": study | {"study": head}})
    write_report(placed, tmp_path, ["en"], extras=("cards",))
    claim = few.verdicts[0].claim.id
    for page, card in (("report.html", "report"), (f"claims/{claim}.html", f"claims/{claim}")):
        text = (tmp_path / page).read_text(encoding="utf-8")
        assert set(IMAGE.findall(text)) == {f"https://example.org/shock/cards/{card}.png"}
    again = list(tmp_path.glob("cards/**/*.png"))
    assert len(again) == 1 + len(few.verdicts)
    for path in again:
        assert path.read_bytes() == (carded / path.relative_to(tmp_path)).read_bytes()


def test_without_cards_no_page_speaks_of_one(written):
    assert not (written / "cards").exists()
    for page in pages(written):
        text = page.read_text(encoding="utf-8")
        assert IMAGE.findall(text) == []
        assert 'name="twitter:card" content="summary"' in text


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_scorecard_tells_each_article_and_what_did_not_hold(written, deepseek, code):
    name = file_name(code, "scorecard", "txt")
    lines = (written / "results" / name).read_text(encoding="utf-8").splitlines()
    context = Context(deepseek, language(code))
    assert not re.search(r"<\w|&\w+;", "".join(lines))
    assert lines[0] == context.title
    for article in deepseek.articles:
        at = next(k for k, line in enumerate(lines) if line.startswith(context.article_titles[article["key"]]))
        mine = [v for v in deepseek.verdicts if v.claim.article == article["key"]]
        wrong = [v for v in mine if v.word in ("contradicted", "mixed")]
        below = lines[at + 2 : at + 2 + len(wrong)]
        assert {v.claim.id for v in wrong} == {re.split(r"[:：]", line.split("  ")[1])[0] for line in below}
        assert all(any(context.verdict_words(v)["text"] in line for line in below) for v in wrong)
        first, second, *left = map(int, re.findall(r"\d+", lines[at + 1]))
        held, tested = sorted((first, second))
        assert 0 < held <= tested <= len(mine)
        assert bool(left) == any(v.word == "open" for v in mine) and held + sum(left) + len(wrong) >= tested


def test_a_date_in_words_is_told_in_the_reader_s_language(written, deepseek):
    """As the study says it; a day, month or year needs no words."""
    (dated, chinese) = next((a["dated"], a["dated_zh"]) for a in deepseek.articles if a.get("dated_zh"))
    assert dated in (written / "report.html").read_text(encoding="utf-8")
    page = (written / "report.zh-Hant.html").read_text(encoding="utf-8")
    assert chinese in page
    assert dated not in page


@pytest.mark.parametrize("code", LANGUAGES)
def test_an_article_of_a_month_keeps_it_in_every_language(deepseek, code):
    context = Context(deepseek, language(code))
    assert " · 2024-07" in told_by(context, "A", {"key": "A", "title_en": "A", "dated": "2024-07"})


def test_a_study_without_statements_has_no_scorecard(template, tmp_path):
    assert not template.verdicts
    write_report(template, tmp_path, ["en"])
    assert not list(tmp_path.glob("results/*.txt"))


@pytest.mark.parametrize(
    ("move", "abnormal", "model", "told"),
    [
        (-0.03, -0.02, "market_model", "fell by 3.0 per cent on {day}, by 2.0 points more than the market's move"),
        (-0.03, 0.02, "market_model", "fell by 3.0 per cent on {day}, by 2.0 points less than the market's move"),
        (0.03, 0.04, "market_model", "rose by 3.0 per cent on {day}, by 4.0 points more than the market's move"),
        (0.03, -0.04, "market_model", "rose by 3.0 per cent on {day}, by 4.0 points less than the market's move"),
        (0.0, 0.02, "market_model", "ended on {day} where it had begun, 2.0 points from what the market's move"),
        (0.03, 0.02, "mean_adjusted", "rose by 3.0 per cent on {day}, by 2.0 points more than an ordinary day"),
    ],
)
def test_the_answer_says_which_way_the_abnormal_part_goes(template, monkeypatch, move, abnormal, model, told):
    context = Context(template, language("en"))
    row = context.day_rows(context.members[:1])
    figures = {"actual_return": move, "abnormal_return": abnormal, "low": abnormal - 0.01, "high": abnormal + 0.01}
    monkeypatch.setattr(Context, "day_rows", lambda *_: row.assign(**figures, model=model))
    assert told.format(day=context.language.day(row["date"].iloc[0])) in unescape(answer(context)[0])


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_answer_speaks_of_context_only_where_a_statement_has_some(deepseek, code):
    words = {"en": "context", "zh-Hant": "\u80cc\u666f", "zh-Hans": "\u80cc\u666f"}[code]
    every = answer(Context(deepseek, language(code)))[1]
    plain = tuple(v for v in deepseek.verdicts if v.word != "confirmed_with_context")
    assert words in every
    assert words not in answer(Context(replace(deepseek, verdicts=plain), language(code)))[1]


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_statement_has_a_line_as_often_as_its_verdict_is_counted(code, shipped_results):
    """The front page and the terminal say "4 are wrong" over four lines that say so; of what holds in part, the rest."""
    for result in shipped_results.values():
        context = Context(result, language(code))
        counts = Counter(word for _, word in by_statement(result.verdicts))
        lines = [erred for a in result.articles if (held := score(context, a["key"])) for erred in held[1]]
        said = Counter(erred.label for erred in lines)
        told = {word: context.language.text(f"verdict.{word}") for word in ("contradicted", "mixed")}
        assert said[told["contradicted"]] == counts["contradicted"]
        assert len(lines) == counts["contradicted"] + counts["mixed"]


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_front_page_tells_what_was_measured_of_what_holds_in_part(code, shipped_results):
    """As it does of what is wrong: since the outage the share fell by another figure than the article says."""
    context = Context(shipped_results["outage-2024"], language(code))
    [cell] = [row[-1] for row in next(articles(context)).rows if "claims/O10-1" in str(row[-1])]
    assert re.search(r"\u2192.*\u221234\.64", str(cell))


def test_of_a_statement_that_holds_in_part_the_part_that_fails_is_named(deepseek):
    context = Context(deepseek, language("en"))
    [line] = [line for line in scorecard(context).split("\n") if "S3-A13" in line]
    assert line.startswith("holds in part")
    assert "wrong: spending on AI this year, more than 65 billion dollars" in line
    assert line.endswith("(should be more than 65.0bn dollars): 60.0bn dollars … 65.0bn dollars")
    [line] = [line for line in scorecard(context).split("\n") if "S0-A15-MU" in line]
    assert line.startswith("partly wrong")
