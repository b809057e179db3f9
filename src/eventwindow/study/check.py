"""A study checked: all that a run does but its report, and what a person should know of the inputs."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from eventwindow.errors import Reason, counted, several
from eventwindow.prices.checks import Finding
from eventwindow.prices.retry import Progress
from eventwindow.study.ahead import event_days, waits_for
from eventwindow.study.definition import Study, read_study
from eventwindow.study.estimates import estimated
from eventwindow.study.freeze import frozen_reason, frozen_record, parts
from eventwindow.study.ledger import CLAIMS, Ledger
from eventwindow.study.load import Inputs, Step, first_day, ledger_of, read_inputs
from eventwindow.study.run import concluded, quiet

INCOMPLETE = ("not_computed", "days_missing", "bars_cover_part", "no_bars_on")  # of what is not whole


def check_study(
    study: Study | Path | str,
    *,
    prices: str = "auto",
    claims: Path | str | None = None,
    step: Step = quiet,
    progress: Progress | None = None,
) -> Iterator[str]:
    """Line by line what a run would run on; where it would end, the same error is raised here.

    Parameters
    ----------
    study
    prices
    claims
    step
    progress
        All five as for `run_study`.

    Yields
    ------
    str
        What the files hold, what was found in the prices, what is left out and why; last, that nothing is wrong or
        how many findings there are.

    Raises
    ------
    StudyError
        Where a run would end: the same error.

    Examples
    --------
    >>> for line in ew.check_study(ew.new_study("another-event"), prices="shipped"):
    ...     print(line)
    study.toml: ...
    """
    study = study if isinstance(study, Study) else read_study(study)
    claims = None if claims is None else Path(claims)
    if waiting := waits_for(study):
        yield from _ahead(study, claims, waiting)
        return
    inputs = read_inputs(study, prices, step, claims, progress)
    yield from _read(inputs, claims)
    step("estimating expected returns")
    result = concluded(inputs, estimated(inputs), step)
    excluded = result.tables["excluded"]
    yield from _left_out(excluded)
    warnings = [f for f in inputs.quality.findings if f.level == "warning"]
    lost = int((excluded["what"] == "excluded").sum())
    yield verdict(
        lost,
        len(warnings) + len(inputs.prices.notes),
        sum(isinstance(r, Reason) and r.key in INCOMPLETE for r in excluded["reason"]),
        int((excluded["what"] == "told").sum()),
    )


def _left_out(excluded: pd.DataFrame) -> Iterator[str]:
    """What a run leaves out, shifts, substitutes or works out in part; alike lines are one."""
    for (what, reason), rows in excluded.groupby(["what", excluded["reason"].astype(str)], sort=False):
        named = (rows["security"] + " " + rows["event"]).str.strip()
        held = rows[rows["window_start"].notna()]
        windows = dict.fromkeys("[" + held["window_start"].astype(str) + "," + held["window_end"].astype(str) + "]")
        where = f" {', '.join(windows)}" if windows else ""
        yield f"  {what} {several(named)}{where}: {reason}"


def verdict(left_out: int, warnings: int, partly: int = 0, notes: int = 0) -> str:
    """The last line: that nothing is wrong, where that is so, else what was told above, counted."""
    told = {f"{left_out:,} left out": left_out, f"{partly:,} in part": partly}
    told |= {counted(warnings, "warning"): warnings, counted(notes, "note"): notes}
    counts = [words for words, n in told.items() if n]
    if not counts:
        return "nothing is wrong"
    return f"a run would go through, with {', '.join(counts[:-1])}{' and ' if counts[:-1] else ''}{counts[-1]}"


def _ahead(study: Study, claims: Path | None, waiting: Sequence[str]) -> Iterator[str]:
    """What the files of a study hold whose event lies ahead, and what it waits for."""
    days, _ = event_days(study)
    yield from _files(study, ledger_of(study, claims), days, claims)
    if frozen := frozen_record(study.folder, lambda: (parts(study, claims), first_day(days))):
        yield f"{frozen_reason(frozen)}"
    yield from waiting
    yield "study and claims are valid; prices are asked for when day 0 has closed"


def _read(inputs: Inputs, claims: Path | None) -> Iterator[str]:
    origins = Counter(h.origin for h in inputs.prices.histories.values())
    yield from _files(inputs.study, inputs.ledger, inputs.calendar.query("kind == 'event'"), claims)
    if inputs.frozen:
        yield f"{frozen_reason(inputs.frozen)}"
    yield "prices: " + ", ".join(f"{n} {origin}" for origin, n in sorted(origins.items()))
    yield from _findings(inputs.quality.findings)
    yield from map(str, inputs.prices.notes)


def _files(study: Study, ledger: Ledger, days: pd.DataFrame, claims: Path | None) -> Iterator[str]:
    """What study.toml and the file of claims hold, the events that were shifted, the claims that are unfinished."""
    file, shifts = study.file, days[days["shift"].notna()]
    held = ("event", file.events), ("stock", study.stocks), ("security", file.securities), ("basket", study.baskets)
    told = [*(counted(len(some), word) for word, some in held), f"{counted(len(file.news), 'entry')} of other news"]
    yield f"study.toml: {', '.join(told)}"
    yield from (f"  {r.id}: day 0 on {r.mic} is {r.session:%Y-%m-%d} ({r.shift})" for r in shifts.itertuples())
    name = claims.name if claims else CLAIMS
    yield f"{name}: {counted(len(ledger.claims), 'claim')} of {counted(len(ledger.articles), 'article')}"
    yield from (f"  unfinished {c.id} ({c.place or f'line {c.line}'}): {c.unfinished}" for c in ledger.unfinished)


def _findings(findings: Sequence[Finding]) -> Iterator[str]:
    """What the checks of the prices found: one line a security and kind."""
    alike: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in findings:
        alike.setdefault((finding.level, finding.symbol, finding.kind), []).append(finding)
    for (level, symbol, _), found in alike.items():
        last = f", the last on {found[-1].date:%Y-%m-%d}" if found[-1].date else ""
        more = f" (and {len(found) - 1} more{last})" if len(found) > 1 else ""
        yield f"  {level} {symbol} {found[0].reason}{more}"
