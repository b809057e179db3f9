"""Where prices come from: Yahoo, a file of the user's, the figures that ship; kept, checked, never silently wrong."""

from eventwindow.prices.bundled import check_sums, shipped_tables
from eventwindow.prices.history import PriceHistory, Prices, Unavailable
from eventwindow.prices.load import load_prices

__all__ = ["PriceHistory", "Prices", "Unavailable", "check_sums", "load_prices", "shipped_tables"]
