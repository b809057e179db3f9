"""Whether what a claim states agrees with what its texts say: figure, unit, sign, last digit, rank, share and day.

A text may hold figures that no key speaks of; it contradicts a key only where none of those that could be meant agrees.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, replace
from datetime import date, timedelta
from functools import cache, lru_cache
from typing import Any, NamedTuple

from eventwindow.claims.amounts import Amount, amounts, figure, number_of, words
from eventwindow.claims.measures import MEASURES
from eventwindow.claims.model import Claim
from eventwindow.claims.rounding import HEDGES, hedge_table
from eventwindow.claims.rules import BY_DIRECTION
from eventwindow.errors import percent, printable

TEXTS = ("stated_text", "text_en", "stated_text_zh", "text_zh")
DECIMALS = ("decimal", "slope", "share")
TIMES = ("times", "ratio")
SIGNED = ("decimal", "money", "index_points")
DECEMBER = 12
MOVED = 0.02  # from which on what is stated is a move
WEEKEND = 5  # the first day of it
EXACT = 1e-9
ROUGH = ("part", "about")  # "a third" says itself that it is about so much
PLAIN = {"exact", "amounted_to"}  # hedges that give no room
KINDS = {"percent": DECIMALS, "money": ("money", "price"), "points": ("index_points",), "multiple": TIMES}
DISTINCT = 2  # digits from which on a figure in another unit is the one that was meant


class Clash(NamedTuple):
    """A key that the texts contradict, what they say, and what to do."""

    key: str
    what: str
    remedy: str


def clash(claim: Claim, whole: Claim | None = None) -> Clash | None:
    """The first contradiction between a claim's keys and its texts; a part that decides is told by its `whole` too."""
    return next(_clashes(claim, whole) if claim.measure else _priced(claim), None)


def _clashes(claim: Claim, whole: Claim | None) -> Iterator[Clash]:
    told = {key: text for key in TEXTS if (text := getattr(claim, key))}
    beside = {key: getattr(whole, key) for key in TEXTS if whole and claim.decides and getattr(whole, key)}
    alone = beside if whole and sum(part.decides for part in whole.parts) == 1 else {}
    own = any(_of(claim, key, text) for key, text in told.items())
    yield from _figures(claim, told if own else told | beside, told | beside)
    yield from _hedge(claim, told | beside)
    yield from _ranks(claim, told | alone)
    yield from _since(claim, told | alone)
    yield from _shares(claim, told | alone)
    yield from _size(claim, list(told.values()))
    yield from _sign(claim, told, alone)
    yield from _day(claim, told)
    yield from _strength(claim, told, told | beside)


def unit_of(claim: Claim) -> str:
    """The unit of a claim's figures: a measure of several figures says which by its key `figure`."""
    share = str(getattr(claim.measure, "figure", "")).startswith("share")
    return "share" if share else MEASURES[claim.measure_name].unit


_amounts = lru_cache(maxsize=1024)(amounts)  # a text is looked at by every rule


def _of(claim: Claim, key: str, text: str) -> list[Amount]:
    """The figures of a text that can be of the claim's unit; in `stated_text` of a price also a bare number."""
    unit, bare, found = unit_of(claim), key.startswith("stated"), []
    for amount in _amounts(text):
        if unit in KINDS.get(amount.unit, ()) or (amount.unit == "part" and unit in DECIMALS):
            found.append(amount)
        elif amount.unit == "multiple" and unit in DECIMALS and (amount.signed or _largest(claim) >= 1):
            grown = amount.signed or _pattern("grown").search(text[: amount.at])
            gained = replace(amount, low=amount.low - 1, high=amount.high - 1)  # three times as much is a gain of two
            found += [amount] if grown else [amount, gained]
        elif amount.unit == "number" and bare and unit in KINDS["money"]:
            found += [amount] if amount.scaled or (unit == "price" and amount.words == text.strip()) else []
    return [end for amount in found for end in _ends(text, amount)]


def _ends(text: str, amount: Amount) -> list[Amount]:
    if amount.hedge == "range" and _pattern("from_").search(text[: amount.at]):
        return [replace(amount, low=end, high=end, hedge="exact") for end in (amount.low, amount.high)]
    return [amount]


def _names(amount: Amount, stated: float) -> bool:
    """Whether this is the figure by size: an end of a range, or the part to whole per cent."""
    if amount.unit == "part":
        return abs(abs(stated) - amount.low) <= amount.finest / 2
    return any(math.isclose(abs(stated), end, rel_tol=EXACT) for end in (amount.low, amount.high))


def _largest(claim: Claim) -> float:
    return max(map(abs, claim.figures), default=0.0)


def _figures(claim: Claim, texts: Mapping[str, str], all_texts: Mapping[str, str]) -> Iterator[Clash]:
    """Every text that names figures of the unit names the one stated, in digits that allow the precision."""
    if claim.hedge in BY_DIRECTION or MEASURES[claim.measure_name].tests or claim.hedge == "among":
        return  # the text of an effect may name the return beside it
    for key, text in texts.items():
        found = _of(claim, key, text)
        wrong = _unnamed(claim, text, found) if found else _other_unit(claim, text)
        if wrong:
            what = f"{wrong[0]:g} is not the {wrong[1].words!r} of {key}"
            yield Clash("stated", what, "Correct one of the two: 17 % is 0.17, 593bn dollars are 593e9.")
        if (spanned := _spanned(claim, found)) is not None:
            what = f"{key} gives the range {spanned.words!r}, and stated is one figure"
            yield Clash("stated", what, 'Write both ends, as stated = [0.01, 0.02], and hedge = "range".')
    every = (a for key, text in all_texts.items() for a in _of(claim, key, text))
    yield from _precision(claim, [a for a in every if any(_names(a, f) for f in claim.figures)])


def _unnamed(claim: Claim, text: str, found: Sequence[Amount]) -> tuple[float, Amount] | None:
    """A stated figure that none of those found is; of a range both ends, where the text gives one."""
    stated = claim.figures
    spans = [a for a in found if a.hedge == "range"]
    if len(stated) > 1 and spans and not any({a.low, a.high} == {*map(abs, stated)} for a in spans):
        off = next((f for f in stated if not any(_names(a, f) for a in spans)), stated[0])
        return None if any(all(_names(a, f) for f in stated) for a in spans) else (off, spans[0])
    elided = [*_elided(text, found), *_between(text)]
    return next(((f, found[0]) for f in stated if not any(_names(a, f) for a in [*found, *elided])), None)


def _between(text: str) -> Iterator[Amount]:
    """What lies between two levels: a value that fell from 3.5 to 2.9 trillion lost 0.6."""
    for amount in _amounts(text):
        if amount.hedge == "range" and _pattern("from_").search(text[: amount.at]):
            yield replace(amount, low=amount.high - amount.low, high=amount.high - amount.low, hedge="exact")


def _spanned(claim: Claim, found: Sequence[Amount]) -> Amount | None:
    """The range that alone names a figure which is stated as one."""
    stated = claim.stated
    if not isinstance(stated, float | int) or any(a.hedge != "range" and _names(a, stated) for a in found):
        return None
    return next((a for a in found if a.hedge == "range" and _names(a, stated)), None)


def _other_unit(claim: Claim, text: str) -> tuple[float, Amount] | None:
    """The digits stated, in another unit: 17 points where 17 % was stated."""
    for stated in claim.figures:
        written = stated * 100 if unit_of(claim) in DECIMALS else stated
        for amount in _amounts(text):
            size = amount.low * 100 if amount.unit == "percent" else amount.low
            same = _digits(size) == _digits(written) and amount.unit in {"percent", "money", "points"}
            alike = amount.unit == "percent" and unit_of(claim) == "index_points"
            if unit_of(claim) in {*DECIMALS, *SIGNED, "price"} and same and (alike or len(_digits(size)) >= DISTINCT):
                return stated, amount
    return None


def _digits(number: float) -> str:
    """The digits of a number that count, without point and noughts."""
    return f"{abs(number):.9e}".partition("e")[0].replace(".", "").rstrip("0")


def _elided(text: str, found: Sequence[Amount]) -> Iterator[Amount]:
    """Numbers whose unit another figure of the text gives: the first of "0.55 against 15 dollars"."""
    units = {0.01 if a.unit == "percent" else s for a in found for s in (1.0, *_scales(text)) if a.unit != "part"}
    for amount in _amounts(text):
        if amount.unit == "number":
            for u in units:
                yield replace(amount, low=amount.low * u, high=amount.high * u, finest=amount.finest * u)


def _scales(text: str) -> list[float]:
    large = sorted(words()["scales"], key=len, reverse=True)
    return [words()["scales"][w] for w in large if re.search(rf"{re.escape(w)}(?![a-z])", text.lower())]


def _hedge(claim: Claim, texts: Mapping[str, str]) -> Iterator[Clash]:
    """The word beside the stated figure, in the one table of hedges, is that of `hedge`; and a hedge is said."""
    if claim.hedge not in HEDGES or claim.hedge == "range" or isinstance(claim.stated, tuple) or not claim.stated:
        return
    said = [
        (key, *hedge)
        for key, text in texts.items()
        for a in _of(claim, key, text)
        if _names(a, claim.stated) and a.hedge != "range" and (a.unit, claim.hedge) != ROUGH
        if (hedge := _said_hedge(text, a)) is not None
    ]
    for key, word, meant in said:
        if word and meant != claim.hedge and {meant, claim.hedge} != PLAIN:
            what = f"{key} says {word!r}, which is {meant!r}, and hedge is {claim.hedge!r}"
            remedy = f'Write hedge = "{meant}", or correct the text; the words: `eventwindow help verdicts`.'
            yield Clash("hedge", what, remedy)
    if said and claim.hedge not in PLAIN and not any(word for _, word, _ in said):
        what = f"hedge is {claim.hedge!r}, and {said[0][0]} states the figure without such a word"
        yield Clash("hedge", what, "Say it in the text, or remove the key; the words: `eventwindow help verdicts`.")


def _said_hedge(text: str, amount: Amount) -> tuple[str, str]:
    """The hedge beside a figure, or in it, and the word for it; "exact" where there is none."""
    head, tail = text[: amount.at], text[amount.end :]
    found = [(m.start("word"), m["word"], h) for h, p in _hedge_words("before") if (m := p.search(head))]
    if found:
        return min(found)[1:]
    if amount.hedge == "more_than":
        return amount.words, "more_than"
    behind = ((m["word"], hedge) for hedge, pattern in _hedge_words("after") if (m := pattern.match(tail)))
    return next(behind, ("", "exact"))


@cache
def _hedge_words(side: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The words of each hedge before a figure, or behind it."""
    frame = r"(?:{0})\s*(?:by|of|for|a|an|the|[(（])?\s*$" if side == "before" else r"\s*(?:{0})"
    found = []
    for hedge, row in hedge_table().items():
        said = [*(rf"\b{w}\b" for w in row.get(side, {}).get("en", ())), *row.get(side, {}).get("zh", ())]
        if said:
            found.append((hedge, re.compile(frame.format(f"(?P<word>{'|'.join(said)})"), re.IGNORECASE)))
    return tuple(found)


def _strength(claim: Claim, told: Mapping[str, str], texts: Mapping[str, str]) -> Iterator[Clash]:
    """A word of strength beside a direction is the claim's `strength`, and the strength that is asked for is said."""
    moved = MEASURES[claim.measure_name].one_session and unit_of(claim) == "decimal" and claim.security
    if claim.hedge != "direction" or not moved or getattr(claim.measure, "until", None):
        return
    strong = words()["strength"]["up" if _side(claim)[1] > 0 else "down"].items()
    said = [(w, key) for key, text in told.items() if _direction(text) for w, p in strong if _found(p, text)]
    if said and claim.strength not in {word for word, _ in said}:
        held = f"strength is {claim.strength!r}" if claim.strength else "there is no strength"
        what = f"{said[0][1]} says how strong the move was, and {held}"
        yield Clash("strength", what, f'Write strength = "{said[0][0]}" in place of hedge.')
    every = [p for side in words()["strength"].values() for word, p in side.items() if word == claim.strength]
    if claim.decides and every and not any(_found(p, text) for p in every for text in texts.values()):
        what = f"strength is {claim.strength!r}, and no text says so"
        yield Clash("strength", what, 'Say it in the text, or write hedge = "direction".')


def _found(pattern: str, text: str) -> bool:
    return re.search(pattern, text, re.IGNORECASE) is not None


def _priced(claim: Claim) -> Iterator[Clash]:
    """A statement that a price moved by so much is not beyond all prices: what those held lack leaves it open."""
    moved = (_direction(claim.text_en) or _direction(claim.text_zh)) and _pattern("priced").search(claim.text_en)
    if claim.not_testable_en and moved and any(a.unit == "percent" for a in _amounts(claim.text_en)):
        remedy = "Write open_en in place of not_testable_en where the prices held do not tell it."
        yield Clash("not_testable_en", "the text says how far a price moved, which prices can tell", remedy)


def _precision(claim: Claim, meant: list[Amount]) -> Iterator[Clash]:
    step = claim.precision
    if step is None or not meant or any(a.finest * 0.99 <= step <= a.coarsest * 1.01 for a in meant):
        return
    nearest = min(meant, key=lambda a: abs(math.log(a.finest / step)))
    steps = " or ".join(f"{s:g}" for s in dict.fromkeys((nearest.finest, nearest.coarsest)))
    yield Clash("precision", f"{step:g} is not the step of the last digit of {nearest.words!r}", f"Write {steps}.")


def _ranks(claim: Claim, texts: Mapping[str, str]) -> Iterator[Clash]:
    """A text that names places names the one stated: "third largest"; "the ten largest" where hedge is among."""
    if unit_of(claim) != "rank" or claim.hedge not in {"exact", "among"} or not isinstance(claim.stated, float | int):
        return
    name = "rank" if claim.hedge == "exact" else "top"
    for key, text in texts.items():
        said = [(m[0], _place(m)) for m in _pattern(name).finditer(text)]
        if said and all(place != claim.stated for _, place in said):
            what = f"{claim.stated:g} is not the place that {key} names by {said[0][0]!r}"
            yield Clash("stated", what, "Correct one of the two; the largest is 1.")


def _place(m: re.Match[str]) -> float:
    """The place that an ordinal, or a number of places, names; alone a superlative is the first."""
    written = (m["n"] or m["z"] or "1").lower()
    ordinal = words()["ordinals"].get(written)
    found = number_of(re.sub(r"(?<=\d)(?:st|nd|rd|th)$", "", written))
    return float(ordinal or (found.value if found else 1))


def _since(claim: Claim, texts: Mapping[str, str]) -> Iterator[Clash]:
    """A text that names the year since which something is a record names that of `since`, or the year before it."""
    held = getattr(claim.measure, "since", "")
    if isinstance(held, str):  # no key of this measure, or another
        return
    for key, text in texts.items():
        years = [int(m["y"] or m["z"]) for m in _pattern("since_year").finditer(text)]
        if years and (held is None or not {held.year, held.year - 1} & {*years}):
            what = f"{key} looks back to {years[0]}, and {f'since is {held}' if held else 'there is no since'}"
            yield Clash("since", what, f"Write the first day that is meant, as since = {years[0]}-01-01.")


def _shares(claim: Claim, texts: Mapping[str, str]) -> Iterator[Clash]:
    """A text that says how many of those named says it as `hedge` does: all, most, some, or none."""
    if claim.hedge not in words()["shares"]:
        return
    for key, text in texts.items():
        said = {word: m[0] for word, p in words()["shares"].items() if (m := re.search(p, text, re.IGNORECASE))}
        if said and claim.hedge not in said:
            word, written = next(iter(said.items()))
            what = f"{key} says {written!r}, which is {word!r}, and hedge is {claim.hedge!r}"
            yield Clash("hedge", what, "Correct one of the two; none down is all up or unmoved.")


def _size(claim: Claim, texts: list[str]) -> Iterator[Clash]:
    """A return that loses more than everything, or gains more than 100 % in one session, and that no text names."""
    kind, unit = MEASURES[claim.measure_name], unit_of(claim)
    if unit == "decimal" and not kind.tests and claim.hedge not in BY_DIRECTION:
        named = [a for text in texts for a in _of(claim, "text_en", text)]
        for stated in claim.figures:
            beyond = stated < -1 or (kind.one_session and stated > 1)
            if beyond and not any(_names(a, stated) for a in named):
                what = f"{stated:g} is a return of {printable(percent(stated, 0))}, and the text names none"
                yield Clash("stated", what, "Write decimals, not per cent: 17 % is 0.17.")
    for key in ("precision", "material"):
        if unit in DECIMALS and (step := getattr(claim, key) or 0) >= 1:
            what = f"{step:g} is a step of {percent(step, 0, sign=False)}"
            yield Clash(key, what, "Write decimals, not per cent: a point is 0.01.")


def _sign(claim: Claim, told: Mapping[str, str], beside: Mapping[str, str]) -> Iterator[Clash]:
    """Verbs, denials and signs of one direction only, and a figure or key of the other."""
    key, side = _side(claim)
    if not side:
        return
    texts = told if any(_moves(claim, key, text) for key, text in told.items()) else beside
    for name, text in texts.items():
        said = _moves(claim, name, text)
        if said and said[1] != side:
            what = f"{name} says {said[0]!r}, and {key} is {'up' if side > 0 else 'down'}"
            yield Clash(key, what, "Correct one of the two; a fall is negative, or down.")
    for name, text in told.items():
        still = None if _moves(claim, name, text) or _pattern("unsure").search(text) else _pattern("flat").search(text)
        moved = _largest(claim) >= MOVED if key == "stated" else claim.hedge == "direction"
        if still and moved:
            yield Clash(key, f"{name} says {still[0]!r}, and {key} is a move", "Correct one of the two.")


def _moves(claim: Claim, key: str, text: str) -> tuple[str, int] | None:
    """What of a text tells the direction: a verb, the sign of the figure stated, or a verb that is denied."""
    if said := _direction(text):
        return said
    for amount in _of(claim, key, text):
        if amount.signed and amount.unit != "multiple" and any(_names(amount, f) for f in claim.figures):
            return amount.words, amount.signed
    denied = {way: m for way, name in ((-1, "not_up"), (1, "not_down")) if (m := _pattern(name).search(text))}
    if len(denied) == 1 and not _pattern("but").search(text):
        ((way, m),) = denied.items()
        return m[0].strip(), way
    return None


def _side(claim: Claim) -> tuple[str, int]:
    """The key that states a direction, and which: +1 up, -1 down, 0 none."""
    side = getattr(claim.measure, "side", None)
    if side is not None:
        return "side", 1 if side == "up" else -1
    first = next(iter(claim.figures), 0.0)
    if unit_of(claim) not in SIGNED or not first:
        return "", 0
    return "direction" if claim.hedge in BY_DIRECTION else "stated", 1 if first > 0 else -1


def _direction(text: str) -> tuple[str, int] | None:
    """The verb of a text and its direction; none where there are both, or a word that turns them round."""
    if _pattern("unsure").search(text):
        return None
    up, down = _pattern("up").search(text), _pattern("down").search(text)
    if (up is None) == (down is None):
        return None
    found = up or down
    return (re.sub(r"^\W+|\W+$", "", found[0]), 1 if up else -1) if found else None


def _day(claim: Claim, texts: Mapping[str, str]) -> Iterator[Clash]:
    """Every text that names days, days of the week or years names one of the measure's, or the weekend before it."""
    measure: Any = claim.measure
    if {f.name for f in fields(measure)} & {"sessions", "window", "event", "shares_on"}:
        return
    held = [d for name in ("date", "until") if isinstance(d := getattr(measure, name, None), date)]
    year = getattr(measure, "year", None)
    for key, text in texts.items():
        if held and (named := _other_day(text, held)):
            yield Clash("date", f"{key} names {named}, and date is {held[0]}", "Correct one of the two.")
        years = [int(m[0]) for m in _pattern("year").finditer(text)]
        if year and years and year not in years:
            yield Clash("year", f"{key} names {years[0]}, and year is {year}", "Correct one of the two.")


def _other_day(text: str, held: Sequence[date]) -> str:
    """The day that a text names where it names none of those held; else the day of the week."""
    said = list(days(text))
    if said and not any(_same(one, day) for one in said for day in held):
        day, month, year = said[0]
        return f"{day}/{month}" + (f"/{year}" if year else "") + " (day/month)"
    alone = [_whole(m["d"] or m["zd"]) for m in _pattern("of_the_month").finditer(text)]
    if alone and not said and not {*alone} & {d.day for day in held for d in _before(day)}:
        return f"day {alone[0]}"
    week = {m[0]: words()["weekdays"][(m["n"] or m["z"]).lower()] for m in _pattern("weekday").finditer(text)}
    around = {d.weekday() for day in held for d in _before(day)}
    return next(iter(week)) if week and not said and not around & {*week.values()} else ""


def _before(day: date) -> Iterator[date]:
    """The day, and the days of the weekend right before it."""
    yield day
    for k in range(1, 4):
        if (earlier := day - timedelta(k)).weekday() < WEEKEND:
            return
        yield earlier


def _same(said: tuple[int, int, int], day: date) -> bool:
    """Whether a day is the one said, or the first session after a weekend that was said."""
    around = (day - timedelta(k) for k in range(4))
    fits = [d for d in around if (d.day, d.month) == said[:2] and said[2] in (0, d.year)]
    return any(d == day or d.weekday() >= WEEKEND for d in fits)


def days(text: str) -> Iterator[tuple[int, int, int]]:
    """Every day that a text names: day, month, and year or nought; 3/2/2025 is both days that it can be."""
    for name in ("day_first", "month_first", "iso", "in_chinese", "of_month", "month_of", "in_characters", "slashed"):
        for found in _pattern(name).finditer(text):
            parts = found.groupdict()
            month = words()["months"][parts["month"]] if "month" in parts else _whole(parts.get("m") or parts["zm"])
            yield _whole(parts.get("d") or parts.get("zd") or parts["o"]), month, int(parts.get("y") or 0)
    for found in _pattern("numeric").finditer(text):
        first, second, year = (int(found[n]) for n in ("a", "b", "y"))
        yield from ((d, m, year) for d, m in {(first, second), (second, first)} if m <= DECEMBER)


def _whole(written: str) -> int:
    """A day or month in digits, characters or an ordinal."""
    tens, _, last = written.lower().replace(" ", "-").rpartition("-")
    if last in words()["ordinals"]:
        return int(words()["numbers"].get(tens, 0) + words()["ordinals"][last])
    found = number_of(written)
    return int(found.value) if found else 0


def _pattern(name: str) -> re.Pattern[str]:
    return figure(name, "patterns")
