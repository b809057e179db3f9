"""What a user is told: errors with their remedy, and reasons as keys of the catalogues, with their values."""

from __future__ import annotations

import gettext
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from importlib.resources import files
from typing import Any


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

    def __init__(self, what: str, *, where: str = "", remedy: str = "") -> None:
        self.what, self.where, self.remedy = what, where, remedy
        super().__init__(str(self))

    def __reduce__(self) -> tuple[Any, ...]:
        return partial(type(self), where=self.where, remedy=self.remedy), (self.what,)

    def __str__(self) -> str:
        head = f"{self.where}: {self.what}" if self.where else self.what
        return f"{head}\n{self.remedy}" if self.remedy else head


class EventDateError(StudyError):
    """A date that no session of the exchange carries, or that the calendar does not reach."""


class WindowError(StudyError):
    """A window that ends before it starts, or that overlaps another it must not touch."""


class PriceError(StudyError):
    """A price file that cannot be read as prices, or a security that none of the sources asked knows."""


class ClaimError(StudyError):
    """A claim that cannot be held against this study."""


class SourceError(StudyError):
    """A source of prices that cannot be had now; not the user's fault."""

    exit_code = 1


def needs_library(what: str, *libraries: str) -> StudyError:
    """The error of a part whose library is not installed; the remedy works with and without this folder."""
    verb = "are" if len(libraries) > 1 else "is"
    return StudyError(
        f"{what} needs {' and '.join(libraries)}, which {verb} not installed",
        remedy=f"Install it: pip install {' '.join(libraries)}",
    )


class NoFigure(Exception):  # noqa: N818 a reason, not a fault
    """The data hold no figure for this measure; the reason becomes the verdict's."""

    def __init__(self, reason_en: str, reason_zh: str) -> None:
        self.reason_en, self.reason_zh = reason_en, reason_zh
        super().__init__(reason_en)

    def __reduce__(self) -> tuple[Any, ...]:
        return NoFigure, (self.reason_en, self.reason_zh)


class Reason:
    """Why a figure is not there, or what a reader must know beside it: a key of the catalogues, with its values.

    Parameters
    ----------
    key : str
        `reason.KEY` stands in every catalogue of `report/locale`.
    **values
        What its words name: numbers, dates, symbols, further reasons.
    """

    __slots__ = ("key", "values")

    def __init__(self, key: str, /, **values: Any) -> None:
        self.key, self.values = key, values

    @classmethod
    def together(cls, reasons: Sequence[Reason]) -> Reason:
        """Several reasons as one."""
        return reasons[0] if len(reasons) == 1 else cls("together", reasons=tuple(reasons))

    def __str__(self) -> str:
        """The reason in English, as terminals and CSV files show it."""
        return catalogue("en").reason(self)

    def __repr__(self) -> str:
        return f"Reason({', '.join([repr(self.key), *(f'{k}={v!r}' for k, v in self.values.items())])})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Reason) and (self.key, self.values) == (other.key, other.values)

    def __hash__(self) -> int:
        return hash((self.key, str(self)))

    def __reduce__(self) -> tuple[Any, ...]:
        return _reason, (self.key, self.values)


def _reason(key: str, values: Mapping[str, Any]) -> Reason:
    return Reason(key, **values)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The words of one language by key: what `report/locale/LANGUAGE.po` holds."""

    code: str
    name: str
    forms: Mapping[str, tuple[str, ...]]  # one form, or one a plural form
    plural: Callable[[int], int]  # a number -> the place of its form

    def __reduce__(self) -> tuple[Any, ...]:
        return catalogue, (self.code,)

    def __contains__(self, key: object) -> bool:
        return key in self.forms

    def words(self, key: str, n: object = None) -> str:
        """The words of `key`, in the form for `n` where the language has several."""
        forms = self.forms[key]
        return forms[self.plural(abs(int(n)))] if len(forms) > 1 and isinstance(n, int) else forms[0]

    def text(self, key: str, /, **values: Any) -> str:
        """The words of `key` with `values` in their places; `n` decides between plural forms."""
        return self.words(key, values.get("n")).format(**{k: self.shown(v) for k, v in values.items()})

    def reason(self, reason: Reason) -> str:
        """A reason in this language."""
        return self.text(f"reason.{reason.key}", **reason.values)

    def shown(self, value: Any) -> Any:
        """A reason in its words, several of anything in a row; all else stays for the words' own format."""
        if isinstance(value, Reason):
            return self.reason(value)
        if isinstance(value, tuple | list):
            between = "clauses" if value and isinstance(value[0], Reason) else "between"
            return self.words(f"format.{between}").join(str(self.shown(v)) for v in value)
        return value


@cache
def catalogue(code: str) -> Catalogue:
    """The catalogue of a language: "en", "zh-Hant", or whatever file stands in `report/locale`."""
    import polib

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


def file_name(code: str) -> str:
    """The report's page in a language: report.html, report.zh-Hant.html."""
    return "report.html" if code == "en" else f"report.{code}.html"
