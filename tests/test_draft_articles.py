"""The two rates that `draft` must reach on the five articles: figures that are right, entries that are noise."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from eventwindow.draft.read import normal, statements
from eventwindow.draft.write import draft_claims
from eventwindow.study.definition import read_study
from eventwindow.study.library import find_study

ARTICLES = Path(__file__).parents[2] / "shared" / "articles"
EXPECTED = tomllib.loads(Path(__file__).with_name("draft_articles.toml").read_text(encoding="utf-8"))["articles"]
pytestmark = pytest.mark.skipif(
    not ARTICLES.is_dir(), reason="the articles are not beside the project: ../shared/articles"
)
RUN = 12  # characters; a longer run of an article's own in a draft would be a copy


def is_figure(line: str) -> bool:
    return not {"up", "down"} & set(line.split())


def test_nine_in_ten_figures_are_right_and_at_most_one_entry_in_five_is_noise() -> None:
    """A statement counts as right only if security, kind, figure, hedge and day all are; judged it need not be."""
    study = read_study(find_study("deepseek-2025"))
    wanted: set[str] = set()
    drafted: set[str] = set()
    for article in EXPECTED:
        text = (ARTICLES / article["file"]).read_text(encoding="utf-8")
        wanted |= {f"{article['file']} {line}".removesuffix(" !") for line in article["find"]}
        drafted |= {
            f"{article['file']} {s.line} {s}".removesuffix(" !") for s in statements(text, article["dated"], study)
        }
    figures = {line for line in wanted if is_figure(line)}
    right, noise = len(figures & drafted), len(drafted - wanted)
    print(
        f"\nfigures right: {right} of {len(figures)}; directions: {len((wanted - figures) & drafted)} of {len(wanted - figures)};",
        end=" ",
    )
    print(f"noise: {noise} of {len(drafted)} entries")
    assert right / len(figures) >= 0.9
    assert noise / len(drafted) <= 0.2


@pytest.mark.parametrize("article", EXPECTED, ids=lambda a: a["file"])
def test_the_draft_holds_no_text_of_the_article(article: dict, tmp_path: Path) -> None:
    draft_claims([ARTICLES / article["file"]], str(article["dated"]), "deepseek-2025", None, tmp_path / "claims.toml")
    drafted = (tmp_path / "claims.toml").read_text(encoding="utf-8").replace(article["file"], "")
    text = normal((ARTICLES / article["file"]).read_text(encoding="utf-8"))
    runs = {text[k : k + RUN] for k in range(len(text) - RUN)}
    plain = normal(drafted)
    assert not [plain[k : k + RUN] for k in range(len(plain) - RUN) if plain[k : k + RUN] in runs]
