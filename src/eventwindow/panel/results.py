"""What a panel study came to: small tables by group and window, and the events chunk by chunk, as tables."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import stdtr

from eventwindow.errors import Reason, StudyError, counted
from eventwindow.estimation.abnormal import day_by_day
from eventwindow.estimation.exports import Basis, Exports, tool, worded
from eventwindow.estimation.models import model_named
from eventwindow.inference.cross_section import CrossSection
from eventwindow.inference.design import TOGETHER
from eventwindow.inference.registry import results_of
from eventwindow.inference.sample import sample
from eventwindow.inference.tables import TESTS, row_of_test
from eventwindow.panel.checkpoints import Chunks
from eventwindow.panel.chunk import Arrays
from eventwindow.panel.contrasts import PAIRED, differences, regression
from eventwindow.panel.events import told_of_all
from eventwindow.panel.plan import Plan
from eventwindow.panel.tally import Tally, cross_section, design_of, incomplete_windows

ALL = "all"
PLAIN = 20_000  # events of one day that are tested as a small study is
SMALL = ("tests", "caar", "aar", "differences", "regression", "excluded")
TABLES = (*SMALL, "cumulative")
LONG = 20_000  # CARs above which they stand in no workbook


@dataclass(frozen=True, eq=False)
class PanelResult(Exports):
    """What a panel study came to: tables of decimals, in which the group "all" stands for all events.

    Attributes
    ----------
    tests : DataFrame
        Every test by group and window.
    caar : DataFrame
        CAAR, median, share of positive CARs and their standard deviation by group and window.
    aar : DataFrame
        Mean AR and its running sum by group and event day.
    differences : DataFrame
        CAAR of one group less that of another, by pair, window and method; empty where no pair was asked for.
    regression : DataFrame
        Slopes of CARs on the characteristics, by window, term and method; empty where none was asked for.
    excluded : DataFrame
        What was left out or shifted, and why.
    cumulative : DataFrame
        A row an event and window; `cumulative_parts` gives the same chunk by chunk.
    run : mapping
        Specification, checksum of the panel, and versions.
    plan, chunks
        What was run, and its finished chunks.

    Examples
    --------
    >>> result = ew.panel_study(returns, events, benchmark="MKT", report=[0], **spans)
    >>> result.tests.loc[result.tests["valid"], "test"].iloc[0]
    'date_permutation_mean'
    >>> result.cumulative[["security", "car"]].round(4).to_numpy().tolist()
    [['A', -0.0494], ['B', -0.0481], ['C', -0.0488]]
    """

    tests: pd.DataFrame
    caar: pd.DataFrame
    aar: pd.DataFrame
    differences: pd.DataFrame
    regression: pd.DataFrame
    excluded: pd.DataFrame
    run: Mapping[str, Any]
    plan: Plan
    chunks: Chunks

    def cumulative_parts(self) -> Iterator[pd.DataFrame]:
        """Chunk by chunk, a row an event and window, in the order of day 0."""
        for number, arrays in self._parts():
            yield cumulative_rows(self.plan, number, arrays)

    def daily_parts(self) -> Iterator[pd.DataFrame]:
        """Chunk by chunk, a row an event and day; empty unless the study was asked for `daily`."""
        if self.plan.specification.daily:
            for number, arrays in self._parts():
                yield daily_rows(self.plan, number, arrays)

    def _parts(self) -> Iterator[tuple[int, dict[str, np.ndarray]]]:
        """The chunks that hold an event with a fit."""
        for number in range(len(self.plan)):
            arrays = self.chunks.load("first", number)
            if "events/row" in arrays:
                yield number, arrays

    @property
    def cumulative(self) -> pd.DataFrame:
        """All events and windows in one table."""
        return pd.concat(self.cumulative_parts(), ignore_index=True)

    def to_frame(self, table: str = "caar") -> pd.DataFrame:
        """caar, aar, tests, differences, regression, excluded or cumulative, its reasons in English."""
        return worded(self._held(table))

    def _held(self, table: str) -> pd.DataFrame:
        if table not in TABLES:
            raise StudyError(f"a panel study has no table {table!r}", remedy=f"There are {', '.join(TABLES)}.")
        frame: pd.DataFrame = getattr(self, table)
        return frame

    def to_excel(self, path: Path | str, language: str = "en") -> Path:
        """Write one workbook: means, daily means, tests, CARs where they are few, exclusions; the first sheet explains.

        Parameters
        ----------
        path : path or str
            A file that ends in .xlsx.
        language : str
            Of the sheets' names and the explanations.
        """
        rows = len(self.plan.events) * len(self.plan.specification.report)
        held = {name: getattr(self, name) for name in SMALL}
        asked = {"differences", "regression"}
        tables: dict[str, Any] = {name: t for name, t in held.items() if len(t) or name not in asked}
        tables["car"] = self.cumulative if rows <= LONG else rows
        found: Path = tool("excel")(tables, path, language)
        return found

    def _exported(self, name: str) -> pd.DataFrame:
        return self._held(name or "caar")

    @property
    def basis(self) -> Basis:
        spec = self.plan.specification
        return Basis((model_named(spec.model).name,), spec.estimation, spec.window)

    def __repr__(self) -> str:
        return (
            f"Panel study of {counted(len(self.plan.events), 'event')}\n{self.caar.to_string(index=False, max_rows=20)}"
        )


def leading(table: pd.DataFrame) -> pd.DataFrame:
    """Of a table of differences or slopes, the method that leads in each pair or term and window."""
    keys = [name for name in ("group", "other", "term", "window_start", "window_end") if name in table]
    held = table[table["valid"].astype(bool) & table["p_value"].notna()]
    return pd.concat([held, table]).drop_duplicates(keys).sort_index(kind="stable")


def panel_result(plan: Plan, kept: Chunks, tally: Tally, columns: list[Arrays]) -> PanelResult:
    """Everything that is asked of the finished chunks."""
    slopes, lacking = regression(plan, tally, columns, plan.asked)
    held, days = ([column[name] for column in columns] for name in ("held", "lacking"))
    lacking = [*lacking, *incomplete_windows(plan.specification.report, held, days)]
    excluded = pd.concat(
        [plan.events.exclusions, told_of_all(lacking), *(excluded_rows(plan, n, kept) for n in range(len(plan)))],
        ignore_index=True,
    )
    return PanelResult(
        _tests(plan, tally, columns),
        _caar(plan, tally, columns),
        _aar(plan, tally),
        differences(plan, tally, columns, plan.asked),
        slopes,
        excluded,
        _record(plan),
        plan,
        kept,
    )


def _groups(plan: Plan, tally: Tally) -> Iterator[tuple[int, str]]:
    """Numbers and names of the groups that have an event with a fit, all events first."""
    yield -1, ALL
    seen = set(np.unique(tally.group).tolist())
    yield from ((g, name) for g, name in enumerate(plan.events.groups) if g in seen)


def _tests(plan: Plan, tally: Tally, columns: list[Arrays]) -> pd.DataFrame:
    rows = []
    for group, name in _groups(plan, tally):
        for w, window in enumerate(plan.specification.report):
            events = _events(plan, tally, group, w, columns[w])
            rows += [row_of_test("", name, window, result) for result in results_of(events)]
    return pd.DataFrame(rows, columns=TESTS)


def _events(plan: Plan, tally: Tally, group: int, w: int, column: Arrays) -> CrossSection:
    """The events of a group that hold a window, with their days where they share them or count those of exchanges.

    Others are known by the sums of their chunks, and by their pairs, where they hold together in memory.
    """
    chosen, window = tally.chosen(group, column["held"]), plan.specification.report[w]
    row = np.sort(tally.row[chosen])
    several, few = plan.several_exchanges(row), len(row) <= PAIRED
    if few if several else design_of(tally.day[chosen], window) in TOGETHER:
        mine = np.flatnonzero(tally.chosen(group, np.ones(len(chosen), bool)))
        first = mine[np.argsort(~chosen[mine], kind="stable")][:PLAIN]  # those that hold the window come first
        return sample(plan.fitted_together(np.sort(tally.row[first])), window)
    if few:
        pairs = sample(plan.fitted_together(row), window)
        return cross_section(tally, group, w, column, pairs.car_variance, pairs.rank_sum)
    why = Reason("for_at_most", most=PAIRED, n=len(row))
    found = cross_section(tally, group, w, column, why, why)
    # one date is not one run of days where exchanges differ
    return replace(found, design="staggered", correlation=why) if several else found


def _caar(plan: Plan, tally: Tally, columns: list[Arrays]) -> pd.DataFrame:
    rows = []
    for group, name in _groups(plan, tally):
        for w, window in enumerate(plan.specification.report):
            car = columns[w]["car"][tally.chosen(group, columns[w]["held"])]
            n = len(car)
            figures = (
                (car.mean(), np.median(car), (car > 0).mean(), car.std(ddof=1) if n > 1 else None) if n else (None,) * 4
            )
            rows.append((name, window.start, window.end, n, *figures))
    return pd.DataFrame(rows, columns=["group", "window_start", "window_end", "n", "caar", "median", "positive", "sd"])


def _aar(plan: Plan, tally: Tally) -> pd.DataFrame:
    """The mean AR of each day over the events that have one, and its running sum."""
    taus, parts = plan.specification.window.taus, []
    for group, name in _groups(plan, tally):
        total, n = (tally.sums[key] if group < 0 else tally.sums[key][[group]] for key in ("aar", "aar events"))
        total, n = total.sum(axis=0), n.sum(axis=0)
        mean = np.where(n > 0, total / np.maximum(n, 1), np.nan)
        parts.append(
            pd.DataFrame({"group": name, "tau": taus, "aar": mean, "n": n.astype(int), "caar": np.cumsum(mean)})
        )
    return pd.concat(parts, ignore_index=True)


def _record(plan: Plan) -> dict[str, Any]:
    """The content of run.json: no clock, no machine path, nothing of how the work was shared out."""
    from importlib.metadata import version

    spec, sessions = plan.specification, plan.panel.sessions
    spans = {"estimation": spec.estimation, "event": spec.window}
    return {
        "model": model_named(spec.model).name,
        "windows": {name: [w.start, w.end] for name, w in spans.items()}
        | {"report": [[w.start, w.end] for w in spec.report]},
        "minimum_returns": spec.minimum_returns,
        "returns": spec.kind,
        "contamination": spec.contamination,
        "exchanges": list(plan.exchanges),
        "benchmarks": [name for name in plan.events.benchmarks if name],
        "groups": list(plan.events.groups),
        "events": {
            "placed": len(plan.events),
            "securities": len(np.unique(plan.events.security)),
            "told": len(plan.events.exclusions),
            "sharing_a_day": plan.events.sharing,
        },
        "panel": {
            "securities": len(plan.panel.securities),
            "sessions": len(sessions),
            "first": f"{sessions[0]:%Y-%m-%d}",
            "last": f"{sessions[-1]:%Y-%m-%d}",
            "sha256": plan.panel.identity,
        },
        "versions": {name: version(name) for name in ("eventwindow", "numpy", "pandas", "pyarrow", "scipy")},
    }


EXCLUDED = ["event", "security", "what", "reason"]


def cumulative_rows(plan: Plan, number: int, arrays: dict[str, np.ndarray]) -> pd.DataFrame:
    """A row an event and report window: columns as cumulative.csv, and the date of day 0."""
    windows = plan.specification.report
    frame = _labels(plan, number, arrays["events/row"], len(windows))

    def laid(name: str) -> np.ndarray:
        return np.column_stack([arrays[f"events/{name} {w}"] for w in range(len(windows))]).ravel()

    car, error = laid("car"), laid("std_error")
    dof = np.repeat(arrays["events/dof"], len(windows))
    notes = ["", *map(Reason.unpacked, arrays["words"][1:])]
    return frame.assign(
        window_start=np.tile([w.start for w in windows], len(frame) // len(windows)),
        window_end=np.tile([w.end for w in windows], len(frame) // len(windows)),
        car=car,
        std_error=error,
        t_stat=car / error,
        p_value=2 * stdtr(dof, -np.abs(car / error)),
        p_sample_quantile=laid("quantile"),
        quantile_floor=laid("floor"),
        p_leading=laid("leading"),
        volatility_ratio=laid("ratio"),
        days=laid("days"),
        note=_coded(laid("note"), notes),
    )


def daily_rows(plan: Plan, number: int, arrays: dict[str, np.ndarray]) -> pd.DataFrame:
    """A row an event and day that the security's data holds: columns as abnormal_returns.csv."""
    window = plan.specification.window
    figures = (arrays[f"events/{name}"] for name in ("days", "actual", "expected", "std_error", "dof"))
    frame = _labels(plan, number, arrays["events/row"], len(window)).assign(**day_by_day(window, *figures))
    return frame[frame["date"].notna()].reset_index(drop=True)


def excluded_rows(plan: Plan, number: int, kept: Chunks) -> pd.DataFrame:
    arrays = kept.load("first", number, "excluded/row", "excluded/reason")
    if not len(arrays["excluded/row"]):
        return pd.DataFrame(columns=EXCLUDED, dtype=str)
    frame = _labels(plan, number, arrays["excluded/row"], 1)
    reasons = [Reason.unpacked(text) for text in arrays["excluded/reason"]]
    return frame.assign(what="excluded", reason=np.array(reasons, object))[EXCLUDED]


def _labels(plan: Plan, number: int, row: np.ndarray, times: int) -> pd.DataFrame:
    """event, security, group, model, benchmark and date of the events at `row`, each `times` times."""
    events = plan.events
    at = np.repeat(plan.rows(number).start + row, times)
    date = plan.panel.sessions[events.session[at]]
    if events.names is None:
        unique, code = np.unique(events.session[at], return_inverse=True)
        event = _coded(code, [f"{day:%Y-%m-%d}" for day in plan.panel.sessions[unique]])
    else:
        event = events.names.iloc[events.row[at]].reset_index(drop=True)
    groups, benchmarks = ["", *events.groups], list(events.benchmarks)
    return pd.DataFrame(
        {
            "event": event,
            "security": _coded(events.security[at], plan.panel.securities),
            "group": _coded(events.group[at] + 1, groups),
            "model": _coded(np.zeros(len(at), int), [model_named(plan.specification.model).name]),
            "benchmark": _coded(events.benchmark[at], benchmarks),
            "date": date.to_numpy(),
        }
        | {name: events.labels[name].to_numpy()[events.row[at]] for name in events.labels}
    )


def _coded(codes: np.ndarray, names: Any) -> Any:
    """A column of names by their numbers."""
    return pd.Categorical.from_codes(codes, names)
