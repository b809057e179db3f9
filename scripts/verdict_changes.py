"""Write docs/verdict-changes.md: every verdict that differs from version 0.1, and by which rule it is reached now.

python scripts/verdict_changes.py           # from the figures that ship; tests hold the page to this output
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from eventwindow import run_study
from eventwindow.claims.model import Verdict

ROOT = Path(__file__).parents[1]
PAGE, BEFORE = ROOT / "docs" / "verdict-changes.md", Path(__file__).with_name("verdicts_0_1.csv")
HEAD = """# Verdicts that changed since version 0.1

Version 0.1 knew four words: confirmed, partly, contradicted, not testable. What its own code computes from the figures
that ship is held in `scripts/verdicts_0_1.csv`; what stands now, and the rule of each, is computed by
`python scripts/verdict_changes.py`. The rules: [verdicts](verdicts.md).

| statement | version 0.1 | now | by which rule |
|---|---|---|---|
"""


def page(verdicts: Sequence[Verdict]) -> str:
    """The page for the verdicts of the study on DeepSeek."""
    with BEFORE.open(encoding="utf-8", newline="") as file:
        before = {row["id"]: row["verdict"] for row in csv.DictReader(file)}
    rows = [_row(v, before.get(v.claim.id, "")) for v in verdicts if before.get(v.claim.id, "") != v.word]
    return HEAD + "\n".join(rows) + "\n"


def _row(verdict: Verdict, before: str) -> str:
    claim = verdict.claim
    return f"| {claim.id}: {claim.text_en} | {before or 'not listed'} | {verdict.word} | {_rule(verdict)} |"


def _rule(verdict: Verdict) -> str:
    """The rule that decided, of a compound those of its parts, and what makes one that holds need its context."""
    parts = [part for part in verdict.parts if part.claim.decides] if verdict.measured else []
    rules = dict.fromkeys(f"{part.word} by “{part.rule}”" for part in parts) if len(parts) > 1 else [str(verdict.rule)]
    return " ".join(["; ".join(rules) + ".", *map(str, verdict.context)]).replace("|", "\\|")


def main() -> None:
    PAGE.write_text(page(run_study("deepseek-2025", prices="shipped").verdicts), encoding="utf-8")


if __name__ == "__main__":
    main()
