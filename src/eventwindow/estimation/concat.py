"""Events of several calendars or models joined in one result."""

from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.estimation.event_time import EventReturns

Joined = TypeVar("Joined", EventReturns, AbnormalReturns)


def concat(parts: Sequence[Joined]) -> Joined:
    """All events of `parts`, which share both windows, in order; a part with fewer factors is padded with zeros."""
    first = parts[0]
    rules = EVENT_RULES if isinstance(first, EventReturns) else ABNORMAL_RULES
    parts = _halts_spelled_out(_volatility_spelled_out(parts))
    joined = {f.name: rules.get(f.name, _stacked)([getattr(p, f.name) for p in parts]) for f in fields(first)}
    if isinstance(first, AbnormalReturns):
        sources = [part.source for part in parts if isinstance(part, AbnormalReturns)]
        joined |= {"origin": _sources(sources), "position": np.arange(len(joined["labels"]))}
    return type(first)(**joined)


def _volatility_spelled_out(parts: Sequence[Joined]) -> Sequence[Joined]:
    """Where one part lets the volatility move, the others carry their constant one day by day."""
    if all(getattr(part, "residual_sd", None) is None for part in parts):
        return parts
    return [
        replace(part, residual_sd=np.broadcast_to(part.sigma[:, None], part.residuals.shape))
        if isinstance(part, AbnormalReturns) and part.residual_sd is None
        else part
        for part in parts
    ]


def _halts_spelled_out(parts: Sequence[Joined]) -> Sequence[Joined]:
    """Where one part has returns over several sessions, those of the others cover one each."""
    if all(getattr(part, "covered", None) is None for part in parts):
        return parts
    return [
        replace(part, covered=np.ones_like(part.event_returns), halted=np.zeros(_longer(part), bool))
        if isinstance(part, EventReturns) and part.covered is None
        else part
        for part in parts
    ]


def _longer(part: EventReturns) -> tuple[int, int]:
    n, length = part.event_returns.shape
    return n, length + 1


def _stacked(values: list[Any]) -> Any:
    """Arrays stacked by event; a last axis of factors filled up with zeros."""
    if any(v is None for v in values):
        return None
    if values[0].ndim == 3:
        most = max(v.shape[2] for v in values)
        values = [np.pad(v, ((0, 0), (0, 0), (0, most - v.shape[2]))) for v in values]
    return np.concatenate(values)


def _same_or_none(values: list[Any]) -> Any:
    return values[0] if all(v == values[0] for v in values) else None


def _frames(values: list[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat([v for v in values if len(v)] or values[:1], ignore_index=True)


def _labels(values: list[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat(values, ignore_index=True)


def _sources(values: list[EventReturns | None]) -> EventReturns | None:
    sources = [v for v in values if v is not None]
    return concat(sources) if len(sources) == len(values) else None


def _longest(values: list[tuple[str, ...]]) -> tuple[str, ...]:
    return max(values, key=len)


def _first(values: list[Any]) -> Any:
    return values[0]


def _notes(values: list[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(note for value in values for note in value))


EVENT_RULES: dict[str, Callable[[list[Any]], Any]] = {
    "labels": _labels,
    "estimation": _first,
    "window": _first,
    "factor_names": _longest,
    "kind": _first,
}
ABNORMAL_RULES: dict[str, Callable[[list[Any]], Any]] = EVENT_RULES | {
    "origin": _first,
    "position": _first,
    "fitter": _same_or_none,
    "coefficients": _labels,
    "excluded": _frames,
    "notes": _notes,
}
