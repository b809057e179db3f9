"""Who lost and who gained: the change of market value on day 0, company by company."""

from functools import partial

import pandas as pd

from eventwindow.claims.market_value import DOLLAR, counted_later, share_counts
from eventwindow.errors import Figure, NoFigure
from eventwindow.report.context import Context, of_result
from eventwindow.report.figures.chart import Chart, drawn
from eventwindow.report.figures.rows import Row, draw_rows
from eventwindow.report.figures.sheet import BLUE, FAINT, ORANGE
from eventwindow.report.language import number

LOSERS, GAINERS = 9, 5  # named; the rest of each side is one row
LEAST = 5  # companies with a share count


def gains(context: Context) -> Chart | None:
    """Dollars lost and gained on day 0 by the companies of the study whose shares are counted; None where few are."""
    data = gains_data(context)
    if len(data) < LEAST:
        return None
    down, up = data[data["change"] < 0], data[data["change"] > 0]
    values = {
        "n": len(data),
        "losers": len(down),
        "gainers": len(up),
        "lost": Figure(abs(down["change"].sum()), DOLLAR),
        "won": Figure(up["change"].sum(), DOLLAR, sign=False),
        "day": context.language.day(context.day_zero),
    }
    if late := counted_later(context.result.evidence, data["security"], context.day_zero.date()):
        values |= {"caption_key": "caption_later", "late": len(late.value("names"))}
    rows = [*_side(context, down, LOSERS, ORANGE), *_side(context, up[::-1], GAINERS, BLUE)]
    paint = partial(draw_rows, rows=rows, axis=context.language.text("market_value.axis"))
    return drawn(context, paint, "gains", data, **values)


@of_result
def gains_data(context: Context) -> pd.DataFrame:
    """A row a company: change of market value on day 0 in dollars, the largest loss first."""
    evidence, rows = context.result.evidence, []
    if "shares" not in evidence.tables:
        return pd.DataFrame(columns=["security", "date", "change"])
    currencies = evidence.securities.reindex(columns=["currency"])["currency"].to_dict()
    for security in dict.fromkeys(context.abnormal.labels["security"]):
        if currencies[security] == DOLLAR and (found := _change(context, security)) is not None:
            rows.append((security, context.day(security), found))
    table = pd.DataFrame(rows, columns=["security", "date", "change"])
    return table.sort_values("change", kind="stable").reset_index(drop=True)


def _change(context: Context, security: str) -> float | None:
    """Close less the close of the session before, times the shares that were known on the day."""
    evidence, day = context.result.evidence, context.day(security)
    if day != context.day_zero:
        return None
    try:
        shares = float(share_counts(evidence, security, pd.DatetimeIndex([day]))[0])
        change = (evidence.price(security, day) - evidence.previous_close(security, day)) * shares
    except NoFigure:  # no shares, no price of the day, or none of the session before
        return None
    return None if pd.isna(change) else change


def _side(context: Context, data: pd.DataFrame, most: int, colour: str) -> list[Row]:
    """The largest by name, the others together in grey."""
    named = data[:most].to_dict("records")
    rows = [_row(context, context.name(str(r["security"])), float(r["change"]), colour) for r in named]
    rest = data[most:]
    if len(rest):
        name = context.language.text("gains.others", n=len(rest))
        rows.append(_row(context, name, float(rest["change"].sum()), FAINT))
    return rows


def _row(context: Context, name: str, change: float, colour: str) -> Row:
    value = change / context.language.money
    said = number(value, 0 if abs(value) >= 1 else 1)
    mark = context.language.text("gains.mark", name=name, value=Figure(change, DOLLAR))
    return Row(name, value, colour, said, mark, filled=True)
