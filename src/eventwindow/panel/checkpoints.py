"""Finished chunks: each a file that is whole or not there, so that a later run goes on from them."""

import hashlib
import json
import os
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from eventwindow.panel.chunk import Arrays
from eventwindow.panel.plan import Plan


class Chunks:
    """Parts by stage and number, in a folder, or in memory where there is none."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self.held: dict[tuple[str, int], Arrays] = {}
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)

    def save(self, stage: str, number: int, arrays: Arrays) -> None:
        if self.folder is None:
            self.held[stage, number] = arrays
            return
        path = self._path(stage, number)
        fresh = path.with_suffix(f".{os.getpid()}")
        with fresh.open("wb") as file:
            np.savez(file, **arrays)  # type: ignore[arg-type]
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)

    def load(self, stage: str, number: int, *names: str) -> dict[str, np.ndarray]:
        """The arrays of that name, or all."""
        if self.folder is None:
            held = self.held[stage, number]
            return {name: held[name] for name in names or held if name in held}
        with np.load(self._path(stage, number), allow_pickle=False) as file:
            return {name: file[name] for name in names or file.files if name in file.files}

    def done(self, stage: str, count: int) -> set[int]:
        """Numbers of the chunks that need not be run again."""
        if self.folder is None:
            return {number for name, number in self.held if name == stage}
        return {number for number in range(count) if self._path(stage, number).is_file()}

    def _path(self, stage: str, number: int) -> Path:
        assert self.folder is not None
        return self.folder / f"{stage}-{number:05d}.npz"


def fingerprint(plan: Plan) -> str:
    """Of everything that a chunk's answer rests on: chunks of another input or of other sizes are never mixed in."""
    spec, events = plan.specification, plan.events
    told: dict[str, Any] = {f.name: repr(getattr(spec, f.name)) for f in fields(spec)}
    digest = hashlib.sha256(json.dumps([told, plan.starts, plan.panel.identity, plan.factor_names]).encode())
    of_events = (events.security, events.day, events.exchange, events.group, events.benchmark, events.rate)
    for array in (*of_events, *plan.axes, *plan.factors):
        digest.update(array.tobytes())
    return digest.hexdigest()
