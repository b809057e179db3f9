"""The one reader of figures in a text: per cent, money, points, multiples and parts, as either language writes them.

Every form stands in amounts.toml, in both Chinese scripts. Ledgers are held to their texts and articles are read by it.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any, Literal, NamedTuple

Unit = Literal["percent", "money", "points", "multiple", "part", "number"]
LARGEST = 1e18  # a longer row of digits is no figure
SPOKEN = 1e8  # from here on a number in characters alone is a figure
CHINESE = re.compile(r"[\u3007\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Amount:
    """A figure: low and high alike unless a range; per cent as decimals; the places that its last digit can mean."""

    unit: Unit
    low: float
    high: float
    finest: float
    coarsest: float
    hedge: str = "exact"
    currency: str = ""
    signed: int = 0
    scaled: bool = False  # whether a large number stands behind the digits
    words: str = ""  # as written
    at: int = 0  # where it begins
    extreme: bool = False  # "as much as", an extreme of the day: for drafts

    @property
    def step(self) -> float:
        """The place of the last digit that counts: 5,930 with a sign for 100 million speaks in billions."""
        spoken = self.finest in {1e4, 1e8} and CHINESE.search(self.words)
        return self.finest * 10 if spoken and self.low % (self.finest * 10) == 0 else self.finest

    @property
    def end(self) -> int:
        return self.at + len(self.words)


class Number(NamedTuple):
    """A number with the places of its last digit and of its last one that is not nought."""

    value: float
    finest: float = 1.0
    coarsest: float = 1.0


def amounts(text: str) -> list[Amount]:
    """Every figure of a text in its order, none inside another."""
    kept: list[Amount] = []
    for found in [*_special(text), *_general(text)]:
        if found.high <= LARGEST and all(found.end <= other.at or other.end <= found.at for other in kept):
            kept.append(found)
    return sorted(kept, key=lambda amount: amount.at)


def _special(text: str) -> Iterator[Amount]:
    for name, change in words()["changes"].items():
        for m in figure(name).finditer(text):
            size = Number(abs(change), 0.1, 0.1)
            yield _amount(m, "multiple", size, signed=1 if change > 0 else -1)
    for m in figure("per_cent_before").finditer(text):
        yield from _ends(m, "percent", (number_of(m["n1"]), number_of(m["n2"] or m["n1"])), 0.01)
    for m in figure("tenths").finditer(text):
        yield from _tenths(m)
    for m in figure("times").finditer(text):
        if times := number_of(m["n1"] or m["n2"] or m["n3"]):
            yield _amount(m, "multiple", Number(times.value, 0.1, 0.1))
    yield from (part for m in figure("part").finditer(text) for part in _parts(m))


def _tenths(m: re.Match[str]) -> Iterator[Amount]:
    if m["five"]:
        yield from _ends(m, "percent", (Number(0.05, 0.01, 0.01),))
        return
    half = m["rest"] and re.fullmatch(words()["figures"]["half"], m["rest"])
    rest = 5.0 if half else number_of(m["rest"]).value if m["rest"] else 0.0  # type: ignore[union-attr]
    step = 0.01 if rest else 0.1
    ends = [number_of(m[n] or m["n1"]) for n in ("n1", "n2")]
    yield from _ends(m, "percent", tuple(e and Number(e.value / 10 + rest / 100, step, step) for e in ends))


def _parts(m: re.Match[str]) -> Iterator[Amount]:
    """Two thirds, nine in ten: read to whole per cent."""
    whole = words()["fractions"].get((m["d"] or "").lower())
    over = Number(float(whole)) if whole else number_of(m["zd"] or m["nd"])
    under = number_of(m["k"] or m["zk"] or m["nk"])
    if under and over and 0 < under.value < over.value:
        yield _amount(m, "part", Number(under.value / over.value, 0.01, 0.01))


def _general(text: str) -> Iterator[Amount]:
    place = 0
    while m := figure("general").search(text, place):
        ranged = _is_range(m, text[: m.start()])
        last = next(g for g in ("u1", "many1", "s1", "n1") if m[g])
        place = m.end() if ranged else m.end(last)
        yield from _plain(m, ranged, text[m.start() : place].strip())


def _plain(m: re.Match[str], ranged: bool, written: str) -> Iterator[Amount]:
    scale = m["s1"] or (m["s2"] if ranged else None) or ""
    low = number_of((m["lead"] or "") + m["n1"] + scale)
    high = number_of(m["n2"] + (m["s2"] or "")) if ranged else low
    unit, times = _typed((m["u2"] if ranged else m["u1"]) or m["u1"] or "", m["cur"] or "")
    if low is None or high is None:
        return
    if unit == "number" and not (m["n1"][0].isdigit() or low.value >= SPOKEN):
        return
    coin = (m["cur"] or m["u1"] or m["u2"] or "").strip().lower()
    hedge = "range" if ranged else "more_than" if m["many"] or m["many1"] else "exact"
    signed = 0 if not m["sign"] else 1 if m["sign"].strip().lower() in {"+", "plus"} else -1
    more = {"hedge": hedge, "signed": signed, "words": written, "currency": _currency(coin) if unit == "money" else ""}
    scaled = bool(scale) or (not m["n1"].isascii() and low.finest >= 1e4)
    yield from _ends(m, unit, (low, high), times, scaled=scaled, **more)


def _ends(
    m: re.Match[str], unit: Unit, ends: tuple[Number | None, ...], times: float = 1.0, **more: Any
) -> Iterator[Amount]:
    """A figure or a range, in its unit; none where the signs make no number."""
    read = [_times(n, times) for n in ends if n]
    if len(read) == len(ends):
        low, high = min(read), max(read)
        coarsest = max(n.coarsest for n in read)
        more = {"hedge": "range" if low.value < high.value else "exact"} | more
        yield replace(
            _amount(m, unit, Number(low.value, min(n.finest for n in read), coarsest)), high=high.value, **more
        )


def _amount(m: re.Match[str], unit: Unit, size: Number, signed: int = 0) -> Amount:
    return Amount(
        unit, size.value, size.value, size.finest, size.coarsest, signed=signed, words=m[0].strip(), at=m.start()
    )


def _is_range(m: re.Match[str], head: str) -> bool:
    """ "1 to 2 %" is one; "up 5 % to 51.70 dollars" and "17 % and 18 %" are two figures."""
    if not m["n2"] or (m["and"] and not re.search(r"between\s*$", head, re.IGNORECASE)):
        return False
    if m["u1"]:
        return bool(m["u2"]) and not m["cur2"] and _typed(m["u1"], "")[0] == _typed(m["u2"], "")[0]
    return not m["cur2"] or bool(m["cur"])


def _typed(unit: str, sign: str) -> tuple[Unit, float]:
    """What kind of figure it is, and what one of it is worth: a basis point a hundredth of a per cent."""
    unit = unit.strip()
    if unit and figure("percent").fullmatch(unit):
        return "percent", 1e-4 if figure("basis").fullmatch(unit) else 0.01
    if unit and figure("point").fullmatch(unit):
        return "points", 1.0
    return ("money" if sign or unit else "number"), 1.0


def _currency(written: str) -> str:
    codes = words()["currencies"].items()
    return next((code for code, signs in codes if any(sign in written for sign in signs)), "")


def number_of(text: str) -> Number | None:
    """A number in digits, characters or words, with large numbers behind it; none where the signs make none."""
    text, table = text.replace(",", "").strip().lower(), words()
    spoken = [w for w in re.split(r"[-\s](?=[a-z])|(?<=\d)(?=[a-z])", text) if w]
    if spoken and spoken[-1] in table["scales"] and len(spoken) > 1:
        head = number_of(" ".join(spoken[:-1]))
        return head and _times(head, table["scales"][spoken[-1]])
    if text in table["numbers"]:
        value = float(table["numbers"][text])
        return Number(value) if value.is_integer() else Number(value, value, value)
    return _spoken(spoken) if len(spoken) > 1 and text.isascii() else _counted(text.replace(" ", ""))


def _spoken(said: list[str]) -> Number | None:
    """Five hundred and ninety-three; one and a half."""
    half = said[-3:] == ["and", "a", "half"]
    value = 0.5 if half else 0.0
    for word in said[: -3 if half else None]:
        if word == "hundred":
            value *= 100
        elif word in words()["numbers"]:
            value += words()["numbers"][word]
        elif word != "and":
            return None
    return Number(value, *(0.1, 0.1) if half else (1.0, 1.0))


def _times(number: Number, scale: float) -> Number:
    return Number(number.value * scale, number.finest * scale, number.coarsest * scale)


def _counted(text: str) -> Number | None:
    """Digits and characters one by one: a count, its tens, and the large numbers that close a section."""
    table, total, section = words(), 0.0, 0.0
    held: float | None = None  # the digits that wait for what they count
    finest = coarsest = 1.0
    for token in figure("token").findall(text):
        if re.fullmatch(r"\d+(?:\.\d+)?", token):
            held, (finest, coarsest) = float(token), _places(token)
        elif token in table["digits"]:
            held, finest, coarsest = (held or 0.0) * 10 + table["digits"][token], 1.0, 1.0
        elif len(token) > 1 and token[0] in table["point"]:
            decimals = "0." + "".join(str(table["digits"][sign]) for sign in token[1:])
            held, (finest, coarsest) = (held or 0.0) + float(decimals), _places(decimals)
        elif token in table["tens"] and (held or (held is None and not section)):
            section, held = section + (held or 1.0) * table["tens"][token], None
            finest, coarsest = 1.0, float(table["tens"][token])
        elif token in table["scales"]:
            scale, counted = table["scales"][token], section + (held or 0.0)
            total = total + counted * scale if counted else (total or 1.0) * scale
            section, held, finest, coarsest = 0.0, None, finest * scale, coarsest * scale
        else:
            return None
    return Number(total + section + (held or 0.0), finest, coarsest)


def _places(digits: str) -> tuple[float, float]:
    """The place of the last digit, and of the last that is not nought."""
    decimals = len(digits.partition(".")[2])
    finest, bare = 10.0**-decimals, digits.replace(".", "")
    noughts = len(bare) - len(bare.rstrip("0"))
    return finest, finest if decimals or noughts == len(bare) else finest * 10.0**noughts


@cache
def words() -> dict[str, Any]:
    """amounts.toml: how statements write figures, directions and days."""
    return tomllib.loads(files("eventwindow.claims").joinpath("amounts.toml").read_text(encoding="utf-8"))


@cache
def figure(name: str, table: str = "figures") -> re.Pattern[str]:
    """A pattern of amounts.toml with the patterns and tables that it names written out."""

    def put(found: re.Match[str]) -> str:
        if found[1]:
            return "|".join(re.escape(w) for w in sorted(words()[found[2]], key=len, reverse=True))
        return written(found[2])

    def written(key: str) -> str:
        pattern = words()[table].get(key) or words()["figures"][key]
        return re.sub(r"\{(table:)?([a-z]\w*)\}", put, re.sub(r"(?:^|\n)\s+", "", pattern))

    return re.compile(written(name), re.IGNORECASE)
