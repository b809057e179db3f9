"""What a sentence was found to say: who, which kind, which figure, when, and what stays open."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from eventwindow.draft.lexicon import Group
from eventwindow.errors import Reason

_INDEX = re.compile(
    r"(?:\b[Ii]ndex|\bAll[ -][Ss]hares?|[A-Z][\w&/]*[ -](?!(?:19|20)\d\d)\d{2,4})$"
)  # as names of indices end


@dataclass(frozen=True, slots=True)
class Subject:
    """A security, by the symbols that its name may mean; a group without its members; or a name that no list holds."""

    symbols: tuple[str, ...] = ()
    group: Group | None = None
    name: str = ""  # as written, where no list holds it

    @property
    def is_index(self) -> bool:
        """Of the list by its symbol, of another by the form of its name: "QE Index", "KSE-100"."""
        return all(s.startswith("^") for s in self.symbols) if self.symbols else bool(_INDEX.search(self.name))

    @property
    def has_shares(self) -> bool:
        """Whether it may have shares: no index, commodity, currency, yield or sector has."""
        part = self.group is not None and self.group.label.endswith(("index", "sector"))
        return not (part or self.is_index or any("=" in s for s in self.symbols))

    def __str__(self) -> str:
        if self.name:
            return f'"{self.name}"'
        return f"[{self.group.label}]" if self.group else "|".join(self.symbols) or "?"


NOBODY = Subject()


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement about one security; `kind` is the measure that fits it, or `points` and the like, which none does.

    low and high: decimals, money, a level, a rank; alike unless a range; None where only a direction is stated.
    """

    line: int
    kind: str
    who: Subject
    low: float | None
    high: float | None
    hedge: str
    direction: int = 0
    step: float | None = None
    date: dt.date | None = None
    year: int | None = None
    until: dt.date | None = None  # of a span; `date` is its first day
    sessions: int = 0  # of a span that counts them: "over two days"
    since: str = ""  # of a rank: the month or year that it looks back to
    against: tuple[Subject, ...] = ()
    by: str = ""
    currency: str = ""
    open: tuple[Reason, ...] = ()  # reasons why a person must finish it, beside what is plainly missing

    def __str__(self) -> str:
        """The short form of the tests' tables."""
        who = str(self.who) + ("/" + "+".join(map(str, self.against)) if self.against else "")
        when = str(self.year or self.date or "?") + (f"..{self.until}" if self.until else "")
        when += f" since {self.since}" if self.since else ""
        return " ".join([who, self.kind, self._what(), self.hedge, when, *("!" for _ in self.open[:1])])

    def _what(self) -> str:
        if self.low is None or self.high is None:
            return "up" if self.direction > 0 else "down"
        return f"{self.low:.6g}" if self.low == self.high else f"{self.low:.6g}..{self.high:.6g}"
