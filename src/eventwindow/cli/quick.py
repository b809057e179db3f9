"""`eventwindow quick`: one screen of what some securities did on a day, without a study."""

import argparse
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from eventwindow.analyses.benchmarks import WITHOUT_TREATED
from eventwindow.cli.again import command_of
from eventwindow.cli.progress import progress_bar
from eventwindow.cli.terminal import (
    Figures,
    basket_lines,
    on_day_zero,
    origin_lines,
    p_value,
    plain,
    progress,
    said,
    show,
    told_word,
    warned,
)
from eventwindow.draft.quick import Asked, Question, in_options, study_of_question, symbols_in
from eventwindow.draft.studyfile import without_lacking
from eventwindow.errors import StudyError, percent
from eventwindow.estimation.by_exchange import NO_BENCHMARK
from eventwindow.inference.expected_volatility import unlike
from eventwindow.inference.tables import none_leads
from eventwindow.scratch import put_in_place, temporary_folder
from eventwindow.study.analyses import ANALYSES
from eventwindow.study.estimates import estimated
from eventwindow.study.load import read_inputs
from eventwindow.study.result import StudyResult
from eventwindow.study.run import concluded


def quick_command(options: argparse.Namespace) -> None:
    question = Question(
        symbols_in(" ".join(options.symbols)),
        options.date,
        options.time,
        options.zone,
        options.benchmark,
        tuple(options.claim),
        options.earnings,
    )
    with put_in_place(options.save) if options.save else temporary_folder() as folder:
        place = folder if options.save else folder / "quick"
        asked, result = _answered(question, place, options.prices)
    if options.json:
        print(json.dumps(_facts(question, asked, result), ensure_ascii=False, indent=1))
        return
    console = Console(width=min(Console().width, 100), highlight=False)
    show(console, *_screen(question, asked, result))
    if options.save:
        show(console, f"Study: {options.save}; run it with: {command_of(str(options.save), options.prices)}")


def _answered(question: Question, place: Path, prices: str) -> tuple[Asked, StudyResult]:
    """The study of the question, run without what is not asked for itself and has no prices."""

    def made(lacking: frozenset[str]) -> tuple[Asked, StudyResult]:
        asked = study_of_question(question, place, lacking)
        return asked, _looked_at(asked, prices)

    return without_lacking(made, place, {*question.symbols, question.benchmark or ""})


def _looked_at(asked: Asked, prices: str) -> StudyResult:
    """A run of what the screen shows: without the tables of firms, which cost as much as all the rest."""
    try:
        with progress() as step, progress_bar() as bar:
            inputs = read_inputs(asked.study, prices, step, None, bar)
            return concluded(inputs, estimated(inputs), step, [a for a in ANALYSES if a.name != "firms"])
    except StudyError as error:
        raise in_options(error) from None


def _stood_in(asked: Asked) -> Iterator[str]:
    for symbol, other in asked.stand_ins.items():
        alone = "what moves with it is held against its own mean"
        yield f"No prices of the benchmark {symbol}: {alone if other == NO_BENCHMARK else f'{other} stands in'}."


def _rows(question: Question, result: StudyResult) -> Iterator[dict[str, Any]]:
    """A row a symbol: day 0, its return, what was expected, what was abnormal, and the days it is held against."""
    days = result.tables["abnormal_returns"].query("tau == 0").set_index("security").to_dict("index")
    sums = on_day_zero(result.tables["cumulative"]).set_index("security")
    for symbol, row in sums.reindex(list(question.symbols)).dropna(subset=["car"]).to_dict("index").items():
        day = days[symbol]
        yield {
            "symbol": symbol,
            "benchmark": row["benchmark"],
            "day_0": f"{day['date']:%Y-%m-%d}",
            "return": day["actual_return"],
            "expected": day["expected_return"],
            "abnormal": row["car"],
            "low": row["low"],
            "high": row["high"],
            "p_value": row["p_leading"],
            "as_far": round(row["p_leading"] / row["quantile_floor"]) - 1,
            "ordinary_days": round(1 / row["quantile_floor"]) - 1,
            "volatility_ratio": row["volatility_ratio"],
        }


def _screen(question: Question, asked: Asked, result: StudyResult) -> Iterator[Any]:
    rows = list(_rows(question, result))
    if question.time:
        event = asked.study.file.events[0]
        yield f"News of {event.date} {event.time:%H:%M}, {event.zone}"
    yield from _heads(asked, rows)
    yield from _stood_in(asked)
    yield _table(rows)
    for r in rows:
        yield f"{r['symbol']}: {_ordinary(r)}"
    if len(rows) > 1:
        yield from basket_lines(result)
    yield from _without_lines(asked, _without(result))
    yield from _verdicts(question, asked, result)
    if question.earnings:
        yield from _earnings_lines(asked, _earnings(result))
    yield from dict.fromkeys(_told(asked, result))


def _heads(asked: Asked, rows: list[dict[str, Any]]) -> Iterator[str]:
    for home in asked.homes:
        row = next((r for r in rows if r["symbol"] == home.symbol), None)
        guess = "" if home.listed else "; taken from the form of its symbol, for the list of names does not hold it"
        against = f", against {row['benchmark'] or 'its own mean'}, day 0 is {row['day_0']}" if row else ""
        yield f"{home.name} ({home.symbol}): {home.exchange}, {home.currency}{against}{guess}"


def _table(rows: list[dict[str, Any]]) -> Table:
    table = Figures(box=SIMPLE_HEAD)
    for head in ("", "return", "expected", "abnormal", "95 % interval", "p (rank)"):
        table.add_column(head, justify="right" if head else "left")
    for r in rows:
        figures = (percent(r[key]) for key in ("return", "expected", "abnormal"))
        table.add_row(r["symbol"], *figures, f"{percent(r['low'])} to {percent(r['high'])}", p_value(r["p_value"]))
    return table


def _ordinary(row: dict[str, Any]) -> str:
    """How many ordinary days moved as far: the p-value in words."""
    scaled = ", for the volatility expected of it" if unlike(row["volatility_ratio"]) else ""
    as_far = f"{row['as_far'] or 'none'} moved as far from what was expected"
    return f"of the {row['ordinary_days']} days before it {as_far}{scaled}."


def _without(result: StudyResult) -> dict[str, Any]:
    """The benchmark without the securities that it holds, and what was abnormal against that; empty without weights."""
    if "treated_stocks" not in result.tables:
        return {}
    held, views = result.tables["treated_stocks"], result.tables["views"]
    market = result.tables["market"].query("measure == 'return'").dropna(subset="value")
    moved = market.groupby("left_out")["value"].first()
    if "treated" not in moved:
        return {}
    against = on_day_zero(views[views["benchmark"].str.endswith(WITHOUT_TREATED)])
    columns = {"security": "symbol", "car": "abnormal", "low": "low", "high": "high", "p_leading": "p_value"}
    return {
        "benchmark": market["name"].iloc[0],
        "weights": dict(zip(held["security"], held["weight"], strict=True)),
        "with": moved[""],
        "without": moved["treated"],
        "securities": against[list(columns)].rename(columns=columns).to_dict("records"),
    }


def _without_lines(asked: Asked, without: dict[str, Any]) -> Iterator[str]:
    form = asked.study.file.robustness
    if form.index and not without:
        held = ", ".join(form.treated)
        yield f"{form.index} without {held} is not known: a close on the day of the weights is lacking."
    if not without:
        return
    benchmark, held = without["benchmark"], ", ".join(f"{s} ({100 * w:.1f} %)" for s, w in without["weights"].items())
    moved, alone = percent(without["with"]), percent(without["without"])
    yield f"{benchmark} holds {held}: on day 0 it moved {moved}, without {alone}. Against {benchmark} without:"
    for row in without["securities"]:
        interval = f"{percent(row['low'])} to {percent(row['high'])}"
        yield f"  {row['symbol']}: abnormal {percent(row['abnormal'])}, {interval}, p {p_value(row['p_value'])}"


def _earnings(result: StudyResult) -> list[dict[str, Any]]:
    """The results that firms told from the session before day 0 to the end of the longest window, by session."""
    days = result.tables["abnormal_returns"].set_index(["security", "date"])["tau"]
    near = range(-1, int(result.tables["cumulative"]["window_end"].max()) + 1)
    news: Iterable[Any] = result.calendar.query("kind == 'news'").drop_duplicates("id").itertuples()
    found: list[Any] = [(s, n.date, days.get((s, n.session))) for n in news for s in n.about]
    return [{"symbol": s, "date": f"{date}", "day": int(tau)} for s, date, tau in found if tau in near]


def _earnings_lines(asked: Asked, told: list[dict[str, Any]]) -> Iterator[str]:
    for one in told:
        head = f"Warning: {one['symbol']} told its results of {one['date']}"
        if one["day"] > 0:
            yield f"{head} into day {one['day']}: windows that reach it hold them too."
        else:
            yield f"{head} into day {one['day']}: part of what is abnormal may be theirs."
    for reason in dict.fromkeys(asked.undated.values()):
        yield f"Earnings dates of {', '.join(s for s, why in asked.undated.items() if why == reason)}: {said(reason)}"
    if not told and not asked.undated:
        yield "Earnings dates (Yahoo): none from the session before day 0 to the end of the windows."


def _verdicts(question: Question, asked: Asked, result: StudyResult) -> Iterator[str]:
    """Each sentence, and below it what was judged of it, in our words, and what was not."""
    for sentence in dict.fromkeys(question.sentences):
        yield f'"{sentence}"'
        for v in result.verdicts:
            if v.claim.place == sentence:
                yield f"  {told_word(v.word)}: {v.claim.text_en}\n    {said(v.reason)}"
        for u in asked.unread:
            if u.sentence == sentence:
                yield f"  read, not judged: {u.what}\n    {said(u.reason)}"


def _told(asked: Asked, result: StudyResult) -> Iterator[str]:
    """What was left out, shifted or substituted, other news, and where the prices are from."""
    for row in result.tables["excluded"].itertuples():
        if row.what != "partly" and row.security != asked.study.file.robustness.index:
            yield f"{row.security}: {said(row.reason)}".removeprefix(": ")
    yield from warned(result)
    yield from origin_lines(result)


def _facts(question: Question, asked: Asked, result: StudyResult) -> dict[str, Any]:
    every = on_day_zero(result.tables["tests"])
    undated = {symbol: str(why) for symbol, why in asked.undated.items()}
    tests, why = every[every["valid"].astype(bool)], none_leads(every)
    return {
        "securities": list(_rows(question, result)),
        "tests": plain(tests),
        "no_test_leads": None if why is None else str(why),
        "claims": plain(result.tables["claims"]),
        "not_judged": [{"sentence": u.sentence, "statement": u.what, "reason": str(u.reason)} for u in asked.unread],
        "stand_ins": dict(asked.stand_ins),
        "without": _without(result),
        "earnings": {"told": _earnings(result), "not_known": undated} if question.earnings else None,
        "notes": list(map(str, result.run["notes"])),
    }
