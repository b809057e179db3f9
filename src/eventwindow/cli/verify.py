"""`eventwindow verify`: an article's market statements one by one, with a verdict or the reason why there is none."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from eventwindow.cli.again import REPORT, command_of, without_machine
from eventwindow.cli.progress import progress_bar
from eventwindow.cli.seal import check_unchanged, seal
from eventwindow.cli.terminal import progress
from eventwindow.draft.articles import Article, read
from eventwindow.draft.chinese import simplified
from eventwindow.draft.studyfile import without_lacking
from eventwindow.draft.verify import Checked, Verified, verify_study
from eventwindow.errors import Catalogue, Reason, SourceError, Text, catalogue
from eventwindow.estimation.by_exchange import NO_BENCHMARK
from eventwindow.prices.lookup import looked_up
from eventwindow.prices.retry import Progress
from eventwindow.report.swap import put_again
from eventwindow.study.load import Step
from eventwindow.study.provenance import told_origins
from eventwindow.study.result import StudyResult
from eventwindow.study.run import run_study

ASKED = {"auto", "yahoo"}  # sources that may speak to Yahoo


def verify_command(options: argparse.Namespace) -> None:
    """Read the articles, run their study, print what was found and keep it beside the study.

    An earlier folder is written over where nobody has corrected anything in it.
    """
    articles = [read(path, options.date) for path in options.articles]
    folder = options.out or Path("eventwindow-out") / f"verify-{_stem(articles[0])}"
    words = catalogue(options.language or _language(articles))
    again = command_of(str(folder), options.prices)
    with put_again(folder, partial(check_unchanged, apart=(REPORT,), again=again)) as fresh:
        with progress() as step, progress_bar() as bar:
            (_, checked, stand_ins), result = _run(articles, fresh, options, step, bar)
        words = words.of_study(result.translations.get(words.code, {}))
        lines = [line for one in checked for line in _lines(one, result, words)]
        lines += found_by_name(checked, words) if options.prices in ASKED else ()
        (fresh / "verify.md").write_text("\n".join(_markdown(lines)), encoding="utf-8", newline="\n")
        report = _report(result, fresh, options) if options.report else None
        seal(fresh, (REPORT,))
    print(*lines, sep="\n")
    print(
        *_origins(result, words),
        *_without(stand_ins, words),
        words.text("verify.study", folder=str(folder), command=again),
        sep="\n",
    )
    if report:
        print(folder / report)


def _report(result: StudyResult, folder: Path, options: argparse.Namespace) -> Path:
    """Write the whole report beside the study; where it is in its folder."""
    from eventwindow.report.write import write_result

    again = command_of(folder.name, without_machine(options.prices))
    return write_result(result, folder / REPORT, (), extras=options.extras, command=again).relative_to(folder)


def _run(
    articles: Sequence[Article], folder: Path, options: argparse.Namespace, step: Step, bar: Progress | None
) -> tuple[Verified, StudyResult]:
    """The study of the articles, run without the symbols that have no prices."""

    def made(lacking: frozenset[str]) -> tuple[Verified, StudyResult]:
        verified = verify_study(articles, folder, options.names, lacking)
        return verified, run_study(verified.study, prices=options.prices, step=step, progress=bar)

    return without_lacking(made, folder)


def _stem(article: Article) -> str:
    return Path(article.name).stem.replace(" ", "-") or "article"


def _language(articles: Sequence[Article]) -> str:
    """English, or Chinese in the script of the first article."""
    text = articles[0].text
    if not articles[0].chinese:
        return "en"
    return "zh-Hans" if simplified(text) == text else "zh-Hant"


def _lines(one: Checked, result: StudyResult, words: Catalogue) -> Iterator[str]:
    """The article's head, its statements in order with what speaks against their prices, and what was passed over."""
    verdicts = {v.claim.id: v for v in result.verdicts}
    judged = [s for s in one.said if not s.open]
    yield words.text("verify.title", article=one.article.name, day=str(one.article.dated))
    yield words.text("verify.judged", n=len(judged), m=len(one.said))
    yield words.text("verify.limits")
    yield ""
    for s in one.said:
        verdict = None if s.open else verdicts.get(s.id)
        word = words.words(f"verdict.{verdict.word}") if verdict else words.words("verify.not_judged")
        yield f"- {s.id}, {words.text('verify.line', line=s.line)} · {word} · {_said(s.words, words)}"
        told = words.reason(verdict.reason if verdict else Reason.together(s.open))
        yield f"  {told}"
        for finding in verdict.findings if verdict else ():
            if (found := words.reason(finding.reason)) not in told:
                yield f"  {words.pick(Text(f'{finding.symbol}: {found}', f'{finding.symbol}：{found}'))}"
    yield ""
    yield words.words("verify.missed_title" if one.passed else "verify.missed_none")
    for p in one.passed:
        told = words.words("format.between").join(p.words)
        why = words.text("verify.why_not", reason=words.reason(p.reason)) if p.reason else ""
        yield f"- {words.text('verify.line', line=p.line)}: {told}{why}"
    yield ""


def found_by_name(checked: Sequence[Checked], words: Catalogue) -> Iterator[str]:
    """The names that no list holds, with what Yahoo's search gives for them: a person says whether it is meant."""
    open_ = [reason for one in checked for s in one.said for reason in s.open]
    names = [str(reason.values["name"]) for reason in open_ if reason.key == "draft_stranger"]
    try:
        found = looked_up(names)
    except SourceError:
        return  # offline: the statements say that the name is unknown
    if found:
        yield words.words("verify.found_title")
    for name, one in found.items():
        values = {"name": name, "symbol": one.symbol, "long": one.name, "exchange": one.exchange}
        yield f"- {words.text('verify.found', **values)}"
    yield from [""] * bool(found)


def _origins(result: StudyResult, words: Catalogue) -> Iterator[str]:
    """Where the figures are from, which symbols have none and why, and what the run told."""
    if told := told_origins(result.run, words):
        yield words.text("verify.prices", list=words.words("format.between").join(told))
    for symbol, reason in result.run["unavailable"].items():
        yield words.text("verify.no_prices", symbol=symbol, reason=words.reason(reason))
    yield from map(words.reason, result.run["notes"])


def _without(stand_ins: Mapping[str, str], words: Catalogue) -> Iterator[str]:
    """The benchmarks without prices, and what stands in for each: what is said of returns alone needs none."""
    for symbol, other in stand_ins.items():
        yield words.text(f"verify.benchmark_{'gone' if other == NO_BENCHMARK else 'other'}", symbol=symbol, other=other)


def _said(text: Text, words: Catalogue) -> str:
    found = words.pick(text)
    return simplified(found) if words.words("format.script") == "Hans" else found


def _markdown(lines: Sequence[str]) -> Iterator[str]:
    """The same lines as a page: the first of each article is its head."""
    head = True
    for line in lines:
        yield f"# {line}" if head and line else line
        head = False
    yield ""
