"""The scorecard as plain text: article by article what held, and every statement that prices contradict or split."""

from __future__ import annotations

from collections.abc import Iterator

from eventwindow.report import sections
from eventwindow.report.context import Context
from eventwindow.report.markdown import unmarked


def scorecard(context: Context) -> str:
    """The whole for a message or a file: title, answer, articles."""
    answer = [unmarked(sentence) for sentence in sections.answer(context)]
    parts = [context.title, *answer, *("\n".join(lines) for lines in scored_articles(context))]
    return context.language.written("\n\n".join(parts) + "\n")


def scored_articles(context: Context) -> Iterator[list[str]]:
    """The lines of each article: what it is, how much of what could be tested held, what did not."""
    say, colon = context.language.text, context.language.text("format.typst_colon")
    for article in context.result.articles:
        found = sections.score(context, article["key"])
        if found is None:
            continue
        held, tested, wrong = found
        lines = [
            sections.told_by(context, article["key"], article),
            say("story.what_held") + colon + unmarked(context.language.say("story.of", n=held, all=tested)),
        ]
        for v in wrong:
            lines.append(f"{say(f'verdict.{v.word}')}  {v.claim.id}{colon}{context.verdict_words(v)['text']}")
        yield lines
