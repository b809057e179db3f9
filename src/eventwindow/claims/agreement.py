"""Whether what a claim states agrees with what its texts say: figure, sign, last digit and day.

A text may hold figures that no key speaks of; it contradicts a key only where none of those that could be meant agrees.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from eventwindow.claims.measures import MEASURES
from eventwindow.claims.model import Claim
from eventwindow.claims.rounding import HEDGES, hedge_table

TEXTS = ("stated_text", "text_en", "stated_text_zh", "text_zh")
DECIMALS = ("decimal", "slope", "share")
SIGNED = ("decimal", "money", "index_points")
BY_DIRECTION = ("direction", "effect")
WEEKEND = 5  # the first day of it
EXACT = 1e-9
PLAIN = {"exact", "amounted_to"}  # hedges that give no room


class Clash(NamedTuple):
    """A key that the texts contradict, what they say, and what to do."""

    key: str
    what: str
    remedy: str


class Amount(NamedTuple):
    """A figure as a text writes it: one number or the ends of a range, with the steps that its digits can mean."""

    words: str
    low: float
    high: float
    finest: float
    coarsest: float

    def names(self, figure: float) -> bool:
        """Whether this is the figure by size; a range names its ends, and what lies between is not ours to judge."""
        return self.low * (1 - EXACT) <= abs(figure) <= self.high * (1 + EXACT)


class Number(NamedTuple):
    """A number with the places of its last digit and of its last one that is not nought."""

    value: float
    finest: float
    coarsest: float

    def times(self, scale: float) -> Number:
        return Number(self.value * scale, self.finest * scale, self.coarsest * scale)


def clash(claim: Claim, whole: Claim | None = None) -> Clash | None:
    """The first contradiction between a claim's keys and its texts; a part that decides is told by its `whole` too."""
    if claim.measure is None:
        return _priced(claim)
    told = {key: text for key in TEXTS if (text := getattr(claim, key))}
    beside = {key: getattr(whole, key) for key in TEXTS if whole and claim.decides and getattr(whole, key)}
    return (
        _figures(claim, told | beside if not _any_amount(claim, told) else told, told | beside)
        or _hedge(claim, told | beside)
        or _size(claim, list(told.values()))
        or _sign(claim, told, beside if whole and sum(part.decides for part in whole.parts) == 1 else {})
        or _day(claim, told)
        or _strength(claim, told)
    )


def unit_of(claim: Claim) -> str:
    """The unit of a claim's figures: a measure of several figures says which by its key `figure`."""
    share = str(getattr(claim.measure, "figure", "")).startswith("share")
    return "share" if share else MEASURES[claim.measure_name].unit


def amounts(text: str, unit: str, bare: bool = False) -> list[Amount]:
    """The figures of a text that can be of a unit; of a price also a `bare` number."""
    text = _pattern("between").sub(r"\1 to ", text)
    if unit in DECIMALS:
        return list(_per_cent(text))
    if unit == "index_points":
        return list(_points(text))
    return list(_money(text, bare, unit == "price")) if unit in {"money", "price"} else []


def _any_amount(claim: Claim, texts: Mapping[str, str]) -> bool:
    return any(amounts(text, unit_of(claim), key.startswith("stated")) for key, text in texts.items())


def _figures(claim: Claim, texts: Mapping[str, str], all_texts: Mapping[str, str]) -> Clash | None:
    """Every text that names figures of the unit names the one stated, in digits that allow the precision."""
    stated = claim.stated if isinstance(claim.stated, tuple) else () if claim.stated is None else (claim.stated,)
    if claim.hedge in BY_DIRECTION or MEASURES[claim.measure_name].tests or claim.hedge == "among":
        return None  # the text of an effect may name the return beside it
    unit = unit_of(claim)
    said = {key: amounts(text, unit, key.startswith("stated")) for key, text in texts.items()}
    for key, found in said.items():
        elided = list(_elided(texts[key], _rest(texts[key], found), unit)) if found else []
        if missing := next((f for f in stated if found and not any(a.names(f) for a in [*found, *elided])), None):
            return Clash(
                "stated",
                f"{missing:g} is not the {found[0].words!r} of {key}",
                "Correct one of the two: 17 % is 0.17, 593bn dollars are 593e9.",
            )
    every = (a for key, text in all_texts.items() for a in amounts(text, unit, key.startswith("stated")))
    return _precision(claim, [a for a in every if any(a.names(f) for f in stated)])


def _hedge(claim: Claim, texts: Mapping[str, str]) -> Clash | None:
    """The word beside the stated figure, in the one table of hedges, is that of `hedge`; and a hedge is said."""
    if claim.hedge not in HEDGES or claim.hedge == "range" or isinstance(claim.stated, tuple) or not claim.stated:
        return None
    said = [
        (key, *hedge)
        for key, text in texts.items()
        for a in amounts(text, unit_of(claim), key.startswith("stated"))
        if a.names(claim.stated) and a.low == a.high and (hedge := _said_hedge(text, a.words)) is not None
    ]
    for key, word, meant in said:
        if word and meant != claim.hedge and {meant, claim.hedge} != PLAIN:
            what = f"{key} says {word!r}, which is {meant!r}, and hedge is {claim.hedge!r}"
            return Clash("hedge", what, f'Write hedge = "{meant}", or correct the text; the words: docs/verdicts.md.')
    if said and claim.hedge not in PLAIN and not any(word for _, word, _ in said):
        what = f"hedge is {claim.hedge!r}, and {said[0][0]} states the figure without such a word"
        return Clash("hedge", what, "Say it in the text, or remove the key; the words: docs/verdicts.md.")
    return None


def _strength(claim: Claim, texts: Mapping[str, str]) -> Clash | None:
    """A word of strength beside a direction is the claim's `strength`."""
    moved = MEASURES[claim.measure_name].one_session and unit_of(claim) == "decimal" and claim.security
    if claim.hedge != "direction" or not moved or getattr(claim.measure, "until", None):
        return None
    strong = words()["strength"]["up" if _side(claim)[1] > 0 else "down"].items()
    told = [(key, text) for key, text in texts.items() if _direction(text)]
    said = [(w, key) for key, text in told for w, pattern in strong if re.search(pattern, text, re.IGNORECASE)]
    if claim.strength or not said:
        return None
    what = f"{said[0][1]} says how strong the move was, and there is no strength"
    return Clash("strength", what, f'Write strength = "{said[0][0]}" in place of hedge.')


def _priced(claim: Claim) -> Clash | None:
    """A statement that a price moved by so much is not beyond all prices: what those held lack leaves it open."""
    moved = (_direction(claim.text_en) or _direction(claim.text_zh)) and _pattern("priced").search(claim.text_en)
    if claim.not_testable_en and moved and amounts(claim.text_en, "decimal"):
        remedy = "Write open_en in place of not_testable_en where the prices held do not tell it."
        return Clash("not_testable_en", "the text says how far a price moved, which prices can tell", remedy)
    return None


def _said_hedge(text: str, words: str) -> tuple[str, str] | None:
    """The hedge beside a figure and the word for it; "exact" where there is none."""
    at = text.find(words)
    head, tail = text[:at], text[at + len(words) :]
    found = [(m.start("word"), m["word"], h) for h, p in _hedge_words("before") if (m := p.search(head))]
    if found:
        return min(found)[1:]
    behind = ((m["word"], hedge) for hedge, pattern in _hedge_words("after") if (m := pattern.match(tail)))
    return next(behind, ("", "exact"))


@cache
def _hedge_words(side: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The words of each hedge before a figure, or behind it."""
    frame = r"(?:{0})\s*(?:by|of|for|a|an|the|[(（])?\s*$" if side == "before" else r"\s*(?:{0})"
    found = []
    for hedge, row in hedge_table().items():
        words = [*(rf"\b{w}\b" for w in row.get(side, {}).get("en", ())), *row.get(side, {}).get("zh", ())]
        if words:
            found.append((hedge, re.compile(frame.format(f"(?P<word>{'|'.join(words)})"), re.IGNORECASE)))
    return tuple(found)


def _rest(text: str, found: Sequence[Amount]) -> str:
    """The text without the figures that carry a unit of their own."""
    for amount in found:
        text = text.replace(amount.words, " ")
    return text


def _elided(text: str, rest: str, unit: str) -> Iterator[Amount]:
    """Numbers whose unit another figure of the text may give: the first of "0.55 against 15 dollars"."""
    large = re.findall(rf"(?:{_either('money')})(?![a-z])", text.lower())
    scales = {0.01} if unit in DECIMALS else {1.0, *(words()["money"][word] for word in large)}
    for found in re.finditer(_number(), rest, re.IGNORECASE):
        for scale in scales:
            yield from _amount(found[0], [found[0]], scale)


def _precision(claim: Claim, meant: list[Amount]) -> Clash | None:
    step = claim.precision
    if step is None or not meant or any(a.finest * 0.99 <= step <= a.coarsest * 1.01 for a in meant):
        return None
    nearest = min(meant, key=lambda a: abs(math.log(a.finest / step)))
    return Clash(
        "precision",
        f"{step:g} is not the step of the last digit of {nearest.words!r}",
        f"Write {' or '.join(f'{s:g}' for s in dict.fromkeys((nearest.finest, nearest.coarsest)))}.",
    )


def _size(claim: Claim, texts: list[str]) -> Clash | None:
    """A return that loses more than everything, or gains more than 100 % in one session, and that no text names."""
    kind, unit = MEASURES[claim.measure_name], unit_of(claim)
    stated = claim.stated if isinstance(claim.stated, tuple) else (claim.stated or 0.0,)
    if unit == "decimal" and not kind.tests and claim.hedge not in BY_DIRECTION:
        named = [a for text in texts for a in amounts(text, unit)]
        for figure in stated:
            beyond = figure < -1 or (kind.one_session and figure > 1)
            if beyond and not any(a.names(figure) for a in named):
                return Clash(
                    "stated",
                    f"{figure:g} is a return of {100 * figure:+.0f} %, and the text names none",
                    "Write decimals, not per cent: 17 % is 0.17.",
                )
    for key in ("precision", "material"):
        if unit in DECIMALS and (step := getattr(claim, key) or 0) >= 1:
            return Clash(
                key, f"{step:g} is a step of {100 * step:.0f} %", "Write decimals, not per cent: a point is 0.01."
            )
    return None


def _sign(claim: Claim, told: Mapping[str, str], beside: Mapping[str, str]) -> Clash | None:
    """Verbs of one direction only, and a figure or key of the other."""
    key, side = _side(claim)
    if not side:
        return None
    for name, text in told.items() if any(map(_direction, told.values())) else beside.items():
        said = _direction(text)
        if said and said[1] != side:
            return Clash(
                key,
                f"{name} says {said[0]!r}, and {key} is {'up' if side > 0 else 'down'}",
                "Correct one of the two; a fall is negative, or down.",
            )
    return None


def _side(claim: Claim) -> tuple[str, int]:
    """The key that states a direction, and which: +1 up, -1 down, 0 none."""
    side = getattr(claim.measure, "side", None)
    if side is not None:
        return "side", 1 if side == "up" else -1
    first = claim.stated[0] if isinstance(claim.stated, tuple) else claim.stated
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


def _day(claim: Claim, texts: Mapping[str, str]) -> Clash | None:
    """Every text that names days names one of the measure's, or the weekend before it."""
    names = {f.name for f in fields(claim.measure)} if claim.measure else set()  # type: ignore[arg-type]
    if names & {"sessions", "window", "event", "shares_on"}:
        return None
    measure: Any = claim.measure
    held = [d for name in ("date", "until") if isinstance(d := getattr(measure, name, None), date)]
    for key, text in texts.items():
        said = list(days(text))
        if held and said and not any(_same(one, day) for one in said for day in held):
            day, month, year = said[0]
            named = f"{day}/{month}" + (f"/{year}" if year else "")
            return Clash("date", f"{key} names {named} (day/month), and date is {held[0]}", "Correct one of the two.")
    return None


def _same(said: tuple[int, int, int], day: date) -> bool:
    """Whether a day is the one said, or the first session after a weekend that was said."""
    around = (day - timedelta(k) for k in range(4))
    fits = [d for d in around if (d.day, d.month) == said[:2] and said[2] in (0, d.year)]
    return any(d == day or d.weekday() >= WEEKEND for d in fits)


def days(text: str) -> Iterator[tuple[int, int, int]]:
    """Every day that a text names: day, month, and year or nought."""
    for name in ("day_first", "month_first", "iso", "in_chinese"):
        for found in _pattern(name).finditer(text):
            parts = found.groupdict()
            month = int(parts["m"]) if "m" in parts else words()["months"][parts["month"]]
            yield int(parts["d"]), month, int(parts["y"] or 0)


def _per_cent(text: str) -> Iterator[Amount]:
    to = words()["patterns"]["to"]
    unit, number = _either("per_cent"), _number()
    pattern = rf"(?P<n1>{number})(?:\s*(?:{unit}))?(?:{to}(?P<n2>{number}))?\s*(?:{unit})(?![a-z])"
    before = words()["patterns"]["per_cent_before"]
    for one in (pattern, rf"{before}\s*(?P<n1>{number})(?:{to}(?:{before})?(?P<n2>{number}))?"):
        for found in re.finditer(one, text, re.IGNORECASE):
            yield from _amount(found[0], [found["n1"], found["n2"]], 0.01)
    for found in _pattern("tenths").finditer(text):
        rest = found["rest"] or ""
        half = 0.05 if re.fullmatch(words()["patterns"]["half"], rest) else words()["digits"].get(rest, 0) / 100
        value, step = words()["digits"][found["tens"]] / 10 + half, 0.01 if rest else 0.1
        yield Amount(found[0], value, value, min(step, 0.01) if rest else step, step)


def _points(text: str) -> Iterator[Amount]:
    """Numbers with a word for points behind them."""
    for found in re.finditer(rf"(?P<n1>{_number()}){words()['patterns']['points']}", text, re.IGNORECASE):
        yield from _amount(found[0], [found["n1"]], 1.0)


def _money(text: str, bare: bool, alone: bool) -> Iterator[Amount]:
    patterns, number = words()["patterns"], _number()
    scale = rf"\s*(?:{_either('money')})(?![a-z])"
    before, after = patterns["currency_before"], patterns["currency_after"]
    one = rf"{number}(?:{scale}(?:\s*{number}{scale})*)?"
    pattern = (
        rf"(?P<before>{before})?(?P<n1>{one})(?P<after1>{after})?"
        rf"(?:{patterns['to']}(?:{before})?(?P<n2>{one})(?P<after2>{after})?)?"
    )
    for found in re.finditer(pattern, text, re.IGNORECASE):
        ends = [found["n1"], found["n2"]]
        last = re.search(rf"{scale}$", ends[1] or "", re.IGNORECASE)
        if last and not re.search(rf"{scale}$", ends[0], re.IGNORECASE):  # 60 to 65 billion
            ends[0] += last[0]
        scaled = bare and re.search(rf"{scale}$", ends[0], re.IGNORECASE)
        if (
            any(found[k] for k in ("before", "after1", "after2"))
            or scaled
            or (bare and alone and found[0] == text.strip())
        ):
            yield from _amount(found[0].strip(), ends, 1.0)


def _amount(written: str, pair: list[str | None], scale: float) -> Iterator[Amount]:
    read = [number.times(scale) for text in pair if text and (number := number_of(text))]
    if read and all(n.value > 0 for n in read):
        low, high = min(n.value for n in read), max(n.value for n in read)
        yield Amount(written, low, high, min(n.finest for n in read), max(n.coarsest for n in read))


def number_of(text: str) -> Number | None:
    """A number in digits or characters, with large numbers behind it; none where the signs make none."""
    text = text.replace(",", "").replace(" ", "").lower()
    if text in words()["numbers"]:
        return Number(words()["numbers"][text], 1, 1)
    total, section, held = 0.0, 0.0, 0.0
    finest = coarsest = 1.0
    point, digits = words()["patterns"]["point"], "".join(words()["digits"])
    for token in re.findall(rf"\d+(?:\.\d+)?|{point}[{digits}]+|{_either('numbers')}|{_either('money')}|.", text):
        if re.match(point, token):
            decimals = "".join(str(words()["digits"][sign]) for sign in token[1:])
            held, finest, coarsest = held + float(f"0.{decimals}"), *_places(f"0.{decimals}")
        elif token[0].isdigit() or token in words()["numbers"]:
            held = float(words()["numbers"].get(token, 0) or token)
            finest, coarsest = _places(token)
        elif token in words()["digits"]:
            held, finest, coarsest = held * 10 + words()["digits"][token], 1.0, 1.0
        elif token in words()["tens"]:
            section, held = section + (held or 1.0) * words()["tens"][token], 0.0
            finest, coarsest = 1.0, float(words()["tens"][token])
        elif token in words()["money"]:
            scale, counted = words()["money"][token], section + held
            total = total + counted * scale if counted else total * scale
            section, held, finest, coarsest = 0.0, 0.0, finest * scale, coarsest * scale
        else:
            return None
    return Number(total + section + held, finest, coarsest)


def _places(digits: str) -> tuple[float, float]:
    """The place of the last digit, and of the last that is not nought."""
    decimals = len(digits.partition(".")[2])
    finest = 10.0**-decimals
    stripped = digits.replace(".", "").rstrip("0")
    return finest, finest * 10.0 ** (
        len(digits.replace(".", "")) - len(stripped)
    ) if stripped and not decimals else finest


@cache
def words() -> dict[str, Any]:
    """amounts.toml: how statements write figures, directions and days."""
    return tomllib.loads(files("eventwindow.claims").joinpath("amounts.toml").read_text(encoding="utf-8"))


@cache
def _pattern(name: str) -> re.Pattern[str]:
    written = words()["patterns"][name].replace("{months}", _either("months"))
    return re.compile(written, re.IGNORECASE if name in {"up", "down", "unsure", "between"} else 0)


@cache
def _either(table: str) -> str:
    return "|".join(re.escape(word) for word in sorted(words()[table], key=len, reverse=True))


@cache
def _number() -> str:
    """Digits, characters or words that make a number."""
    signs = "".join({**words()["digits"], **words()["tens"]})
    large = "".join(w for w in words()["money"] if not w.isascii() and len(w) == 1)
    behind = rf"(?:{words()['patterns']['point']}[{signs}]+[{large}]*)?"
    return rf"(?:(?<![\d.])\d[\d,]*(?:\.\d+)?|[{signs}][{signs}{large}]*{behind}|\b(?:{_either('numbers')})\b)"
