"""An event's share of the variance of five-minute returns, and the response that its heteroskedasticity identifies.

    python variance_share.py FOLDER

writes bars.csv, reads it again, and writes expected_variance_share.csv.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

EVENT_DATE, CONTROL_DAYS, BARS = "2025-01-27", 20, 78
WINDOWS = {"09:35-16:00": (0, 78), "09:35-10:30": (0, 12), "12:35-16:00": (36, 78)}  # ends of the first and last bar
DIGITS = "%.12g"


def bars():
    """Log returns of two stocks over 78 five-minute bars a session: U-shaped, and wider on the event's morning."""
    g = np.random.default_rng(20250203)
    dates = pd.bdate_range(end=EVENT_DATE, periods=CONTROL_DAYS + 1)
    shape = 0.0009 + 0.0012 * np.abs(np.linspace(-1, 1, BARS)) ** 3
    times = [f"{(570 + 5 * (i + 1)) // 60:02d}:{(570 + 5 * (i + 1)) % 60:02d}" for i in range(BARS)]
    rows = []
    for date in dates:
        rise = (
            np.where(np.arange(BARS) < 30, 4.0, 1.1)
            if str(date.date()) == EVENT_DATE
            else np.full(BARS, g.uniform(0.8, 1.25))
        )
        news = shape * np.sqrt(np.maximum(rise**2 - 1, 0)) * g.standard_normal(BARS)
        x = news + shape * np.minimum(rise, 1.25) * g.standard_t(6, BARS) / np.sqrt(1.5)
        y = 0.6 * news + 0.3 * x * (rise < 1.3) + shape * 0.8 * g.standard_t(6, BARS) / np.sqrt(1.5)
        rows += [(date.date(), time, *pair) for time, *pair in zip(times, x, y, strict=True)]
    return pd.DataFrame(rows, columns=["date", "time", "x", "y"])


def one_window(table, first, last):
    """Moments about zero: of the event's bars, and of the same bars of every control day."""
    days = {date: part.iloc[first:last] for date, part in table.groupby("date", sort=True)}
    event = days.pop(EVENT_DATE)
    control = pd.concat(days.values())
    out = {"variance_event": np.mean(event["x"] ** 2), "variance_control": np.mean(control["x"] ** 2)}
    out["variance_ratio"] = out["variance_event"] / out["variance_control"]
    out["variance_share"] = 1 - out["variance_control"] / out["variance_event"]
    each = [np.mean(part["x"] ** 2) for part in days.values()]
    out["p_value"] = (1 + sum(v >= out["variance_event"] for v in each)) / (len(each) + 1)
    covariance = np.mean(event["x"] * event["y"]) - np.mean(control["x"] * control["y"])
    out["response"] = covariance / (out["variance_event"] - out["variance_control"])
    z = np.concatenate([event["x"] / len(event), -control["x"] / len(control)])  # the instrument of Rigobon & Sack
    x, y = np.concatenate([event["x"], control["x"]]), np.concatenate([event["y"], control["y"]])
    assert np.isclose(out["response"], (z @ y) / (z @ x), rtol=1e-12)
    out["response_error"] = np.sqrt(np.sum(z**2 * (y - out["response"] * x) ** 2)) / abs(z @ x)
    out["event_slope"] = np.sum(event["x"] * event["y"]) / np.sum(event["x"] ** 2)
    out["bars_event"], out["bars_control"] = len(event), len(control)
    return out


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    bars().to_csv(folder / "bars.csv", index=False, float_format=DIGITS)
    table = pd.read_csv(folder / "bars.csv")
    rows = [
        (name, key, value)
        for name, (first, last) in WINDOWS.items()
        for key, value in one_window(table, first, last).items()
    ]
    pd.DataFrame(rows, columns=["window", "quantity", "value"]).to_csv(
        folder / "expected_variance_share.csv", index=False, float_format=DIGITS)  # fmt: skip


if __name__ == "__main__":
    main(Path(sys.argv[1]))
