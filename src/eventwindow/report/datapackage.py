"""datapackage.json: what each result table and each figure's table holds, after the Frictionless standard."""

import json
from collections.abc import Mapping
from typing import Any

import pandas as pd
from pandas.api import types

from eventwindow.errors import catalogue
from eventwindow.estimation.exports import decimal, explained
from eventwindow.report.csv import inert
from eventwindow.study.result import StudyResult

DESCRIPTION = (
    "Every table is UTF-8. A text that begins like a spreadsheet formula (=, +, -, @, tab) "
    "stands with an apostrophe before it; numbers stand as they are."
)


def datapackage(result: StudyResult, figures: Mapping[str, pd.DataFrame]) -> str:
    """The package as JSON: `results/*.csv` and `figures/*.csv`, column by column."""
    resources = [_resource(name, f"results/{name}.csv", table) for name, table in result.tables.items()]
    resources += [_resource(f"figure-{name}", f"figures/{name}.csv", table) for name, table in figures.items()]
    package = {
        "profile": "tabular-data-package",
        "name": result.name.lower(),
        "title": result.title_en or result.name,
        "description": DESCRIPTION,
        "resources": resources,
    }
    return json.dumps(package, ensure_ascii=False, indent=2) + "\n"


def _resource(name: str, path: str, table: pd.DataFrame) -> dict[str, Any]:
    return {
        "profile": "tabular-data-resource",
        "name": name.replace("_", "-").lower(),
        "path": path,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {"fields": [_field(name, str(c), table[c]) for c in table.columns], "missingValues": [""]},
    }


def _field(table: str, name: str, column: pd.Series) -> dict[str, str]:
    told = [explained(catalogue("en"), table, name), "Decimal, not per cent." if decimal(table, name) else ""]
    words = " ".join(filter(None, told))
    return {"name": inert(name), "type": _type(column)} | ({"description": words} if words else {})


def _type(column: pd.Series) -> str:
    if types.is_bool_dtype(column):
        return "boolean"
    if types.is_integer_dtype(column):
        return "integer"
    if types.is_float_dtype(column):
        return "number"
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        return "string"
    return "date" if types.is_datetime64_dtype(column) else "string"
