"""Statements → entries of claims.toml: the keys that the measure needs, and what a person must still settle."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from eventwindow.draft.listings import symbol_named
from eventwindow.draft.paraphrase import PLACES, figure, in_words, paraphrase
from eventwindow.draft.statement import Statement, Subject
from eventwindow.errors import Reason, Text, catalogue
from eventwindow.study.definition import Study
from eventwindow.study.ledger import refusal

RANKS = {"loss_rank", "return_rank", "members_rank", "value_rank", "record", *PLACES}
ANY_DAY = {"value_rank"}  # the last close on or before the day counts
ROUND = Reason("draft_round")
Entry = dict[str, Any]
Closed = Callable[[str, dt.date], bool]  # symbol, day → its exchange had no session


def entry(
    s: Statement,
    key: str,
    article: str,
    place: str,
    study: Study | None,
    closed: Closed,
    lacking: frozenset[str] = frozenset(),
) -> Entry:
    """One table of the draft; `unfinished` stands where something is open. Of what is `lacking` there are no prices."""
    held: Mapping[str, Any] | None = None if study is None else study.securities
    reasons = open_reasons(s, study, closed, lacking)
    head: Entry = {"id": key, "article": article, "place": place}
    if reasons:
        why = Reason.together(reasons)
        head |= {"unfinished": str(why), "unfinished_zh": catalogue("zh-Hant").reason(why)}
    asked = any(reason.key == "draft_listing" for reason in reasons)  # a person says which
    if len(s.who.symbols) == 1 and not asked and (held is None or s.who.symbols[0] in held):
        head["security"] = s.who.symbols[0]
    return head | _body(s)


def _body(s: Statement) -> Entry:
    en, zh = paraphrase(s)
    return {"text_en": en, "text_zh": zh} | _stated(s) | _measured(s)


def open_reasons(
    s: Statement, study: Study | None, closed: Closed, lacking: frozenset[str] = frozenset()
) -> list[Reason]:
    """Why a person must finish the statement; none where it can be judged. Of what is `lacking` there are no prices."""
    held: Mapping[str, Any] | None = None if study is None else study.securities
    told = dict.fromkeys([*_who_open(s, held), *_when_open(s, study, closed), *s.open, *[ROUND] * _round(s)])
    if not told:
        return list(_refused(s))
    named = {w for who in (s.who, *s.against) for w in who.symbols if len(who.symbols) == 1}
    gone = [Reason("draft_no_prices", symbol=symbol) for symbol in sorted(named & lacking)]
    return [*(r for r in told if r.values.get("symbol") not in lacking), *gone]


def _refused(s: Statement) -> Iterator[Reason]:
    """What the ledger's own reader says against the entry of a statement that nothing leaves open."""
    table = {"id": "D1-1", "article": "D1", "security": s.who.symbols[0]} | _body(s)
    if what := refusal(table):
        yield Reason("draft_refused", what=what)


def _stated(s: Statement) -> Entry:
    if s.kind == "breadth":
        return {"hedge": s.hedge}
    if s.low is None or s.high is None:
        way, chinese = ("up", "上漲") if s.direction > 0 else ("down", "下跌")
        return {"stated_text": way, "stated_text_zh": chinese, "direction": way, "hedge": "direction"}
    stated: Any = [_clean(s.low), _clean(s.high)] if s.low != s.high else _clean(s.low)
    found: Entry = {}
    if s.kind not in RANKS | {"value_against"}:
        found["stated_text"], found["stated_text_zh"] = figure(s)
    found |= {"stated": stated, "hedge": s.hedge}
    return found | ({"precision": _clean(s.step)} if _written(s) else {})


def _written(s: Statement) -> bool:
    """Whether decimals were written, as in "20.0 %", or a part: zeros of a whole number leave the precision open."""
    whole = {"return": 0.01, "year_return": 0.01, "opening_gap": 0.01, "day_range": 0.01, "price_level": 1.0}
    return s.step is not None and (s.step < whole.get(s.kind, 0.0) or in_words(s))


def _measured(s: Statement) -> Entry:
    found: Entry = {"measure": s.kind}
    if s.year:
        found["year"] = s.year
    elif s.date:
        found["date"] = s.date
    if s.until:
        found["until"] = s.until
    if s.since and s.kind in {"return_rank", "record"}:
        found["since"] = _after(s.since)
    if s.kind == "members_rank" and s.against:
        found["members"] = [a.symbols[0] for a in s.against if a.symbols]
    elif s.against:
        found["against"] = [a.symbols[0] for a in s.against if a.symbols]
        found["of"] = "change"
    side = "up" if s.direction > 0 else "down"
    extra: dict[str, Entry] = {
        "loss_rank": {"by": s.by},
        "return_rank": {"side": side},
        "members_rank": {"side": side},
        "record": {"kind": s.by},
        "breadth": {"side": side, "at": s.by or "close"},
    }
    return found | extra.get(s.kind, {})


def _after(since: str) -> dt.date:
    """The first day after the month or year: the day that was worse lies in it."""
    year, _, month = since.partition("-")
    following = int(year) * 12 + int(month or 12)
    return dt.date(following // 12, following % 12 + 1, 1)


def _round(s: Statement) -> bool:
    """ "200 dollars" may mean a price to the dollar or a round one."""
    return s.kind == "price_level" and s.hedge == "exact" and s.low is not None and s.low >= 100 and s.low % 50 == 0


def _clean(value: float | None) -> float | int | None:
    """Without the dust of binary fractions; whole numbers as such."""
    if value is None:
        return None
    value = round(value, 10)
    return int(value) if value == int(value) else value


def _who_open(s: Statement, held: Mapping[str, Any] | None) -> list[Reason]:
    reasons = [*_named(s.who, Reason("draft_nobody"), held)]
    for other in s.against:
        reasons += _named(other, Reason("draft_nobody_compared"), held)
    return reasons


def _named(who: Subject, nobody: Reason, held: Mapping[str, Any] | None) -> list[Reason]:
    if who.group:
        return [Reason("draft_members", group=Text(who.group.label, who.group.label_zh))]
    if who.name:
        meant = symbol_named(who.name)  # of the list, where nothing beside it says that the firm is meant
        return [Reason("draft_word", name=who.name, symbol=meant) if meant else Reason("draft_stranger", name=who.name)]
    if not who.symbols:
        return [nobody]
    if len(who.symbols) > 1:
        return [Reason("draft_listing", symbols=" / ".join(who.symbols))]
    if held is not None and who.symbols[0] not in held:
        return [Reason("draft_not_held", symbol=who.symbols[0])]
    return []


def _when_open(s: Statement, study: Study | None, closed: Closed) -> list[Reason]:
    if s.year:
        return []
    if s.date is None:
        headline = next((e for e in study.file.events if e.id == study.headline["event"]), None) if study else None
        told = Reason("draft_no_day_event", day=str(headline.date)) if headline else Reason("draft_no_day")
        return [told]
    days = () if s.kind in ANY_DAY else [d for d in (s.date, s.until) if d]
    named = [who.symbols[0] for who in (s.who, *s.against) if len(who.symbols) == 1]
    shut = [(d, symbol) for symbol in named for d in days if closed(symbol, d)]
    return [Reason("draft_no_session", day=str(d), symbol=symbol) for d, symbol in shut]
