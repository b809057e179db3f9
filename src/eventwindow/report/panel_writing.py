"""Results of a panel study as files: small tables as CSV, the events as CSV or, where they are many, as Parquet."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from eventwindow.errors import file_name
from eventwindow.panel.form import PanelStudy
from eventwindow.panel.freeze import list_record
from eventwindow.panel.results import SMALL, PanelResult
from eventwindow.report.csv import csv_text, write_csv
from eventwindow.report.language import LANGUAGES
from eventwindow.report.panel import page
from eventwindow.report.swap import CHUNKS, swapped_in
from eventwindow.report.workbook import workbook_name

OURS = {"results", CHUNKS, *map(file_name, LANGUAGES), *map(workbook_name, LANGUAGES)}
ROWS_OF_CSV = 100_000  # more rows are written as Parquet


def write_panel(
    result: PanelResult,
    out: Path,
    study: PanelStudy,
    languages: Sequence[str] = (),
    *,
    chunks: Path | None = None,
    excel: bool = False,
) -> Path:
    """Write everything to a folder that takes the place of the earlier result; the path of the report.

    The page is written in `languages`, in all if none is named; so is the workbook, where `excel` asks for it. `chunks`
    is where those of this run are.
    """
    codes, frozen = languages or LANGUAGES, list_record(study)
    with swapped_in(out, OURS, chunks) as fresh:
        (fresh / "results").mkdir()
        _write_tables(result, fresh / "results")
        for code in codes:
            (fresh / file_name(code)).write_text(
                page(result, study, code, codes, frozen), encoding="utf-8", newline="\n"
            )
            if excel:
                result.to_excel(fresh / workbook_name(code), code)
        record = json.dumps(
            _record(result, study, frozen), ensure_ascii=False, indent=2, sort_keys=True, allow_nan=False
        )
        (fresh / "results" / "run.json").write_text(record + "\n", encoding="utf-8", newline="\n")
    return out / file_name(codes[0])


def _write_tables(result: PanelResult, folder: Path) -> None:
    for name in SMALL:
        table = getattr(result, name)
        if len(table) or name not in ("differences", "regression"):
            write_csv(table, folder / f"{name}.csv")
    specification, events = result.plan.specification, len(result.plan.events)
    _write_rows(result.cumulative_parts(), folder / "cumulative", events * len(specification.report))
    if specification.daily:
        _write_rows(result.daily_parts(), folder / "abnormal_returns", events * len(specification.window))


def _write_rows(parts: Iterator[pd.DataFrame], path: Path, rows: int) -> None:
    """Chunk after chunk into one file."""
    if rows <= ROWS_OF_CSV:
        with path.with_suffix(".csv").open("w", encoding="utf-8", newline="") as file:
            for number, part in enumerate(parts):
                text = csv_text(part)
                file.write(text if not number else text.split("\n", 1)[1])
        return
    import pyarrow as pa
    import pyarrow.parquet as pq

    writer = None
    for part in parts:
        texts = {c: part[c].cat.rename_categories(str) for c in part.columns.intersection(["note"])}
        table = pa.Table.from_pandas(part.assign(**texts), preserve_index=False)
        options: dict[str, Any] = {"compression": "zstd", "compression_level": 1, "use_dictionary": _texts(table)}
        writer = writer or pq.ParquetWriter(path.with_suffix(".parquet"), table.schema, **options)
        writer.write_table(table.cast(writer.schema))
    if writer is not None:
        writer.close()


def _texts(table: Any) -> list[str]:
    import pyarrow as pa

    return [field.name for field in table.schema if pa.types.is_dictionary(field.type)]


def _record(result: PanelResult, study: PanelStudy, frozen: Mapping[str, Any] | None) -> dict[str, Any]:
    """run.json: the specification, what went in with its checksums, and the versions."""
    given = study.file.model_dump(mode="json", exclude_none=True)
    given["event_list"].pop("chunk", None)  # no result depends on it
    inputs = {}
    for name in ("study.toml", study.file.event_list.file, study.file.event_list.factors):
        if name is not None:
            with (study.folder / name).open("rb") as file:
                inputs[name] = hashlib.file_digest(file, "sha256").hexdigest()
    return {**result.run, "study": given, "inputs": inputs, **({} if frozen is None else {"frozen": frozen})}
