"""What a person sees in the terminal: progress while it runs, then a short table that fits 80 columns."""

import json
import logging
import math
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from eventwindow.claims.model import WORDS
from eventwindow.claims.verdicts import by_statement
from eventwindow.errors import Reason, catalogue, counted, percent, signed
from eventwindow.inference.expected_volatility import RECENT, unlike, word_of
from eventwindow.inference.registry import TESTS
from eventwindow.inference.tables import none_leads
from eventwindow.prices.keyed import source_name
from eventwindow.study.freeze import frozen_reason
from eventwindow.study.result import StudyResult

log = logging.getLogger("eventwindow")

WIDEST = 1_000  # cells that no table fills
SPACE = "\u00a0"  # that no line is cut at
OPENING = r"\u3008\u300a\u300c\u300e\u3010\uff08"  # brackets that end no line
CLOSING = r"\u3001\u3002\u3009\u300b\u300d\u300f\u3011\uff01\uff09\uff0c\uff1a\uff1b\uff1f"  # that begin none
WIDE = r"\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60"  # Chinese letters: a line may be cut between any two
PIECE = re.compile(rf" *[{OPENING}]*(?:[{WIDE}]|(?:(?<=\d) (?=%)|[^ {WIDE}])*)[{CLOSING}]*")
PARAMETRIC = re.compile(r"t\(|F\(|N\(")  # below 1 % the tails of these say no more than that
LEADING = 6  # tests of a basket that the terminal shows; the report shows all
NOT_VALID = ("cross_sectional_t", "patell_z", "bmp_t")  # the three that most studies would have reported
COLOUR = {"confirmed": "green", "confirmed_with_context": "green", "mixed": "yellow", "contradicted": "red"}


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """A line on stderr that says what is being done; silent where stderr is no terminal, a log with --verbose."""
    console = Console(stderr=True)
    if log.isEnabledFor(logging.INFO) or not console.is_terminal:
        yield log.info
        return
    with console.status("reading the study") as status:
        yield status.update


class Cell:
    """A text of a table, cut as `laid` cuts it."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        yield Text(laid(self.text, options.max_width))

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        return Measurement(max(cell_len(piece.strip()) for piece in PIECE.findall(self.text)), cell_len(self.text))


class Figures(Table):
    """A table whose cells and heads are plain text and part no figure from its per cent."""

    def add_column(self, header: Any = "", *more: Any, **how: Any) -> None:
        super().add_column(Cell(header), *more, **how)

    def add_row(self, *cells: Any, **how: Any) -> None:
        super().add_row(*map(Cell, cells), **how)


def titled(title: str, columns: Sequence[str] = (), left: Collection[str] = ()) -> Table:
    """An empty table below its title, its columns aligned to the right but for those of words."""
    table = Figures(box=SIMPLE_HEAD, title_style="bold", title=title, title_justify="left")
    for name in columns:
        table.add_column(name, justify="left" if name in left else "right")
    return table


def print_result(result: StudyResult, report: Path) -> None:
    """Verdicts, what held of each article, abnormal returns of the main names, origin of the prices, the report."""
    from eventwindow.report.cards import scored_articles
    from eventwindow.report.context import Context
    from eventwindow.report.language import language

    console = Console(width=min(Console().width, 100), highlight=False)
    console.print(laid(result.title_en or result.name, console.width), style="bold", markup=False)
    if result.verdicts:
        show(console, _verdicts(result))
        for article, (head, *lines) in scored_articles(Context(result, language("en"))):
            show(console, f"{article} · {head}", *lines, "")
    if frozen := result.run.get("frozen"):
        show(console, said(frozen_reason(frozen)))
    show(console, _main_names(result), *_other_days(result), *_over_gaps(result))
    if result.run["headline"]["basket"]:
        show(console, *basket_lines(result))
    show(console, *_depends(result), *origin_lines(result), *_padding(result), *warned(result))
    console.print(f"Report: {report}", markup=False, soft_wrap=True)


def show(console: Console, *parts: Table | str) -> None:
    """Lines of text in the terminal's width, tables wider where it cuts them; per cent stays beside its figure."""
    for part in parts:
        if isinstance(part, str):
            console.print(laid(part, console.width), markup=False)
            continue
        for column in part.columns:
            texts = (column.header, *column.cells)
            column.min_width = max(Measurement.get(console, console.options, text).minimum for text in texts)
        least = Measurement.get(console, console.options.update(width=WIDEST), part).minimum
        console.print(part, width=max(console.width, least), crop=False)


def laid(text: str, width: int) -> str:
    """Lines cut to the width, in cells of the terminal, between words; per cent stays beside its figure."""
    return "\n".join(cut for line in text.split("\n") for cut in _cut(line, width)).replace(SPACE, " ")


def _cut(line: str, width: int) -> Iterator[str]:
    held = ""
    for piece in PIECE.findall(line):
        if held.strip() and cell_len(held + piece) > width:
            yield held
            held = piece.lstrip(" ")
        else:
            held += piece
    yield held


def said(words: object) -> str:
    """A reason as the English catalogue says it, with the minus of print; words as they stand."""
    return catalogue("en").reason(words) if isinstance(words, Reason) else str(words)


def warned(result: StudyResult) -> Iterator[str]:
    """What did not go as it should: analyses that could not run, and how often the prices were doubted."""
    yield from (said(e.reason) for e in result.left_out if not e.security and e.what == "excluded")
    quality = result.tables.get("data_quality", pd.DataFrame({"level": []}))
    if n := int((quality["level"] == "warning").sum()):
        yield f"{counted(n, 'warning')} about the prices: `eventwindow check` names them."
        yield from _doubted_days(result, quality)


def _doubted_days(result: StudyResult, quality: pd.DataFrame) -> Iterator[str]:
    """The findings on days that the event windows hold, the benchmarks' too: the numbers of those days rest on them."""
    rows = result.tables["abnormal_returns"].astype({"date": "datetime64[ns]"})
    sides = [rows[["security", "date"]], rows[["benchmark", "date"]].rename(columns={"benchmark": "security"})]
    days = pd.concat(sides).drop_duplicates()
    found = quality[quality["level"] == "warning"].merge(days, on=["security", "date"])
    for row in records(found.head(LEADING)):
        yield f"In an event window: {row.security} {said(row.text_en)}"
    if len(found) > LEADING:
        yield f"In event windows: {len(found) - LEADING} more."


def result_json(result: StudyResult, report: Path) -> str:
    """Verdicts and headline numbers as one JSON object, decimals; null where there is no number."""
    head = result.run["headline"]
    cumulative, tests = result.tables["cumulative"], result.tables["tests"]
    mine = cumulative[(cumulative["event"] == head["event"]) & cumulative["security"].isin(head["members"])]
    basket = tests[(tests["event"] == head["event"]) & (tests["group"] == head["basket"])]
    parts = {"claims": result.tables["claims"], "cumulative": mine, "tests": basket}
    whole = {
        "study": result.name,
        "report": report.as_posix(),
        "headline": head,
        "notes": list(map(str, result.run["notes"])),
        "frozen": result.run.get("frozen"),
        **{name: plain(table) for name, table in parts.items()},
    }
    return json.dumps(whole, ensure_ascii=False, indent=1)


def plain(table: pd.DataFrame, digits: int = 10) -> Any:
    """A table as JSON holds it: a record a row, null where there is no number."""
    return json.loads(table.to_json(orient="records", double_precision=digits, default_handler=str))


def on_day_zero(table: pd.DataFrame) -> pd.DataFrame:
    return table[(table["window_start"] == 0) & (table["window_end"] == 0)] if len(table) else table


def _verdicts(result: StudyResult) -> Table:
    table = titled("Verdicts, a statement counted once")
    table.add_column("article")
    for word in WORDS:
        head = told_word(word)
        table.add_column(head, justify="right", style=COLOUR.get(word, "dim"), max_width=max(map(len, head.split())))
    counts = Counter(by_statement(result.verdicts))
    for article in sorted({article for article, _ in counts}):
        table.add_row(article, *(str(counts[article, word]) for word in WORDS))
    table.add_section()
    table.add_row("all", *(str(sum(n for (_, w), n in counts.items() if w == word)) for word in WORDS))
    return table


def told_word(word: str) -> str:
    """A verdict as the report says it; tables and JSON hold its key."""
    return catalogue("en").words(f"verdict.{word}")


def _main_names(result: StudyResult) -> Table:
    event, members = result.run["headline"]["event"], result.run["headline"]["members"]
    rows = on_day_zero(result.tables["cumulative"])
    rows = rows[(rows["event"] == event) & rows["security"].isin(members)].sort_values("car")
    returns = result.tables["abnormal_returns"].query("event == @event and tau == 0").set_index("security")
    heads = ("", "return", "abnormal", "95 % by t, %", "by rank, %", "p (t)", "p (rank)")
    table = titled(f"Day 0 of '{event}': {_day(returns)}", heads, left=[""])
    actual, ranked = returns["actual_return"].to_dict(), _by_rank(result)
    for row in records(rows):
        table.add_row(
            str(row.security),
            percent(actual.get(row.security, math.nan)),
            percent(row.car),
            _interval(row.low, row.high),
            _interval(*ranked.get(row.security, (math.nan, math.nan))),
            p_value(row.p_value, floor=0.01),
            p_value(row.p_leading),
        )
    return table


def _days_of(result: StudyResult) -> pd.Series:
    """Day 0 of each of the headline's securities, on its own exchange."""
    rows, head = result.tables["abnormal_returns"], result.run["headline"]
    rows = rows[(rows["event"] == head["event"]) & (rows["tau"] == 0) & rows["security"].isin(head["members"])]
    days: pd.Series = rows.set_index("security")["date"].astype(str).str[:10]
    return days


def _other_days(result: StudyResult) -> Iterator[str]:
    """The securities whose day 0 is not that of the title."""
    days = _days_of(result)
    for day, symbols in days.groupby(days).groups.items():
        if day != days.mode().iloc[0]:
            yield f"Day 0 of {', '.join(map(str, symbols))}: {day}, on its own exchange."


def _over_gaps(result: StudyResult) -> Iterator[str]:
    """The returns of the headline event that are not one session's, as some price before them is missing."""
    rows, head = result.tables["excluded"], result.run["headline"]
    for row in records(rows[(rows["event"] == head["event"]) & rows["security"].isin(head["members"])]):
        if getattr(row.reason, "key", "") == "covers_sessions":
            yield f"{row.security}: {said(row.reason)}."


def _by_rank(result: StudyResult) -> dict[str, tuple[float, float]]:
    """The interval by inverting SQ of each security on day 0."""
    rows = on_day_zero(result.tables.get("firms", pd.DataFrame()))
    return {str(row.security): (row.low_sq, row.high_sq) for row in records(rows)}


def _interval(low: float, high: float) -> str:
    edges = (low, high)
    return ", ".join(signed(f"{100 * edge:+.1f}") for edge in edges) if all(map(math.isfinite, edges)) else ""


def basket_lines(result: StudyResult) -> Iterator[Table | str]:
    """The headline basket on day 0: the tests that lead, then in one line what careless ones would have said."""
    head, every = result.run["headline"], on_day_zero(result.tables["tests"])
    mine = (every["event"] == head["event"]) & (every["group"] == head["basket"])
    rows = every[mine & every["statistic"].notna()]
    if why := none_leads(rows):
        yield f"Basket '{head['basket']}' on day 0: no test leads, for {said(why)}."
    elif rows.empty:
        notes = every.loc[mine & (every["test"] == "adjusted_patell_z"), "note"]
        told = "".join(f": {said(note)}" for note in notes)
        yield f"Basket '{head['basket']}' on day 0: no test could run{told}."
    else:
        yield _led(rows[rows["valid"]], f"Basket '{head['basket']}' on day 0")
        yield from _order(float(rows["volatility_ratio"].max()))
    shown = rows[~rows["valid"] & rows["test"].isin(NOT_VALID)]
    invalid = [f"{_title(row)} {_statistic(row)}" for row in records(shown)]
    if invalid:
        where = "firms share the day" if len(set(_days_of(result))) == 1 else "event windows overlap"
        yield f"Not valid where {where}, so not to be believed: " + ", ".join(invalid) + "."


def _led(rows: pd.DataFrame, title: str) -> Table:
    table = titled(title, ("test", "statistic", "p"), left=["test"])
    for row in records(rows.head(LEADING)):
        floor = 0.01 if PARAMETRIC.match(str(row.distribution)) else 0.0
        table.add_row(_title(row), _statistic(row), p_value(row.p_value, floor))
    return table


def _order(ratio: float) -> Iterator[str]:
    """How much the last sessions moved, and which permutation leads for it."""
    if not math.isnan(ratio):
        order = "the scaled permutation leads" if unlike(ratio) else "days count as alike"
        yield f"The last {RECENT} sessions moved {ratio:.2f} times as much as before ({word_of(ratio)}): {order}."


def records(table: pd.DataFrame) -> Iterator[Any]:
    return iter(table.itertuples())


def _depends(result: StudyResult) -> Iterator[str]:
    """How far the first name's answer depends on the benchmark and on the other choices."""
    first = result.run["headline"]["members"][0]
    held = (on_day_zero(result.tables.get(name, pd.DataFrame())) for name in ("views", "robustness"))
    views, every = (table[table["security"] == first] if len(table) else table for table in held)
    if len(views) > 1:
        yield f"{first} on " + ", ".join(f"{r.benchmark} {percent(r.car)}" for r in records(views)) + "."
    for r in records(every):
        spread = f"median {percent(r.median)}, from {percent(r.lowest)} to {percent(r.highest)}"
        same, sure = (percent(share, 0, sign=False) for share in (r.share_same_sign, r.share_significant_same_sign))
        shares = f"{same} of the same sign, {sure} significant with it"
        yield f"{first} over {r.specifications} specifications: {spread}; {shares}."


def _title(row: Any) -> str:
    return TESTS[str(row.test)].title


def _statistic(row: Any) -> str:
    return percent(row.statistic) if row.test == "date_permutation_mean" else signed(f"{row.statistic:.2f}")


def origin_lines(result: StudyResult) -> list[str]:
    """Where each ticker's figures are from: in one line if from one place, else ticker by ticker; and what was told."""
    origins = pd.Series({s: o["origin"] for s, o in result.run["prices"].items()}, dtype=object)
    if len(set(origins)) == 1:
        which = f"all {len(origins)} tickers" if len(origins) > 1 else origins.index[0]
        lines = [f"Prices: {which} {origin(str(origins.iloc[0]))}."]
    else:
        groups = origins.groupby(origins).groups.items()
        lines = [f"Prices {origin(str(o))}: {', '.join(map(str, symbols))}." for o, symbols in groups]
    missing = [f"No prices: {symbol} ({said(reason)})" for symbol, reason in result.run["unavailable"].items()]
    return [*lines, *missing, *map(said, result.run["notes"])]


def _padding(result: StudyResult) -> Iterator[str]:
    rows = result.tables["data_quality"].query("kind == 'no_session'")
    if len(rows):
        of = rows["security"].nunique()
        told = f"{counted(len(rows), 'row')} of {counted(of, 'security')}"
        yield f"left out, with a close repeated on a day without a session: {told}."


def p_value(p: float, floor: float = 0.0) -> str:
    """A p-value in words of three digits; below `floor`, or what they can show, only that it is below."""
    if math.isnan(p):
        return ""
    least = max(floor, 0.001)
    return "< " + f"{least:g}".lstrip("0") if p < least else f"{p:.3f}".lstrip("0")


def origin(origin: str) -> str:
    own = {"shipped": "the shipped figures", "file": "your file"}
    return f"from {own.get(origin) or source_name(origin)}"


def _day(returns: pd.DataFrame) -> str:
    days = returns["date"].value_counts()
    return str(days.index[0])[:10] if len(days) else "no session"
