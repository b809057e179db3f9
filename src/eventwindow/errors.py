"""What a user is told: errors with their remedy, and reasons as keys of the catalogues, with their values."""

from __future__ import annotations

import gettext
import json
import math
import os
import re
import stat
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache, partial
from importlib.resources import files
from numbers import Number
from pathlib import Path
from typing import Any, NamedTuple

MINUS = "\u2212"
PACKED = "reason"  # the key of a reason in JSON
CODE = 3  # letters of a currency
SHORT = 100  # from here on a large number needs no digits behind the point
NEARLY = 1 - 5e-5  # of a large number, which rounding makes whole
HAN, LATIN = r"[\u4e00-\u9fff]", "[A-Za-z0-9]"
CLOSED = r"[\u4e00-\u9fff\u300b\u300d\uff09]"  # Chinese, or a full-width bracket behind it: no space follows
CHINESE = re.compile(HAN)
JOINT = "\x1f"  # where words and a value meet, until they are joined
_BESIDE_LATIN = re.compile(rf"(?<={HAN}){JOINT}+(?={LATIN})|(?<=[A-Za-z0-9%]){JOINT}+(?={HAN})")
_AFTER_STOP = re.compile(rf"(?<={CLOSED})(?: {JOINT}+|{JOINT}+ )(?={HAN})")
LARGEST_LOG = 700.0  # its exponential is still a float


class StudyError(Exception):
    """The input is wrong. The command line prints it without a traceback and exits with `exit_code`.

    Every error that a wrong input causes is of this class or of a child of it.

    Parameters
    ----------
    what : str
        What is wrong.
    where : str
        File, line, key, column or date.
    remedy : str
        What to do instead.

    Attributes
    ----------
    what, where, remedy : str
        As given.
    exit_code : int
        What the command line ends with: 2, and 1 where a source is at fault and not the input.

    Examples
    --------
    >>> try:
    ...     ew.abnormal_returns(returns, events, benchmark="SPX", **spans)
    ... except ew.StudyError as error:
    ...     print(error.what)
    benchmark 'SPX' is no column of the table of returns.
    """

    exit_code = 2

    def __init__(self, what: str | Reason, *, where: str = "", remedy: str = "") -> None:
        self.what, self.where, self.remedy, self.reason = str(what), where, remedy, Reason.of(what)
        super().__init__(str(self))

    def __reduce__(self) -> tuple[Any, ...]:
        return partial(type(self), where=self.where, remedy=self.remedy), (self.reason,)

    def __str__(self) -> str:
        head = f"{self.where}: {self.what}" if self.where else self.what
        return f"{head}\n{self.remedy}" if self.remedy else head


class EventDateError(StudyError):
    """A date that no session of the exchange carries, or that the calendar does not reach."""


class WindowError(StudyError):
    """A window that ends before it starts, or that overlaps another it must not touch."""


class PriceError(StudyError):
    """A price file that cannot be read as prices, or a security that none of the sources asked knows."""

    symbols: tuple[str, ...] = ()  # those that none knows


class ClaimError(StudyError):
    """A claim that cannot be held against this study."""


class SourceError(StudyError):
    """A source of prices that cannot be had now; not the user's fault."""

    exit_code = 1


def counted(n: int, word: str) -> str:
    """ "1 event", "2,000 events", "3 securities" """
    many = f"{word[:-1]}ies" if word.endswith(("ty", "ry")) else f"{word}s"
    return f"{n:,} {word if n == 1 else many}"


def several(names: Iterable[str], most: int = 4) -> str:
    """The first of some names, each once, and how many more there are."""
    each = list(dict.fromkeys(names))
    return ", ".join(each[:most]) + (f" and {len(each) - most:,} more" if len(each) > most else "")


def stands(path: Path) -> bool:
    """Whether anything has that name: a link that leads nowhere is there to be told, not passed over."""
    return os.path.lexists(path)


def check_file(path: Path, most: int, kind: type[StudyError] = StudyError) -> None:
    """A file of strangers is a file, no pipe or device, and not larger than what is read; OSError where it is none."""
    told = path.stat()
    if stat.S_ISREG(told.st_mode) and told.st_size <= most:
        return
    if stat.S_ISREG(told.st_mode):
        what = f"holds {told.st_size / 1e6:,.0f} MB; at most {most / 1e6:,.0f} MB are read"
        raise kind(what, where=path.name, remedy="Give a smaller one.")
    if not stat.S_ISDIR(told.st_mode):
        raise kind("a pipe or a device, not a file", where=path.name, remedy="Save what it holds into a file.")


def needs_library(what: str, *libraries: str) -> StudyError:
    """The error of a part whose library is not installed; the remedy works with and without this folder."""
    verb = "are" if len(libraries) > 1 else "is"
    remedy = f"Install it: pip install {' '.join(libraries)}"
    return StudyError(f"{what} needs {' and '.join(libraries)}, which {verb} not installed", remedy=remedy)


class NoFigure(Exception):  # noqa: N818 a reason, not a fault
    """The data hold no figure for this measure; the reason becomes the verdict's."""

    def __init__(self, reason: Reason) -> None:
        self.reason = reason
        super().__init__(reason)


class Figure(NamedTuple):
    """A number with its unit, a key of `unit.UNIT` or a currency's code; `sign`: a plus before what is above zero."""

    value: float
    unit: str
    sign: bool = True


class Text(NamedTuple):
    """Words of the study itself, as its files hold them."""

    en: str
    zh: str = ""


class Exchange(str):
    """The code of an exchange; a language may have its name."""

    __slots__ = ()


class Listed(tuple[Any, ...]):
    """Things in a row, or a word for none."""

    __slots__ = ()


class Sentences(tuple[Any, ...]):
    """Sentences one after the other."""

    __slots__ = ()


class Reason:
    """Why a figure is not there, or what a reader must know beside it: a key of the catalogues, with its values.

    Parameters
    ----------
    key : str
        `reason.KEY` stands in every catalogue of `report/locale`.
    **values
        What its words name: numbers and dates, `Figure`, `Text`, `Listed`, symbols, further reasons.
    """

    __slots__ = ("key", "said", "values")

    def __init__(self, key: str, /, **values: Any) -> None:
        self.key, self.values = key, values
        self.said: dict[Catalogue, str] = {}  # its words, worked out once a language

    @classmethod
    def of(cls, words: str | Reason) -> Reason:
        """Words that no catalogue holds, such as another package's, as a reason."""
        return words if isinstance(words, Reason) else cls("as_told", words=words)

    @classmethod
    def together(cls, reasons: Sequence[Reason]) -> Reason:
        return reasons[0] if len(reasons) == 1 else cls("together", reasons=tuple(reasons))

    @classmethod
    def joined(cls, *reasons: Reason | None) -> Reason | None:
        """Those that there are as one, if there is any."""
        held = [part for reason in reasons if reason for part in reason.parts]
        return cls.together(held) if held else None

    @classmethod
    def sentences(cls, *told: Reason | Text | None) -> Reason:
        """Those that there are, one after the other."""
        return cls("sentences", told=Sentences(one for one in told if one))

    def __str__(self) -> str:
        """The reason in English, as a program prints it and CSV files hold it."""
        return printable(catalogue("en").reason(self))

    def __repr__(self) -> str:
        return f"Reason({', '.join([repr(self.key), *(f'{k}={v!r}' for k, v in self.values.items())])})"

    @property
    def parts(self) -> Sequence[Reason]:
        """The reasons that it is made of, itself where it is one."""
        return self.value("reasons") if self.key == "together" else (self,)

    def value(self, name: str) -> Any:
        return self.values[name]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Reason) and (self.key, self.values) == (other.key, other.values)

    def __hash__(self) -> int:
        return hash((self.key, str(self)))

    def __lt__(self, other: object) -> bool:
        """In the order of their English words: tables are sorted and grouped by them."""
        return str(self) < str(other)

    def __reduce__(self) -> tuple[Any, ...]:
        return partial(Reason, self.key, **self.values), ()

    def packed(self) -> str:
        return json.dumps(self, default=lambda reason: {PACKED: [reason.key, reason.values]}, ensure_ascii=False)

    @classmethod
    def unpacked(cls, text: str) -> Reason:
        def read(held: dict[str, Any]) -> Any:
            packed = held.get(PACKED)  # a reason among a reason's values may go by this name too
            return cls(packed[0], **packed[1]) if isinstance(packed, list) else held

        found: Reason = json.loads(text, object_hook=read)
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Catalogue:
    """The words of one language by key, what `report/locale/LANGUAGE.po` holds, and how it writes figures and dates."""

    code: str
    name: str
    forms: Mapping[str, tuple[str, ...]]  # one form, or one a plural form
    plural: Callable[[int], int]  # a number -> the place of its form
    study: Mapping[str, str] = field(default_factory=dict)  # a study's texts of another language -> of this one

    def __reduce__(self) -> tuple[Any, ...]:
        return _of_study, (self.code, dict(self.study))

    def __contains__(self, key: object) -> bool:
        return key in self.forms

    def of_study(self, study: Mapping[str, str]) -> Catalogue:
        """The same with a study's own words in this language."""
        return replace(self, study=study)

    def words(self, key: str, n: object = None) -> str:
        """The words of `key`, in the form for `n` where the language has several."""
        forms = self.forms[key]
        if len(forms) > 1 and (digits := str(n).replace(",", "")).isdecimal():
            return forms[self.plural(int(digits))]
        return forms[-1]

    def text(self, key: str, /, **values: Any) -> str:
        """The words of `key` with `values` in their places; `n` decides between plural forms."""
        return filled(self.words(key, values.get("n")), {name: self.shown(value) for name, value in values.items()})

    def reason(self, reason: Reason) -> str:
        if self not in reason.said:
            reason.said[self] = self.text(f"reason.{reason.key}", **reason.values)
        return reason.said[self]

    def shown(self, value: Any) -> Any:
        """What a reader sees of a value; a plain text stays, a number waits for the words' own format."""
        if type(value) is str:
            return value
        for kind, words in _KINDS:
            if isinstance(value, kind):
                return words(self, value)
        return value

    def _exchange(self, value: Exchange) -> str:
        return dict(one.split("=") for one in self.words("format.exchanges").split(";")).get(value, str(value))

    def _row(self, between: str, items: Sequence[Any]) -> str:
        return self.words(f"format.{between}").join(str(self.shown(item)) for item in items)

    def _together(self, items: Sequence[Any]) -> str:
        return self._row("clauses" if items and isinstance(items[0], Reason) else "between", items)

    def pick(self, text: Text) -> str:
        """A text of the study in this language, or in the first of those that a reader of it reads next."""
        held = {"en": text.en, "zh-Hant": text.zh}
        found = next(filter(None, map(held.get, self.words("format.texts").split(", "))), "")
        return self.study.get(found, found)

    def day(self, when: date, form: str = "day") -> str:
        """27 January 2025, or in another of the language's forms of a day."""
        month = self.words(f"format.month_{when.month}")
        parts = {"year": when.year, "month": month, "short_month": month[:3], "month_number": when.month}
        return self.words(f"format.{form}").format(**parts, day=when.day)

    def figure(self, figure: Figure) -> str:
        value, unit, sign = figure
        money = is_money(unit)
        key = f"unit.{unit}" if f"unit.{unit}" in self else "unit.money" if money else "unit.plain"
        scaled = _Scaled(value, amount=self._amount(value) if money else "", currency=unit)
        text = filled(self.words(key, scaled["n"]), scaled).replace("-", MINUS)
        return text if sign else text.lstrip("+")

    def _amount(self, value: float) -> str:
        """Money in the language's large numbers: one of them with a decimal, or two where it counts so."""
        size, sign = abs(value), "-" if value < 0 else ""
        pairs = (one.split("=") for one in self.words("format.amounts").split(";"))
        scales = [(float(scale), name) for scale, name in pairs]
        digits = int(self.words("format.amount_digits"))
        at = next((k for k, (scale, _) in enumerate(scales) if size / scale >= NEARLY), -1)
        scale, name = scales[at]
        if scale == 1:
            return f"{sign}{size:,.2f}"
        if digits:
            return f"{sign}{size / scale:,.{digits}f}{name}"
        below, next_name = scales[at + 1] if at == 0 else (scale, name)
        whole, rest = divmod(round(size / below), round(scale / below))
        if at == 0:
            return sign + JOINT.join([f"{whole:,}", name, *([f"{rest:,}", next_name] if rest else [])])
        return sign + JOINT.join([f"{size / scale:,.0f}" if size >= SHORT * scale else f"{size / scale:.3g}", name])


_KINDS: tuple[tuple[Any, Callable[[Catalogue, Any], Any]], ...] = (
    (Exchange, Catalogue._exchange),
    (str, lambda _, value: value),
    (Number, lambda own, value: _Written(value, own.words("format.per_cent").format(space=" "))),
    (Reason, Catalogue.reason),
    (Figure, Catalogue.figure),
    (Text, Catalogue.pick),
    (date, Catalogue.day),
    (Listed, lambda own, items: own._row("between", items) or own.words("format.none")),
    (Sentences, lambda own, told: own._row("between_sentences", [begun(str(own.shown(one))) for one in told])),
    ((tuple, list), Catalogue._together),
)


class _Written:
    """A number whose words say how it is formatted, with the minus and the per cent of the language."""

    __slots__ = ("per_cent", "value")

    def __init__(self, value: float, per_cent: str) -> None:
        self.value, self.per_cent = value, per_cent

    def __format__(self, form: str) -> str:
        text = signed(format(self.value, form))
        return text[:-1] + self.per_cent if text.endswith("%") else text

    def __str__(self) -> str:
        return format(self)


class _Scaled(dict[str, Any]):
    """A number as the words of units ask for it, worked out where they ask."""

    def __init__(self, value: float, **words: str) -> None:
        super().__init__(words, value=value)

    def __missing__(self, name: str) -> Any:
        return SCALED[name](self["value"])


def signed(text: str) -> str:
    """A number as it was formatted, with the minus of print."""
    return MINUS + text[1:] if text.startswith("-") else text


def printable(text: str) -> str:
    """A text with the hyphen for the minus of print: a library's user prints it in whatever encoding."""
    return text.replace(MINUS, "-")


def percent(value: float, digits: int = 2, sign: bool = True) -> str:
    """0.0123 → "+1.23 %" as terminals show it; zero has no sign, and nothing stands where there is no number."""
    return "" if math.isnan(value) else f"{_points(value, digits, sign)} %"


def _points(value: float, digits: int = 2, sign: bool = True) -> str:
    points = f"{100 * value:{'+' if sign else ''}z.{digits}f}"
    return signed(points.removeprefix("+") if float(points) == 0 else points)


def _short(value: float) -> str:
    """Two digits that count, and none behind the point from ten on."""
    return f"{value:.0f}" if value >= 10 else f"{Decimal(f'{value:.2g}'):f}"


SCALED: dict[str, Callable[[float], Any]] = {
    "signed": _points,
    "percent": lambda value: f"{100 * value:.2f}",
    "whole": lambda value: f"{100 * value:z.0f}",
    "billions": lambda value: value / 1e9,
    "hundred_millions": lambda value: value / 1e8,
    "usual": lambda value: math.exp(value) if value < LARGEST_LOG else math.inf,
    "short": _short,
    "points": lambda value: _short(100 * value),
    "fraction": lambda value: str(Fraction(value).limit_denominator(10)) if math.isfinite(value) else "",
    "p": lambda value: "p < 0.001" if value < 0.001 else f"p = {value:.3f}",
    "n": lambda value: int(value) if math.isfinite(value) and value == int(value) else 2,
}


def begun(sentence: str) -> str:
    """A sentence with a capital letter first; a name such as iShares stays."""
    return sentence[:1].upper() + sentence[1:] if sentence[:2].islower() else sentence


def is_money(unit: str) -> bool:
    """Whether a unit is a currency, by its ISO code."""
    return len(unit) == CODE and unit.isupper()


def filled(words: str, values: Mapping[str, Any]) -> str:
    """Words with `values` in their places; beside Chinese a Latin letter or a figure stands after a space.

    Only where words and values meet: a value is printed as it was written.
    """
    return joined(marked(words).format_map(values))


@cache
def marked(words: str) -> str:
    """Words with a mark either side of each place of a value."""
    return re.sub(r"(\{[^{}]+\})", rf"{JOINT}\1{JOINT}", words)


def joined(told: str) -> str:
    """What was told, with one space for a mark between Chinese and Latin letters or figures, none between Chinese."""
    if JOINT in told and CHINESE.search(told):
        told = _BESIDE_LATIN.sub(" ", told)
        told = _AFTER_STOP.sub("", told)
    return told.replace(JOINT, "")


def _of_study(code: str, study: Mapping[str, str]) -> Catalogue:
    return catalogue(code).of_study(study) if study else catalogue(code)


@cache
def catalogue(code: str) -> Catalogue:
    """The catalogue of a language: "en", "zh-Hant", or whatever file stands in `report/locale`."""
    import polib

    if code not in languages():
        raise StudyError(f"there is no language {code!r}", remedy=f"There are {', '.join(languages())}.")
    path = files("eventwindow").joinpath(f"report/locale/{code.replace('-', '_')}.po")
    found = polib.pofile(path.read_text(encoding="utf-8"))
    forms = {e.msgid: tuple(e.msgstr_plural[k] for k in sorted(e.msgstr_plural)) or (e.msgstr,) for e in found}
    rule = found.metadata["Plural-Forms"].partition("plural=")[2].rstrip(";")
    return Catalogue(code, found.metadata["X-Language-Name"], forms, gettext.c2py(rule))


@cache
def languages() -> tuple[str, ...]:
    """Codes of all languages that have a catalogue, English first."""
    folder = files("eventwindow").joinpath("report/locale")
    codes = sorted(p.name[:-3].replace("_", "-") for p in folder.iterdir() if p.name.endswith(".po"))
    return tuple(sorted(codes, key=lambda code: code != "en"))


def file_name(code: str, stem: str = "report", ending: str = "html") -> str:
    """A file of a report in a language: report.html, report.zh-Hant.html."""
    return f"{stem}.{ending}" if code == "en" else f"{stem}.{code}.{ending}"
