"""Wrong answers of Yahoo, each a function of the right one, and what else may go wrong around a pull."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NamedTuple

import pandas as pd

DAY, ZERO = 86_400, "2025-01-27"


class Fault(NamedTuple):
    """What is staged, for which tickers, and what is printed of it; "" where the right figures are got in spite of it."""

    what: str
    make: Any  # a name of the server's failures, or a function of the right answer
    printed: str = ""
    symbols: tuple[str, ...] = ("NVDA",)


def chart(body: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = body["chart"]["result"][0]
    return found


def meta(**told: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """The right rows under another head; None takes a key away."""

    def changed(body: dict[str, Any]) -> dict[str, Any]:
        head = chart(body)["meta"]
        head.update(told)
        chart(body)["meta"] = {k: v for k, v in head.items() if v is not None}
        return body

    return changed


def place(body: dict[str, Any], day: str = ZERO) -> int:
    stamps = pd.to_datetime(chart(body)["timestamp"], unit="s", utc=True).tz_convert("America/New_York")
    held = [i for i, s in enumerate(stamps) if str(s.date()) == day]
    return held[0] if held else -1


def quotes(change: Callable[[dict[str, list[Any]], int], None]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """The row of day 0 changed; an answer without that row (of the zone) is left as it is."""

    def changed(body: dict[str, Any]) -> dict[str, Any]:
        found = chart(body)
        if "timestamp" in found and (at := place(body)) >= 0:
            rows = found["indicators"]["quote"][0] | {"adjclose": found["indicators"]["adjclose"][0]["adjclose"]}
            change(rows, at)
        return body

    return changed


def times(factor: float, *names: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    def change(rows: dict[str, list[Any]], at: int) -> None:
        for name in names or ("open", "high", "low", "close", "adjclose"):
            rows[name][at] *= factor

    return quotes(change)


def put(value: Any, *names: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    def change(rows: dict[str, list[Any]], at: int) -> None:
        for name in names or ("open", "high", "low", "close", "adjclose"):
            rows[name][at] = value

    return quotes(change)


def stamps(change: Callable[[list[int]], list[int]]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    def changed(body: dict[str, Any]) -> dict[str, Any]:
        if "timestamp" in chart(body):
            chart(body)["timestamp"] = change(chart(body)["timestamp"])
        return body

    return changed


def weekday_later(held: list[int]) -> list[int]:
    days = pd.to_datetime(held, unit="s") + pd.offsets.BDay(1)
    return [int(day.timestamp()) for day in days]


def rows_kept(keep: slice) -> Callable[[dict[str, Any]], dict[str, Any]]:
    def changed(body: dict[str, Any]) -> dict[str, Any]:
        found = chart(body)
        if "timestamp" in found:
            found["timestamp"] = found["timestamp"][keep]
            for part in (found["indicators"]["quote"][0], found["indicators"]["adjclose"][0]):
                part.update({name: column[keep] for name, column in part.items()})
        return body

    return changed


def indicators(value: Any, key: str = "quote") -> Callable[[dict[str, Any]], dict[str, Any]]:
    def changed(body: dict[str, Any]) -> dict[str, Any]:
        chart(body)["indicators"][key] = value
        return body

    return changed


def without(key: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    def changed(body: dict[str, Any]) -> dict[str, Any]:
        chart(body).pop(key, None)
        return body

    return changed


def today_bar(told: bool) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """A bar of today, half as dear as the last one, under a trading period that is missing or ended long ago.

    It is of a moment that is past: the client drops a row of a moment to come.
    """

    def changed(body: dict[str, Any]) -> dict[str, Any]:
        found = chart(body)
        if "timestamp" in found:
            now = pd.Timestamp.now("America/New_York")
            opened = now.normalize() + pd.Timedelta("9h30min")
            found["timestamp"].append(int(min(opened, max(now - pd.Timedelta("1min"), now.normalize())).timestamp()))
            for part in (found["indicators"]["quote"][0], found["indicators"]["adjclose"][0]):
                for column in part.values():
                    column.append(column[-1] / 2)
        if not told:
            del found["meta"]["currentTradingPeriod"]
        return body

    return changed


def newest_price(factor: float) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """The last price that Yahoo tells of the newest row's own day, `factor` times that row's close."""

    def changed(body: dict[str, Any]) -> dict[str, Any]:
        found = chart(body)
        if "timestamp" in found:
            close = found["indicators"]["quote"][0]["close"][-1]
            told = {"regularMarketTime": found["timestamp"][-1] + 20_000, "regularMarketPrice": close * factor}
            found["meta"].update(told)
        return body

    return changed


def newest_close(factor: float) -> Callable[[dict[str, Any]], dict[str, Any]]:
    def changed(body: dict[str, Any]) -> dict[str, Any]:
        if "timestamp" in chart(body):
            chart(body)["indicators"]["quote"][0]["close"][-1] *= factor
        return body

    return changed


def split(ratio: float, applied: bool) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """A split in the middle of the estimation window, told; its prices before it divided or left as they were."""

    def changed(body: dict[str, Any]) -> dict[str, Any]:
        found = chart(body)
        if "timestamp" in found and len(found["timestamp"]) > 200:
            at = 120
            when = found["timestamp"][at]
            found["events"] = {"splits": {str(when): {"date": when, "numerator": ratio, "denominator": 1}}}
            for part in (found["indicators"]["quote"][0], found["indicators"]["adjclose"][0]):
                for name, column in part.items():
                    if not applied and name != "volume":
                        part[name] = [v if i < at else v / ratio for i, v in enumerate(column)]
        return body

    return changed


def deep(body: dict[str, Any]) -> str:
    return "[" * 100_000 + "]" * 100_000


ANSWERS = [
    Fault("it says that it is of another symbol", meta(symbol="KO"), "it is of 'KO'"),
    Fault("another currency", meta(currency="TWD"), "quoted in TWD, the study says USD"),
    Fault("another exchange's zone", meta(exchangeTimezoneName="Asia/Tokyo"), "of an exchange in Asia/Tokyo|Yahoo"),
    Fault("rows of a week, told so", meta(dataGranularity="1wk"), "rows are of 1wk"),
    Fault("rows of a week, not told", rows_kept(slice(None, None, 5)), "sessions of"),
    Fault("dates a day late", stamps(lambda held: [t + DAY for t in held]), "closes? moves? on|dates are shifted"),
    Fault("dates a day early", stamps(lambda held: [t - DAY for t in held]), "closes? moves? on|dates are shifted"),
    Fault("dates a trading day late", stamps(weekday_later), "dates are shifted"),
    Fault("dates forty years ago", stamps(lambda held: [t - 14_610 * DAY for t in held]), "rows run from|no price"),
    Fault("dates next year", stamps(lambda held: [t + 3_650 * DAY for t in held]), "no prices|rows run"),
    Fault("today's bar, no trading period", today_bar(told=False)),
    Fault("today's bar, yesterday's trading period", today_bar(told=True)),
    Fault("the newest close outside its day's range", newest_close(1.2), "newest close.*not the last price"),
    Fault("the newest close is not the last price told", newest_price(1.1), "newest close.*not the last price"),
    Fault("the newest close is the last price told", newest_price(1.001)),
    Fault("day 0 a hundredfold", times(100), "price 100|units|figures [-+]"),
    Fault("day 0 a hundredth", times(0.01), "units|figures [-+]"),
    Fault("close of day 0 10 % off, within the day's range", times(1.1), "return on 2025-01-27 is"),
    Fault("adjusted close of day 0 10 % off", times(1.1, "adjclose"), "adjusted close moves by"),
    Fault("day 0 a tenth, low and open left", times(0.1, "close", "adjclose"), "return on 2025-01-27 is"),
    Fault("day 0 negative", put(-5.0), "zero or below|Yahoo"),
    Fault("day 0 zero", put(0.0), "zero or below|Yahoo"),
    Fault("day 0 of 1e308", put(1e308), "Yahoo|units|figures"),
    Fault("no close on day 0 of the first member", put(None), "the window ends without a price"),
    Fault("no close on day 0 of another member", put(None), "the window ends without a price", ("TSM",)),
    Fault("no close on day 0 of the benchmark", put(None), "2025-01-27|benchmark", ("SPY",)),
    Fault("no close on day 0 of any member", put(None), "the window ends without a price", ("NVDA", "TSM", "KO")),
    Fault("no close on day 0 of anything", put(None), "no return in the window", ("NVDA", "TSM", "KO", "SPY")),
    Fault("rows in reverse", stamps(lambda held: held[::-1]), "Yahoo|closes move|dates are shifted|returns are not"),
    Fault(
        "every row twice", stamps(lambda held: [t for t in held[::2] for _ in (0, 1)][: len(held)]), "Yahoo|sessions"
    ),
    Fault("more rows than dates", stamps(lambda held: held[:-3]), "Yahoo's answer has not the form"),
    Fault("no dates", without("timestamp"), "Yahoo"),
    Fault("no indicators", without("indicators"), "Yahoo's answer has not the form"),
    Fault("no head", without("meta"), "Yahoo"),
    Fault("no quotes", indicators([]), "Yahoo"),
    Fault("null for quotes", indicators(None), "Yahoo"),
    Fault("one null for quotes", indicators([None]), "Yahoo"),
    Fault("empty quotes", indicators([{}]), "Yahoo"),
    Fault("text for quotes", indicators("none"), "Yahoo"),
    Fault("null for adjusted closes", indicators(None, "adjclose"), "Yahoo|adjusted"),
    Fault("no quotes of any", indicators([]), "4 shipped", ("NVDA", "TSM", "KO", "SPY")),
    Fault("text for numbers", put("abc"), "Yahoo"),
    Fault("a list for a number", put([1, 2]), "Yahoo"),
    Fault("a list for the answer", lambda body: "[]", "Yahoo"),
    Fault("a number for the answer", lambda body: "42", "Yahoo"),
    Fault("null for the answer", lambda body: "null", "Yahoo"),
    Fault("an empty object", lambda body: "{}", "Yahoo"),
    Fault("no result", lambda body: '{"chart": {"result": [], "error": null}}', "Yahoo"),
    Fault("a hundred thousand brackets", deep, "Yahoo's answer has not the form"),
    Fault("an empty body", lambda body: "", "Yahoo"),
    Fault("half of a body", lambda body: json.dumps(body)[: len(json.dumps(body)) // 2], "page that is no data"),
    Fault("bytes that are no text", lambda body: bytes(range(128, 256)) * 9, "Yahoo"),
    Fault("a split told and applied", split(10, applied=True)),
    Fault("a split told and not applied", split(10, applied=False)),
    Fault("429 to the first ticker", "refuse", "429"),
    Fault("429 to all", "refuse", "429", ("NVDA", "TSM", "KO", "SPY")),
    Fault("403", "forbidden", "Yahoo"),
    Fault("500 as a page", "page", "page that is no data"),
    Fault("a page of maintenance", "maintenance", "page that is no data"),
    Fault("a redirect to itself", "moved", "Yahoo|redirect"),
    Fault("204, nothing", "nothing", "Yahoo"),
    Fault("a connection cut", "cut", "connection to Yahoo failed"),
    Fault("no answer in time", "silence", "timed out"),
]


def since(day: str, change: Callable[[int], int]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """The dates from a day on changed."""
    first = pd.Timestamp(day, tz="America/New_York").timestamp()
    return stamps(lambda held: [change(t) if t >= first else t for t in held])


def second_row(factor: float) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Day 0 once more an hour later, at another price."""

    def changed(body: dict[str, Any]) -> dict[str, Any]:
        found = chart(body)
        if "timestamp" in found and (at := place(body)) >= 0:
            found["timestamp"].insert(at + 1, found["timestamp"][at] + 3_600)
            for part in (found["indicators"]["quote"][0], found["indicators"]["adjclose"][0]):
                for name, column in part.items():
                    column.insert(at + 1, column[at] * (1 if name == "volume" else factor))
        return body

    return changed


def another(body: dict[str, Any]) -> dict[str, Any]:
    """Prices of something else under the right head: 1.6 times as dear, moving the other way."""
    for part in (chart(body)["indicators"]["quote"][0], chart(body)["indicators"]["adjclose"][0]):
        for name, column in part.items():
            part[name] = column if name == "volume" else [1e4 / v for v in column]
    return body


def next_day_row(body: dict[str, Any]) -> dict[str, Any]:
    found = chart(body)
    if "timestamp" in found:
        day = pd.Timestamp.now("America/New_York").normalize() + pd.Timedelta("2D")
        found["timestamp"].append(int((day + pd.Timedelta("9h30min")).timestamp()))
        for part in (found["indicators"]["quote"][0], found["indicators"]["adjclose"][0]):
            for column in part.values():
                column.append(column[-1])
    return body


def half_a_today(body: dict[str, Any]) -> dict[str, Any]:
    """Today's bar at half of the last price that is told of today: the rows are of another security."""
    found = chart(today_bar(told=True)(body))
    if "timestamp" in found:
        price = found["indicators"]["quote"][0]["close"][-2]
        found["meta"].update(regularMarketTime=found["timestamp"][-1] + 60, regularMarketPrice=price)
    return body


ALONE = [  # of a security that no shipped figures vouch for
    Fault("it says that it is of another symbol of that currency", meta(symbol="TSM"), "it is of 'TSM'"),
    Fault("another security's prices under its head", another, "is not the last price that it tells"),
    Fault("today's bar is not the last price of today", half_a_today, "is not the last price that it tells"),
    Fault("a row of a day to come", next_day_row),
    Fault("dates a day late", stamps(lambda held: [t + DAY for t in held]), "closes? moves? on|dates are shifted"),
    Fault("dates a day early", stamps(lambda held: [t - DAY for t in held]), "closes? moves? on|dates are shifted"),
    Fault("dates a trading day late", stamps(weekday_later), "dates are shifted"),
    Fault("dates a day late from January on", since("2025-01-06", lambda t: t + DAY), "closes? moves? on"),
    Fault("day 0 a hundredfold", times(100), "other units"),
    Fault("close of day 0 a hundredfold, the adjusted one left", times(100, "close"), "other units"),
    Fault("adjusted close of day 0 10 % off", times(1.1, "adjclose"), "its adjusted close moves by"),
    Fault("close of day 0 10 % off, the adjusted one left", times(1.1, "close"), "its adjusted close moves by"),
    Fault("day 0 once more, at another price", second_row(1.1)),
    Fault("day 0 twice, at one price", second_row(1.0)),
    Fault("no close on day 0", put(None), "the window ends without a price"),
    Fault("the first half lacking", rows_kept(slice(280, None)), "247 of 250 returns in the estimation window"),
    Fault("the last half lacking", rows_kept(slice(None, 280)), "no row on day 0"),
    Fault("today's bar, no trading period", today_bar(told=False)),
    Fault("another currency", meta(currency="TWD"), "quoted in TWD, the study says USD"),
]
