"""Write the figures that ship with a study: `python scripts/ship_figures.py FOLDER [STUDY [OUT]]`; FOLDER holds prices.

Prices become whole numbers (of a ten-thousandth, or of a cent for bars) so that they come back exactly; the panel keeps
logarithms in steps of 2e-6, which leaves a return within 0.02 basis points. The same input gives the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from eventwindow.calendars.exchange import Calendar, exchange_calendar
from eventwindow.study.definition import read_study
from eventwindow.study.load import exchanges_of

LIBRARY = Path(__file__).parents[1] / "src" / "eventwindow" / "study" / "library"
PRICES = ("open", "high", "low", "close", "adj_close")
BUDGET = 4_000_000  # bytes
LOG_STEP = 2e-6
COUNTS = Path(__file__).with_name("share_counts.csv")


def main(argv: list[str]) -> int:
    if not 1 <= len(argv) <= 3:
        print(__doc__, file=sys.stderr)
        return 2
    source, study = Path(argv[0]), LIBRARY / (argv[1] if len(argv) > 1 else "deepseek_2025")
    out = Path(argv[2]) if len(argv) > 2 else study / "figures"
    out.mkdir(parents=True, exist_ok=True)
    if study.name == "deepseek_2025":
        write_figures(source, out)
    else:
        write_adjusted(source, study, out)
    write_calendars(study, out)
    total = write_manifest(out)
    print(f"{total / 1e6:.2f} MB of figures written")
    return 0 if total <= BUDGET else 1


def write_adjusted(source: Path, study: Path, out: Path) -> None:
    """The adjusted closes of the symbols of a study, over the days that it needs; no close and no volume are held."""
    read = read_study(study)
    wide = pd.read_parquet(source / "us_adj_close.parquet").loc[str(read.start) : str(read.end), list(read.symbols)]
    long = wide.rename_axis("date").reset_index().melt("date", var_name="symbol", value_name="adj_close").dropna()
    write_long(long, out / "daily.parquet", "date", {"adj_close": 10_000})


def write_figures(source: Path, out: Path) -> None:
    """One file a table; each sorted by symbol and date."""
    daily = pd.read_csv(source / "daily.csv", parse_dates=["date"])
    write_long(daily, out / "daily.parquet", "date", dict.fromkeys(PRICES, 10_000) | {"volume": 1})
    megacaps = pd.read_csv(source / "megacaps.csv", parse_dates=["date"])
    write_long(megacaps, out / "megacaps.parquet", "date", {"close": 10_000})
    bars = pd.read_parquet(source / "intraday_5min.parquet")
    write_long(bars, out / "intraday.parquet", "start", dict.fromkeys(PRICES[:4], 100) | {"volume": 1})
    write_panel(pd.read_parquet(source / "sp500_adj_close.parquet"), out / "panel.parquet")
    for name in ("weights", "factors"):
        (out / f"{name}.csv").write_text((source / f"{name}.csv").read_text(encoding="utf-8"), encoding="utf-8")
    write_shares(out / "shares.csv")


def write_shares(out: Path) -> None:
    """The counts that share_counts.csv names a public page for, in the shares of the prices.

    Each is what was read on the page, times the splits since; of a receipt, times its part of a receipt.
    """
    counts = pd.read_csv(COUNTS, keep_default_na=False)
    shares = (counts["on_page"] * counts["times"]).round().astype("int64")
    told = counts["note"].mask(counts["times"] != 1, counts["note"] + counts.apply(_times, axis=1))
    written = counts.assign(note=told).drop(columns=["on_page", "times"])
    written.insert(2, "shares", shares)
    written.to_csv(out, index=False, lineterminator="\n")


def _times(row: pd.Series) -> str:
    return f"; {row['on_page']:,} on the page, times {row['times']:g}"


def write_calendars(study: Path, out: Path) -> None:
    """The sessions of every exchange of the study, over the span that it needs, from the calendar library."""
    read = read_study(study)
    kept: dict[str, list[str]] = {}
    for mic in dict.fromkeys(exchanges_of(read).values()):
        kept.setdefault(exchange_calendar(mic, read.start, read.end).mic, []).append(mic)
    calendars = [_calendar(exchange_calendar(mic, read.start, read.end), names) for mic, names in kept.items()]
    held = {"from": str(read.start), "to": str(read.end), "calendars": calendars}
    (out / "calendars.json").write_text(json.dumps(held) + "\n", encoding="utf-8")


def _calendar(calendar: Calendar, exchanges: list[str]) -> dict[str, object]:
    opens, closes = (moments.tz_localize(None) for moments in (calendar.opens, calendar.closes))
    return {
        "mic": calendar.mic,
        "exchanges": exchanges,
        "zone": calendar.zone,
        "sessions": calendar.sessions.strftime("%Y-%m-%d").tolist(),
        "opens": opens.strftime("%Y-%m-%dT%H:%M").tolist(),
        "closes": closes.strftime("%Y-%m-%dT%H:%M").tolist(),
    }


def write_long(table: pd.DataFrame, path: Path, moment: str, scales: dict[str, int]) -> None:
    """A table of one row a symbol and moment, its numbers as whole multiples of 1/scale."""
    table = table.sort_values(["symbol", moment])
    unit = "date32" if moment == "date" else "s"
    stamps = table[moment].to_numpy(dtype="datetime64[D]" if unit == "date32" else "datetime64[s]")
    columns = {moment: pa.array(stamps), "symbol": pa.array(table["symbol"].tolist())}
    columns |= {name: whole_numbers(table[name], scale) for name, scale in scales.items()}
    write_parquet(pa.table(columns), path, {"divide": scales}, [moment, *scales])


def write_panel(panel: pd.DataFrame, path: Path) -> None:
    """A wide table of adjusted closes: log(price) / LOG_STEP, rounded."""
    logs = np.log(panel.astype("float64"))
    columns = {"date": pa.array(panel.index.to_numpy(dtype="datetime64[D]"))}
    columns |= {str(symbol): whole_numbers(logs[symbol], 1 / LOG_STEP) for symbol in sorted(panel.columns)}
    write_parquet(pa.table(columns), path, {"exp": LOG_STEP}, list(columns))


def whole_numbers(values: pd.Series, scale: float) -> pa.Array:
    numbers = values.to_numpy(dtype=float) * scale
    missing = np.isnan(numbers)
    return pa.array(np.rint(np.where(missing, 0, numbers)).astype("int64"), mask=missing)


def write_parquet(table: pa.Table, path: Path, meaning: dict[str, object], deltas: list[str]) -> None:
    table = table.replace_schema_metadata({"eventwindow": json.dumps(meaning, sort_keys=True)})
    pq.write_table(
        table,
        path,
        compression="zstd",
        compression_level=19,
        use_dictionary=["symbol"],
        column_encoding=dict.fromkeys(deltas, "DELTA_BINARY_PACKED"),
        write_statistics=False,
        row_group_size=len(table),
    )


def write_manifest(out: Path) -> int:
    """The checksums of all figures in `out`; returns their total size in bytes."""
    files = sorted(path for path in out.iterdir() if path.name != "manifest.json")
    sums = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    manifest = out / "manifest.json"
    manifest.write_text(json.dumps({"sha256": sums}, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    return sum(path.stat().st_size for path in [*files, manifest])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
