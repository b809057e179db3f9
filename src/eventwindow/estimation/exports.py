"""Results as tables for papers and programs (LaTeX, Markdown, Stata, a workbook), and what their columns hold."""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from eventwindow.calendars.window import Window
from eventwindow.errors import Catalogue, Reason, StudyError, catalogue, signed

FIXED = datetime(2000, 1, 1)  # the date in a file's head: the same input gives the same bytes
LEVELS = {0.01: "***", 0.05: "**", 0.10: "*"}
STARRED = ("car", "caar", "abnormal_return", "aar", "statistic")  # the first that a table holds carries the stars
TESTED = ("p_value", "p_sq")
TEX = str.maketrans(
    {"\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}"}
    | {c: rf"\{c}" for c in "&%$#_"}
    | {"<": "$<$", ">": "$>$", "\u2212": "$-$", "|": r"\textbar{}", "\n": " "}
)
JOINED = re.compile(r"([-`',])(?=\1)")
LABEL, NAME = 80, 32  # characters of a label and of a name in Stata


def tool(name: str) -> Any:
    """What the report's room offers a result, found by entry point: no room below it knows it."""
    (found,) = entry_points(group="eventwindow.result", name=name)
    return found.load()


class Basis(NamedTuple):
    """What the figures of a table rest on."""

    models: tuple[str, ...]
    estimation: Window
    window: Window

    def in_words(self, words: Catalogue) -> str:
        model = ", ".join(words.text(f"model_name.{m}") if f"model_name.{m}" in words else m for m in self.models)
        return words.text("paper.basis", model=model, estimation=str(self.estimation), window=str(self.window))


class Exports:
    """What a result with `to_frame` can be written as; `basis` is what its figures rest on, where that is one thing."""

    __slots__ = ()

    def to_frame(self) -> pd.DataFrame:
        raise NotImplementedError

    def _whole(self) -> pd.DataFrame:
        """The table of `to_frame`, its reasons as reasons, which have words in every language."""
        return self.to_frame()

    def _exported(self, name: str) -> pd.DataFrame:
        """The table that a paper shows."""
        if name:
            raise StudyError(f"this result is one table, there is none named {name!r}", remedy="Leave the name out.")
        return self._whole()

    def _basis(self, words: Catalogue) -> str:
        basis: Basis | None = getattr(self, "basis", None)
        return "" if basis is None else basis.in_words(words)

    def to_excel(self, path: Path | str, language: str = "en") -> Path:
        """Write a workbook: the table, and a first sheet that explains its columns in this language."""
        found: Path = tool("excel")({"table": self._whole()}, path, language)
        return found

    def to_latex(
        self,
        table: str = "",
        *,
        columns: Sequence[str] = (),
        stars: bool = False,
        caption: str = "",
        label: str = "",
        language: str = "en",
    ) -> str:
        """A table for a paper: booktabs, per cent and rounded, with a note on model, windows and test.

        Parameters
        ----------
        table : str
            Which one, of a result with several.
        columns : sequence of str
            Columns in their order; without, all that differ from row to row or say something.
        stars : bool
            Mark p below 10, 5 and 1 %; the note then says so.
        caption, label : str
            Of the table; texts are escaped, a label stands as it is.
        language : str
            Of the heads and the note.
        """
        words = catalogue(language)
        shown, notes = printed(self._exported(table), table, words, columns, stars)
        told = " ".join(filter(None, [self._basis(words), *notes]))
        return latex(shown, caption, label, told, words.text("paper.note"))

    def to_markdown(
        self, table: str = "", *, columns: Sequence[str] = (), stars: bool = False, language: str = "en"
    ) -> str:
        """The same table as Markdown, its note below it."""
        words = catalogue(language)
        shown, notes = printed(self._exported(table), table, words, columns, stars)
        notes = [*filter(None, [self._basis(words), *notes])]
        rule = ["---:" if right else "---" for right in _right(shown)]
        rows = [list(shown.columns), rule, *shown.to_numpy().tolist()]
        lines = ["| " + " | ".join(str(cell).replace("|", r"\|") for cell in row) + " |" for row in rows]
        return "\n".join(lines) + ("\n\n" + " ".join(notes) if notes else "") + "\n"

    def to_stata(self, path: Path | str, table: str = "") -> Path:
        """Write the whole table, unrounded, for Stata (format 118), with a label on every variable."""
        return stata(self._exported(table) if table else self._whole(), Path(path), table)


def printed(
    frame: pd.DataFrame, table: str, words: Catalogue, columns: Sequence[str], stars: bool
) -> tuple[pd.DataFrame, list[str]]:
    """Cells as text, heads as words, and what the note must say."""
    frame = worded(frame, words.reason)
    if unknown := [c for c in columns if c not in frame]:
        raise StudyError(f"no column {unknown[0]!r}", remedy=f"There are {', '.join(map(str, frame.columns))}.")
    told = frame.drop(columns=list(_foreign(frame, words)))
    chosen = list(columns) or [str(c) for c in told if _says(str(c), told[c])] or list(map(str, told))
    cells = {c: [_cell(value, str(c), table, words) for value in frame[c].tolist()] for c in chosen}
    if stars:
        figure, marks = _stars(frame, chosen)
        cells[figure] = [cell + mark for cell, mark in zip(cells[figure], marks, strict=True)]
    heads = [_head(words, str(c), decimal(table, str(c))) for c in chosen]
    notes = [*_alike(told.drop(columns=chosen, errors="ignore"), table, words), *([words.text("paper.stars")] * stars)]
    return pd.DataFrame(dict(enumerate(cells.values()))).set_axis(heads, axis=1), notes


def _alike(frame: pd.DataFrame, table: str, words: Catalogue) -> Iterator[str]:
    """What holds in every row and so has no column: test, event, window of a named table; the basis tells the model."""
    for name, column in frame.items():
        span = table and str(name).startswith("window_")
        told = span or (name != "model" and not pd.api.types.is_numeric_dtype(column))
        if told and f"heading.{name}" in words and column.notna().all() and len(column.astype(str).unique()) == 1:
            value = _cell(column.iloc[0], str(name), table, words)
            yield words.text("paper.alike", head=words.text(f"heading.{name}"), value=value) if value else ""


def _foreign(frame: pd.DataFrame, words: Catalogue) -> set[str]:
    """Columns that say in another language what a column of the reader's language says."""
    twins = {str(c): {stem, f"{stem}_en"} & set(frame) for c in frame for stem in [str(c).removesuffix("_zh")]}
    pairs = {c: own for c, own in twins.items() if c.endswith("_zh") and own}
    reads = f"_{words.words('format.texts')[:2]}"
    return set().union(*pairs.values()) if any(c.endswith(reads) for c in pairs) else set(pairs)


def _says(name: str, column: pd.Series) -> bool:
    """Whether a column is worth its place: it holds something, and not the same text or window in every row."""
    held = column[column.notna() & (column.astype(str) != "")]
    figure = pd.api.types.is_numeric_dtype(column) and not name.startswith("window_")
    return bool(len(held)) and (len(column) == 1 or figure or len(held.unique()) > 1)


def _stars(frame: pd.DataFrame, chosen: Sequence[str]) -> tuple[str, list[str]]:
    """The column that carries the stars, and those of each row."""
    figure = next((c for c in STARRED if c in chosen), None)
    tested = next((c for c in TESTED if c in frame), None)
    if figure is None or tested is None:
        raise StudyError("this table has no figure with a p-value to mark", remedy="Leave stars out.")
    p = pd.to_numeric(frame[tested])
    return figure, [next((mark for level, mark in LEVELS.items() if one < level), "") for one in p]


def _head(words: Catalogue, name: str, per_cent: bool) -> str:
    key = f"heading.{name}"
    return (words.text(key) if key in words else name.replace("_", " ")) + (" (%)" if per_cent else "")


def _cell(value: Any, name: str, table: str, words: Catalogue) -> str:
    """A figure as a paper prints it; the columns of decimals are per cent."""
    if value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
        return ""
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, bool | np.bool_) or not isinstance(value, int | float):
        return _said(value, name, words)
    if name == "p_value" or name.startswith("p_"):
        return "<0.001" if value < 0.001 else f"{value:.3f}"
    if decimal(table, name):
        return f"{100 * value:.2f}"
    return f"{value:.0f}" if float(value).is_integer() else f"{value:.3f}" if abs(value) < 1 else f"{value:.2f}"


def _said(value: Any, name: str, words: Catalogue) -> str:
    """What is no figure in words: truth, and the name of a test."""
    if isinstance(value, bool | np.bool_):
        return words.text("paper.yes" if value else "paper.no")
    key = f"{name}.{value}"
    return words.text(key) if name == "test" and key in words else str(value)


def _right(shown: pd.DataFrame) -> list[bool]:
    """Whether each column holds figures, which stand to the right."""
    return [
        all(not cell or cell.lstrip("<-")[:1].isdigit() for cell in shown.iloc[:, k]) for k in range(shown.shape[1])
    ]


def latex(shown: pd.DataFrame, caption: str, label: str, note: str, word: str) -> str:
    """Cells as a LaTeX table with the rules of booktabs."""
    right = _right(shown)
    rows = [
        " & ".join(_escaped(signed(cell) if number else cell) for cell, number in zip(row, right, strict=True)) + r" \\"
        for row in (list(shown.columns), *shown.to_numpy().tolist())
    ]
    lines = [r"\begin{table}[htbp]", r"\centering"]
    lines += [rf"\caption{{{_escaped(caption)}}}"] if caption else []
    lines += [rf"\label{{{label}}}"] if label else []
    lines += [rf"\begin{{tabular}}{{{''.join('r' if number else 'l' for number in right)}}}", r"\toprule", rows[0]]
    lines += [r"\midrule", *rows[1:], r"\bottomrule", r"\end{tabular}"]
    lines += [rf"\par\smallskip{{\footnotesize {_escaped(word)} {_escaped(note)}\par}}"] if note else []
    return "\n".join([*lines, r"\end{table}", ""])


def _escaped(text: str) -> str:
    """A text as LaTeX prints it; two signs that it would join to a dash or a quotation mark are kept apart."""
    return JOINED.sub(r"\1{}", text.translate(TEX))


def stata(frame: pd.DataFrame, path: Path, table: str = "") -> Path:
    """A table as a file of Stata 14 and later; truth is 0 and 1, moments are texts, no number is missing."""
    words = catalogue("en")
    if not path.parent.is_dir():
        raise StudyError(f"there is no folder {path.parent}", remedy="Make it, or name another.")
    held = pd.DataFrame({name: _stata_column(frame[column]) for name, column in _names(frame).items()})
    labels = {
        name: (explained(words, table, str(column)) or str(column).replace("_", " "))[:LABEL]
        for name, column in _names(frame).items()
    }
    days: Any = {name: "td" for name in held if pd.api.types.is_datetime64_dtype(held[name])}
    long = [c for c in held if pd.api.types.is_object_dtype(held[c]) and held[c].str.len().gt(2045).any()]
    held.to_stata(
        path,
        write_index=False,
        version=118,
        variable_labels=labels,
        convert_dates=days,
        convert_strl=long,
        time_stamp=FIXED,
    )
    return path


def _names(frame: pd.DataFrame) -> dict[str, Any]:
    """Names that Stata takes, each its own, by column."""
    names: dict[str, Any] = {}
    for column in frame.columns:
        text = "".join(c if c.isalnum() or c == "_" else "_" for c in str(column)) or "_"
        text = f"_{text}"[:NAME] if text[0].isdigit() else text[:NAME]
        at = 1
        while text in names:
            at, text = at + 1, f"{text[: NAME - 3]}_{at}"
        names[text] = column
    return names


def _stata_column(column: pd.Series) -> pd.Series:
    types = pd.api.types
    if types.is_bool_dtype(column):
        return column.astype("int8")
    if types.is_numeric_dtype(column):
        return column.astype(float).replace([np.inf, -np.inf], np.nan) if column.isna().any() else column
    if types.is_datetime64_dtype(column):
        return column.astype("datetime64[ns]")
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        column = column.dt.tz_convert("UTC").dt.strftime("%Y-%m-%dT%H:%MZ")
    numbers = pd.to_numeric(column, errors="coerce")
    if column.notna().any() and numbers.notna().eq(column.notna()).all() and not types.is_string_dtype(column):
        return numbers.astype(float)
    return column.astype(object).where(column.notna(), "").astype(str).astype(object)


DECIMALS = {
    "actual_return", "expected_return", "abnormal_return", "std_error", "car", "estimate", "effect", "low", "high",
    "mean", "median", "lowest", "highest", "car_clean", "std_error_clean", "gap", "aar", "caar", "sd", "positive",
    "detectable", "detectable_leading", "low_sq", "high_sq", "expected_volatility", "share_same_sign",
    "share_significant", "market.value", "difference", "coefficient",
}  # fmt: skip


def decimal(table: str, name: str) -> bool:
    return name in DECIMALS or f"{table}.{name}" in DECIMALS


def explained(words: Catalogue, table: str, name: str) -> str:
    """What a column holds, in the table's own words where it has any; "" where the catalogue says nothing."""
    keys = (f"column.{table}.{name}", f"column.{name}")
    return next((words.text(key) for key in keys if key in words), "")


def worded(table: pd.DataFrame, words: Callable[[Reason], str] = str) -> pd.DataFrame:
    """The table with the words of every reason, by default in English: as Parquet and JSON can hold it."""
    said = table.copy(deep=False)
    for name, column in table.items():
        held = column.cat.categories if isinstance(column.dtype, pd.CategoricalDtype) else column
        if pd.api.types.is_object_dtype(held) and any(isinstance(value, Reason) for value in held):
            said[name] = [words(v) if isinstance(v, Reason) else v for v in column]
    return said
