"""How well `draft` reads pieces it was not made for.

    python scripts/draft_rates.py [--set half | apart | pieces | second … seventeenth | forms | adversarial] [--show]

The pieces stand in tests/verify_pieces_*.toml with every market statement that a reader marked; half of them are kept
apart while rules are written. The second to seventeenth set, tests/verify_*_*.toml, were kept apart as wholes. The set
forms, in the forms of wires and portals, is one to mend on; the adversarial set, tests/draft_adversarial_*.toml, is
single sentences made to mislead. A drafted statement is right if security, measure, figure with sign, hedge and day
are those of a marked one; the ends of a span count by the sessions they fall on, and a firm or group that no list
holds by the words of its name, of which one may leave out the last ("KAP Industrial" of "KAP Industrial Holdings").
It is judged if nothing is open in it;
judged wrongly if no marked statement has its security, figure and day, or if the marked one ends with "!": it is of a
moment of the day, a forecast, or of what no measure knows. "known" is the share read right of those whose measure the
project knows; the last column is the share of those read right that are judged.
"""

from __future__ import annotations

import argparse
import datetime as dt
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eventwindow.claims.measures import MEASURES
from eventwindow.draft.lexicon import lexicon
from eventwindow.draft.listings import home_of
from eventwindow.draft.read import normal, statements
from eventwindow.draft.sessions import on_sessions, session
from eventwindow.draft.statement import Statement
from eventwindow.draft.unquantified import SINCE

TESTS = Path(__file__).parents[1] / "tests"
SETS = (
    "half", "apart", "pieces", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
    "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "forms", "adversarial",
)  # fmt: skip
DATED = dt.date(2025, 1, 31)  # of a sentence that tells no other
_YEAR = re.compile(r"\breturn (\S+ \S+) (\d{4})-01-01\.\.\2-12-3[01]")
_OF_YEAR = re.compile(r"\breturn (\S+ \S+) ((\d{4})-01-\d\d\.\.\3-12-\d\d)")
_SINCE = re.compile(r"(?<= since \d{4})-\d\d$")
_SINCE_DAY = re.compile(r"(?<= since \d{4}-\d\d)-\d\d$")
_SPAN = re.compile(r"(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)")
UNLISTED = ('"', "[")  # how the line of a firm begins that no list holds, and of a group
PARTS = ("security", "measure", "figure", "hedge", "day")


@dataclass(frozen=True, slots=True)
class Read:
    """One piece: what was marked, what was drafted, and which of that would be judged."""

    piece: Mapping[str, Any]
    marked: frozenset[str]
    drafted: frozenset[str]
    judged: frozenset[str]
    unsettled: frozenset[str] = frozenset()  # marked with "!": no close of a day can settle them

    @property
    def known(self) -> frozenset[str]:
        return frozenset(line for line in self.marked if _fields(line)["measure"] in MEASURES)

    @property
    def right(self) -> frozenset[str]:
        return self.marked & self.drafted

    @property
    def wrong(self) -> list[str]:
        """Judged, and no marked statement that can be judged has its security, figure and day."""
        known = {_core(line) for line in self.marked - self.unsettled}
        return sorted(line for line in self.judged if _core(line) not in known)

    @property
    def noise(self) -> list[str]:
        """Drafted, and no marked statement has its figure."""
        figures = {_fields(line)["figure"] for line in self.marked}
        return sorted(line for line in self.drafted if _fields(line)["figure"] not in figures)


def main(argv: Sequence[str] | None = None) -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--set", choices=SETS, default="half", help="which set of pieces (half: not kept apart)")
    options.add_argument("--show", action="store_true", help="each statement that is not right")
    chosen = options.parse_args(argv)
    reads = [read(p) for p in pieces(chosen.set)]
    for line in report(reads, chosen.show):
        print(line)
    return 0


def pieces(which: str) -> list[dict[str, Any]]:
    """All pieces of a set, English first."""
    if which == "adversarial":
        return _sentences()
    found: list[dict[str, Any]] = []
    for language in ("en", "zh"):
        name = "pieces" if which in {"half", "apart"} else which
        text = (TESTS / f"verify_{name}_{language}.toml").read_text(encoding="utf-8")
        found += [p | {"language": language} for p in tomllib.loads(text)["pieces"]]
    return [p for p in found if which not in {"half", "apart"} or p["apart"] == (which == "apart")]


def _sentences() -> list[dict[str, Any]]:
    """The single sentences, each as a piece of its kind."""
    found: list[dict[str, Any]] = []
    for language in ("en", "zh"):
        text = (TESTS / f"draft_adversarial_{language}.toml").read_text(encoding="utf-8")
        of_all = {"dated": DATED, "language": language}
        found += [of_all | {"id": case["text"]} | case for case in tomllib.loads(text)["cases"]]
    return found


def read(piece: Mapping[str, Any]) -> Read:
    """The piece as `draft` reads it without a study."""
    said = [on_sessions(s) if s.sessions else s for s in statements(piece["text"], piece["dated"])]  # as `verify` does
    marked = frozenset(_plain(line) for line in piece["find"])
    judged = frozenset(_plain(str(s)) for s in said if not open_(s))
    unsettled = frozenset(_plain(line) for line in piece["find"] if line.endswith(" !"))
    drafted = frozenset(_named_as(_dated_as(s, marked), marked) for s in said)
    return Read(piece, marked, drafted, judged, unsettled)


def _named_as(line: str, marked: frozenset[str]) -> str:
    """The statement's line; of what no list holds, the mark that names the same by more or fewer words."""
    if line in marked or line[0] not in UNLISTED:
        return line
    who, *rest = _fields(line).values()
    named = (m for m in marked if [*_fields(m).values()][1:] == rest and same_name(who, _fields(m)["security"]))
    return next(named, line)


def same_name(one: str, other: str) -> bool:
    """Whether two that no list holds are one: the same words, or of a firm ("KAP", "KAP Holdings") the first ones."""
    short, long = sorted((one[1:].casefold(), other[1:].casefold()), key=len)
    more = long.removeprefix(short)
    begins = more != long and (more[:1] == " " or not more.isascii()) and len(short) > 1
    return {one[0], other[0]} <= {*UNLISTED} and (not more or (begins and one[0] == other[0] == '"'))


def _dated_as(s: Statement, marked: frozenset[str]) -> str:
    """The statement's line; "in two years" tells no month: where the mark has the year alone, so has the line."""
    line = _plain(str(s))
    year = _SINCE.sub("", line) if SINCE in s.open else line
    return line if line in marked or year not in marked else year


def open_(s: Statement) -> bool:
    """Whether `verify` would list it as read, not judged."""
    return bool(s.open) or len(s.who.symbols) != 1 or (s.date is None and s.year is None)


def _plain(line: str) -> str:
    """Without the mark of what is open, counted apart; a group by its label, in whatever words it is written."""
    line = _YEAR.sub(r"year_return \1 \2", line.removesuffix(" !"))  # a calendar year is a measure of its own
    line = _SINCE_DAY.sub("", line)  # a rank looks back to a month
    line = _SPAN.sub(lambda m: f"{_at_session(line, m[1], 1)}..{_at_session(line, m[2], -1)}", line)
    line = _OF_YEAR.sub(lambda m: f"year_return {m[1]} {m[3]}" if _is_year(line, m) else m[0], line)
    words, end, rest = line.partition("] ")
    labels = (g.label for pattern, g in lexicon(True).groups if end and pattern.fullmatch(normal(words[1:])))
    label = next(labels, normal(words[1:]) if end else "")
    return f"[{label}] {rest}" if end else normal(words)


def _is_year(line: str, span: re.Match[str]) -> bool:
    """Whether a span holds all sessions of its year: told on the last of them, it ends that day."""
    whole = f"{_at_session(line, f'{span[3]}-01-01', 1)}..{_at_session(line, f'{span[3]}-12-31', -1)}"
    return span[2] == whole


def _at_session(line: str, day: str, step: int) -> str:
    """The end of a span on a session of the exchange, as `verify` puts it there."""
    held = dt.date.fromisoformat(day)
    kind = home_of(symbol) if (symbol := line.partition(" ")[0])[0] not in '?"[' and "|" not in symbol else None
    return str(session(kind.exchange, held, step) if kind else held)


def _core(line: str) -> tuple[str, ...]:
    fields = _fields(line)
    return fields["security"], fields["figure"], fields["day"]


def _fields(line: str) -> dict[str, str]:
    """The parts of a line: a security in quotes or brackets may hold blanks."""
    end = {'"': '" ', "[": "] "}.get(line[0])
    who, _, rest = line.partition(end or " ")
    words = rest.split(" ")
    words += [""] * (4 - len(words))
    return dict(zip(PARTS, (who, words[0], words[1], words[2], " ".join(words[3:])), strict=True))


def report(reads: Sequence[Read], show: bool = False) -> Iterable[str]:
    """The rates by language and by kind, and which part of a statement was read as something else."""
    yield f"{'':14} pieces marked drafted judged   right  known  wrong  noise judged of right"
    groups = [(f"language {c}", [r for r in reads if r.piece["language"] == c]) for c in ("en", "zh")]
    groups += [(k, [r for r in reads if r.piece["kind"] == k]) for k in sorted({r.piece["kind"] for r in reads})]
    groups += [("all", list(reads))]
    for name, group in groups:
        yield _row(name, group)
    yield from _confusion(reads)
    if show:
        for r in reads:
            yield from _shown(r)


def _row(name: str, group: Sequence[Read]) -> str:
    marked, drafted = sum(len(r.marked) for r in group), sum(len(r.drafted) for r in group)
    judged, right = sum(len(r.judged) for r in group), sum(len(r.right) for r in group)
    wrong, noise = sum(len(r.wrong) for r in group), sum(len(r.noise) for r in group)
    known, known_right = sum(len(r.known) for r in group), sum(len(r.known & r.right) for r in group)
    shares = f"{_share(right, marked):>7} {_share(known_right, known):>6} {_share(wrong, judged):>6}"
    shares += f" {_share(noise, drafted):>6}"
    shares += f" {_share(sum(len(r.right & r.judged) for r in group), right):>15}"
    return f"{name:14} {len(group):6} {marked:6} {drafted:7} {judged:6} {shares}"


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "-"


def _confusion(reads: Sequence[Read]) -> Iterable[str]:
    """Marked statements that were not read right: what the nearest drafted one has instead, part by part."""
    counts: Counter[str] = Counter()
    for r in reads:
        rest = sorted(r.drafted - r.marked)
        for line in sorted(r.marked - r.drafted):
            near = max(rest, key=lambda other: _alike(line, other), default="")
            if not near or _alike(line, near) < 3:
                counts["not read at all"] += 1
                continue
            rest.remove(near)
            one, other = _fields(line), _fields(near)
            counts["other " + ", ".join(part for part in PARTS if one[part] != other[part])] += 1
    yield "marked, and read as:"
    yield f"  {sum(len(r.right) for r in reads):4} itself"
    yield from (f"  {n:4} {what}" for what, n in sorted(counts.items(), key=lambda kv: (-kv[1], kv[0])))


def _alike(line: str, other: str) -> int:
    one, two = _fields(line), _fields(other)
    return sum(one[part] == two[part] for part in PARTS)


def _shown(r: Read) -> Iterable[str]:
    rest = [f"  - {line}" for line in sorted(r.marked - r.drafted)]
    rest += [f"  {'W' if line in r.wrong else '+'} {line}" for line in sorted((r.drafted - r.marked) | set(r.wrong))]
    if rest:
        yield r.piece["id"]
        yield from rest


if __name__ == "__main__":
    sys.exit(main())
