"""The clauses of a sentence: what each is, and on which it hangs."""

from __future__ import annotations

import pytest

from eventwindow.draft.clauses import chain, clauses


def held(text: str) -> list[tuple[str, str]]:
    return [(c.kind, text[c.start : c.end].strip()) for c in clauses(text) if c.on is not None]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "Deere, which reported on Tuesday, was 4.6% lower on Thursday.",
            [("relative", "which reported on Tuesday")],
        ),
        (
            "The index that Toll is about to join rose 0.5% on Thursday.",
            [("relative", "that Toll is about to join")],
        ),
        ("It said on Monday that sales grew on Friday.", [("content", "that sales grew on Friday")]),
        ("Apple, Garmin's competitor, dipped 0.1%.", [("apposition", "Garmin's competitor")]),
        ("It fell 11%, the most since 2022, on Thursday.", [("apposition", "the most since 2022"), ("participle", "since 2022")]),
        ("It was 20 points lower than on Friday, at 312.", [("comparison", "than on Friday")]),
        ("It fell to 4.51% on Thursday from 4.55% on Wednesday, and gold rose.", [("comparison", "from 4.55% on Wednesday")]),
        ("Having lost 5.8% on Tuesday, the shares rose 1%.", [("participle", "Having lost 5.8% on Tuesday")]),
        ("The Dow, dragged down by Nike, lost 136 points.", [("participle", "dragged down by Nike")]),
        ("Meta (up 1.6%) led the gainers.", [("parenthesis", "(up 1.6%)"), ("participle", "up 1.6%")]),
        # what only looks like one that hangs on another
        ("After hours, the Dow lost 3%, the S&P 500 was flat, at 400.", [("participle", "After hours")]),
        ("Boeing shares climbed 3.4% on Thursday.", []),
        ("Oracle fell more than 13% on Monday.", []),
        ("Oracle did worse than Cisco on Monday.", [("comparison", "than Cisco")]),
        ("Worries about who is next drove Zions down.", [("relative", "who is next")]),
    ],
)  # fmt: skip
def test_what_hangs_on_another_clause_is_told_from_main_clauses(text: str, found: list[tuple[str, str]]) -> None:
    assert held(text) == found


def test_a_clause_lies_in_the_one_that_it_hangs_on() -> None:
    text = "KKR, the buyout house, offers 365p, which is 29% more than Friday's price, and the board nodded."
    parts = clauses(text)
    assert [text[c.start : c.end] for c in parts if c.on is None] == [
        text[: text.index("the board")],
        "the board nodded.",
    ]
    assert all(parts[c.on].start <= c.start and c.end <= parts[c.on].end for c in parts if c.on is not None)
    assert [c.kind for c in chain(parts, text.index("Friday"))] == ["comparison", "relative", "main"]
