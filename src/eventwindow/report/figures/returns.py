"""Figures of abnormal returns without a study: each event's CAR, the daily means, their running sum, day 0."""

from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd

from eventwindow.calendars.window import Window
from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.report.figures.chart import Chart, charted
from eventwindow.report.figures.lines import Days, Series, draw_lines
from eventwindow.report.figures.rows import Row, draw_rows
from eventwindow.report.figures.sheet import BLUE, FAINT, SERIES, Sheet
from eventwindow.report.language import Language, percent, tau

NAMED, LISTED = 6, 40  # lines with a name; events on day 0


def car(study: AbnormalReturns, language: Language) -> Chart:
    """A line an event: its CAR from the first day of the event window on."""
    spans = [Window(study.window.start, int(day)) for day in study.window.taus]
    sums = np.column_stack([study.car(span).car for span in spans])
    data = _by_day(study, "car", sums)
    names = study.labels["security"].tolist()
    series = [_line(row, n, names, study) for n, row in enumerate(100 * sums)]
    return _lines("car", study, language, data, series, mean=float(np.nanmean(sums[:, -1])))


def _line(values: np.ndarray, n: int, names: list[str], study: AbnormalReturns) -> Series:
    """One event's line; few are told apart by name and colour, many are faint."""
    if len(names) > NAMED:
        return Series(values.tolist(), FAINT, width=1, opacity=max(0.15, min(0.6, 12 / len(names))))
    days = zip(study.window.taus, values / 100, strict=True)
    titles = [f"{names[n]}, {tau(int(day))}: {percent(value, 2)}" for day, value in days]
    return Series(values.tolist(), SERIES[n % len(SERIES)], names[n], titles, dash="" if n < len(SERIES) else "5 3")


def aar(study: AbnormalReturns, language: Language) -> Chart:
    data = study.aar().reset_index()
    return _mean_line("aar", study, language, data, "aar")


def caar(study: AbnormalReturns, language: Language) -> Chart:
    means = study.aar()
    data = means.assign(caar=means["aar"].cumsum(skipna=False)).reset_index()
    return _mean_line("caar", study, language, data, "caar")


def _mean_line(name: str, study: AbnormalReturns, language: Language, data: pd.DataFrame, column: str) -> Chart:
    titles = [f"{tau(int(str(r.tau)))}: {percent(getattr(r, column), 2)}, N = {r.n}" for r in data.itertuples()]
    line = Series((100 * data[column]).tolist(), BLUE, titles=titles)
    at = -study.window.start if column == "aar" and 0 in study.window else -1
    mean = float(data[column].iloc[at])
    return _lines(name, study, language, data, [line], mean=mean)


def _lines(
    name: str, study: AbnormalReturns, language: Language, data: pd.DataFrame, series: list[Series], *, mean: float
) -> Chart:
    """Lines over the days of the event window, with the words of the figure `name`."""
    zero = [(int(-study.window.start), language.text("plot.day0"))] if 0 in study.window else []
    days = Days([tau(int(day)) for day in study.window.taus], zero)
    paint = partial(draw_lines, days=days, series=series, axis=language.text(f"plot.{name}_axis"))
    return _charted(paint, name, study, language, data, mean)


def day0(study: AbnormalReturns, language: Language) -> Chart:
    """The abnormal return of each event on day 0 with its 95 % interval, the largest fall first."""
    held = study.car(0)
    low, high = held.interval()
    data = study.labels[["event", "security"]].assign(car=held.car, low=low, high=high, p_value=held.p_value)
    data = data.dropna(subset="car").sort_values("car", kind="stable").reset_index(drop=True)
    ends = data if len(data) <= LISTED else pd.concat([data.head(LISTED // 2), data.tail(LISTED // 2)])
    rows = [_row(*row) for row in ends[["security", "car", "low", "high"]].to_numpy(object).tolist()]
    paint = partial(draw_rows, rows=rows, axis=language.text("plot.day0_axis"))
    return _charted(paint, "day0", study, language, data, float(data["car"].mean()))


def _row(name: str, value: float, low: float, high: float) -> Row:
    title = f"{name}: {percent(value, 2)} ({percent(low, 2)}, {percent(high, 2)})"
    return Row(name, 100 * value, BLUE, percent(value), title, (100 * low, 100 * high))


def _charted(
    paint: Callable[[Sheet], None],
    name: str,
    study: AbnormalReturns,
    language: Language,
    data: pd.DataFrame,
    mean: float,
) -> Chart:
    span = {"start": tau(study.window.start), "end": tau(study.window.end)}
    said = {"n": len(study), "mean": percent(mean, 2), **span}
    title, caption = (language.written(language.text(f"plot.{name}_{part}", **said)) for part in ("title", "caption"))
    return charted(paint, name, title, caption, f"{title}. {caption}", data)


def _by_day(study: AbnormalReturns, name: str, values: np.ndarray) -> pd.DataFrame:
    """A row an event and day."""
    frame = study.to_frame()[["event", "security", "date", "tau"]]
    return frame.assign(**{name: values.ravel()})


RETURNS: dict[str, Callable[[AbnormalReturns, Language], Chart]] = {"car": car, "aar": aar, "caar": caar, "day0": day0}
