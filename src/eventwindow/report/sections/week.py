"""The days in pictures: prices, news, cumulative abnormal returns, market value."""

from collections.abc import Iterator

from eventwindow.report.blocks import Block, Picture
from eventwindow.report.context import Context
from eventwindow.report.sections.data import news_table


def week(context: Context) -> Iterator[Block]:
    yield Picture("prices")
    yield from news_table(context)
    yield Picture("car")
    yield Picture("market_value", floats=True)
    yield Picture("gains")
    yield Picture("recovery")
