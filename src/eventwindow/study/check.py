"""A study checked: all that a run does but its report, and what a person should know of the inputs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from eventwindow.prices.retry import Progress
from eventwindow.study.definition import Study, read_study
from eventwindow.study.estimates import estimated, excluded_rows
from eventwindow.study.library import find_study
from eventwindow.study.load import Inputs, Step, read_inputs
from eventwindow.study.run import concluded


def check_study(
    study: Study | Path | str,
    *,
    prices: str,
    claims: Path | str | None = None,
    step: Step,
    progress: Progress | None = None,
) -> Iterator[str]:
    """Line by line what `run` would run on; where it would end, the same error is raised here."""
    study = study if isinstance(study, Study) else read_study(find_study(str(study)))
    inputs = read_inputs(study, prices, step, None if claims is None else Path(claims), progress)
    yield from _read(inputs)
    step("estimating expected returns")
    found = estimated(inputs)
    lost = excluded_rows(found.abnormal)
    yield from (f"  {e.what} {e.security} {e.event}: {e.reason}" for e in (*found.exclusions, *lost))
    result = concluded(inputs, found, step)
    left_out = [e for e in result.left_out if e not in found.exclusions]
    yield from (f"  {e.what}: {e.reason}" for e in left_out)
    warnings = [f for f in inputs.quality.findings if f.level == "warning"]
    excluded = [e for e in (*found.exclusions, *lost, *left_out) if e.what == "excluded"]
    yield verdict(len(excluded), len(warnings) + len(inputs.prices.notes))


def verdict(left_out: int, warnings: int) -> str:
    """The last line: that nothing is wrong, where that is so, else what was told above, counted."""
    if not left_out and not warnings:
        return "nothing is wrong"
    counts = [f"{n:,} {word}" for n, word in ((left_out, "left out"), (warnings, _plural("warning", warnings))) if n]
    return f"a run would go through, with {' and '.join(counts)}"


def _plural(word: str, n: int) -> str:
    return word if n == 1 else f"{word}s"


def _read(inputs: Inputs) -> Iterator[str]:
    """What the files hold and what was found in them."""
    file, histories = inputs.study.file, inputs.prices.histories
    origins = Counter(h.origin for h in histories.values())
    shifts = inputs.calendar.query("kind == 'event' and shift != ''")
    yield (
        f"study.toml: {len(file.events)} events, {len(inputs.study.stocks)} stocks, {len(file.securities)} securities,"
        f" {len(inputs.study.baskets)} baskets, {len(file.news)} entries of other news"
    )
    yield from (f"  {r.id}: day 0 on {r.mic} is {r.session:%Y-%m-%d} ({r.shift})" for r in shifts.itertuples())
    yield f"claims.toml: {len(inputs.ledger.claims)} claims of {len(inputs.ledger.articles)} articles"
    yield from (
        f"  unfinished {c.id} ({c.place or f'line {c.line}'}): {c.unfinished}" for c in inputs.ledger.unfinished
    )
    yield "prices: " + ", ".join(f"{n} {origin}" for origin, n in sorted(origins.items()))
    yield from (f"  {f.level} {f.symbol} {f.text_en}" for f in inputs.quality.findings)
    yield from inputs.prices.notes
