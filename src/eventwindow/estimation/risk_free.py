"""An event's own risk-free rate: a series beside the returns, named in the list's column `risk_free`."""

from collections.abc import Callable

import pandas as pd

from eventwindow.errors import StudyError, counted, percent

COLUMN = "risk_free"
MOST = 0.002  # a day on average: 65 % a year


def check_rates(events: pd.DataFrame, model: object, where: Callable[[int], str]) -> None:
    """The column, where there is one, names a series for every event, and the model takes one."""
    if COLUMN not in events:
        return
    if getattr(model, COLUMN, None) is None:
        what = f"the model {str(getattr(model, 'name', model))!r} takes no risk-free rate"
        remedy = "Choose capm or another factor model of excess returns, or take the column out."
        raise StudyError(what, where=f"column {COLUMN!r}", remedy=remedy)
    blank = (events[COLUMN].isna() | events[COLUMN].astype(str).str.strip().eq("")).to_numpy()
    if blank.any():
        raise StudyError(
            f"{counted(int(blank.sum()), 'event')} without a risk-free rate",
            where=where(int(blank.argmax())),
            remedy=f"Name a series of the panel in the column {COLUMN!r}.",
        )


def check_rate(rate: pd.Series) -> None:
    """A rate is what it pays from one row to the next, in decimals: a yearly yield or per cent is refused."""
    usual, days = float(rate.abs().mean()), pd.Series(pd.DatetimeIndex(rate.index)).diff().dt.days.median()
    if usual > MOST * max(1.0, days):
        told = f"{percent(usual, sign=False)} on an ordinary day"
        what = f"the risk-free rate {str(rate.name)!r} is {told}: a yearly yield, or per cent?"
        raise StudyError(what, remedy="Give what it pays in a day, in decimals: 0.0002 is 5 % a year.")


def with_rate(factors: pd.DataFrame | pd.Series, rate: pd.Series) -> pd.DataFrame:
    """Factors with this rate as `rf`; a lone market becomes its excess return, `mkt_rf`."""
    check_rate(rate)
    table = factors.to_frame("market") if isinstance(factors, pd.Series) else factors
    own = rate.reindex(table.index)
    if list(table.columns) == ["market"]:
        return pd.DataFrame({"mkt_rf": table["market"] - own, "rf": own})
    return table.assign(rf=own)
