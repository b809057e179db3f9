"""What the columns of result tables hold: in words, and whether a number is read as per cent."""

from __future__ import annotations

import pandas as pd

from eventwindow.errors import Catalogue, Reason

DECIMALS = {
    "actual_return", "expected_return", "abnormal_return", "std_error", "car", "estimate", "effect", "low", "high",
    "mean", "median", "lowest", "highest", "car_clean", "std_error_clean", "gap", "aar", "caar", "sd", "positive",
    "detectable", "low_sq", "high_sq", "expected_volatility", "share_same_sign", "share_significant", "market.value",
    "difference", "coefficient",
}  # fmt: skip


def decimal(table: str, name: str) -> bool:
    """Whether a column holds decimals that are read as per cent."""
    return name in DECIMALS or f"{table}.{name}" in DECIMALS


def explained(words: Catalogue, table: str, name: str) -> str:
    """What a column holds, in the table's own words where it has any; "" where the catalogue says nothing."""
    keys = (f"column.{table}.{name}", f"column.{name}")
    return next((words.text(key) for key in keys if key in words), "")


def worded(table: pd.DataFrame, words: Catalogue) -> pd.DataFrame:
    """The table with every reason in this language."""
    said = table.copy(deep=False)
    for name in [name for name in table if pd.api.types.is_object_dtype(table[name])]:
        if any(isinstance(value, Reason) for value in table[name]):
            said[name] = [words.reason(v) if isinstance(v, Reason) else v for v in table[name]]
    return said
