"""What the columns of result tables hold: in words, and whether a number is read as per cent."""

from __future__ import annotations

from eventwindow.errors import Catalogue

DECIMALS = {
    "actual_return", "expected_return", "abnormal_return", "std_error", "car", "estimate", "effect", "low", "high",
    "mean", "median", "lowest", "highest", "car_clean", "std_error_clean", "gap", "aar", "caar", "sd", "positive",
    "detectable", "low_sq", "high_sq", "expected_volatility", "share_same_sign", "share_significant", "market.value",
}  # fmt: skip


def decimal(table: str, name: str) -> bool:
    """Whether a column holds decimals that are read as per cent."""
    return name in DECIMALS or f"{table}.{name}" in DECIMALS


def explained(words: Catalogue, table: str, name: str) -> str:
    """What a column holds, in the table's own words where it has any; "" where the catalogue says nothing."""
    keys = (f"column.{table}.{name}", f"column.{name}")
    return next((words.text(key) for key in keys if key in words), "")
