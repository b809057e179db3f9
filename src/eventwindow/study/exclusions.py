"""What a study leaves out or substitutes before anything is computed."""

from __future__ import annotations

from eventwindow.estimation.by_exchange import NO_BENCHMARK
from eventwindow.study.load import Inputs


def told_before(inputs: Inputs) -> list[tuple[str, str, str, str]]:
    """(event, security, what, reason): what is excluded or substituted before anything is computed."""
    study, rows = inputs.study, []
    for symbol in study.symbols:
        if symbol in inputs.prices.unavailable:
            rows.append(("", symbol, "excluded", inputs.prices.unavailable[symbol].reason))
        elif symbol in inputs.prices and inputs.prices[symbol]["adj_close"].isna().all():
            rows.append(("", symbol, "substituted", "no adjusted close is held: returns are those of the close"))
    for stock in study.stocks:
        if stock.symbol in inputs.prices and inputs.prices[stock.symbol]["volume"].isna().all():
            rows.append(("", stock.symbol, "partly", "no trading volume is held: left out of abnormal volume"))
    for stock in study.stocks:
        if study.benchmark_of(stock) == NO_BENCHMARK:
            why = "the data hold no local benchmark: expected return is the mean of the estimation window"
            rows.append(("", stock.symbol, "substituted", why))
    absent = [f for f in inputs.quality.findings if f.kind == "no_day_zero"]
    return rows + [(str(f.figures["event"]), f.symbol, "excluded", f.text_en) for f in absent]
