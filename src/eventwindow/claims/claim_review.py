"""schema.org ClaimReview of one verdict, for the page of that claim: what its readers ask for, and nothing made up."""

import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any

from eventwindow.claims.model import Claim, Verdict
from eventwindow.claims.records import RATINGS
from eventwindow.errors import Catalogue, Text, catalogue, file_name

LONGEST = 75  # characters of a claim that its readers show


def review_of(
    verdict: Verdict,
    article: Mapping[str, Any],
    *,
    words: Catalogue | None = None,
    site: str = "",
    published: date | None = None,
) -> dict[str, Any] | None:
    """The review of one claim; None where there is no rating, for what was not tested or is not rated.

    `article` is where it was said: key, title_en, title_zh, outlet, published, address. `site` is the address below
    which the report stands: without it the address is the page's own file, which holds wherever the page is read.
    `published` is the day of the report; what is not given is left out. `words` are those of the page's language.
    """
    value, claim = RATINGS.get(verdict.word), verdict.claim
    if value is None:
        return None
    words = words or catalogue("en")
    page = file_name(words.code, claim.id)
    title, outlet = (
        words.pick(Text(str(article.get(en, "")), str(article.get(zh, ""))))
        for en, zh in (("title_en", "title_zh"), ("outlet", "outlet_zh"))
    )
    maker = outlet or words.pick(Text(claim.quoted_en, claim.quoted_zh))
    return _given(
        {
            "@context": "https://schema.org",
            "@type": "ClaimReview",
            "url": f"{site.rstrip('/')}/claims/{page}" if site else page,
            "datePublished": published.isoformat() if published else "",
            "inLanguage": words.code,
            "claimReviewed": claim_text(claim, article, words),
            "reviewBody": words.reason(verdict.reason),
            "author": _given({"@type": "Organization", "name": "eventwindow", "url": site}),
            "itemReviewed": _said(article, title, maker),
            "reviewRating": {
                "@type": "Rating",
                "ratingValue": value,
                "bestRating": 5,
                "worstRating": 1,
                "alternateName": words.text(f"rating.{verdict.word}"),
            },
        }
    )


def _said(article: Mapping[str, Any], title: str, by: str) -> dict[str, Any]:
    """The claim as it appeared: by which outlet (or those it quotes), when, in what text at which address."""
    when = article.get("published")
    day = when.isoformat() if isinstance(when, date) else str(when or "")
    maker = {"@type": "Organization", "name": by} if by else None
    text = {"@type": "Article", "headline": title, "url": str(article.get("address", "")), "datePublished": day}
    return _given(
        {"@type": "Claim", "author": maker, "datePublished": day, "appearance": _given(text | {"publisher": maker})}
    )


def _given(keys: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in keys.items() if value not in (None, "", {})}


def claim_text(claim: Claim, article: Mapping[str, Any], words: Catalogue) -> str:
    """The claim on its own feet: its text with its year, in at most 75 characters."""
    text = _unstopped(words.pick(Text(claim.text_en, claim.text_zh)).strip())
    year = _year(claim) or str(article.get("published") or claim.known_until or "")[:4]
    tail = f" ({year})" if year and year not in text else ""
    if len(text) + len(tail) <= LONGEST:
        return text + tail
    room = LONGEST - len(tail) - 1
    cut = max((at for at, sign in enumerate(text[:room]) if not sign.isalnum()), default=0)
    return _unstopped(text[: cut if cut > room // 2 else room]) + "\u2026" + tail


def _unstopped(text: str) -> str:
    """Without the blanks and marks of punctuation at its end; a bracket or per cent stays."""
    while text and (text[-1].isspace() or (unicodedata.category(text[-1]) == "Po" and text[-1] not in "%\u2030")):
        text = text[:-1]
    return text


def _year(claim: Claim) -> str:
    """The year of the day that the claim, or the first of its parts with one, is measured on."""
    own = getattr(claim.measure, "date", None) if claim.measure else None
    return str(own.year) if isinstance(own, date) else next((y for part in claim.parts if (y := _year(part))), "")
