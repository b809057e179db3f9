"""Pre-registration: a study by the hashes of what its files say, with a date, kept in the study's frozen.toml.

A hash is of what a file says, not of its bytes: comments, blanks and the order of keys do not count. Prices are not
fixed, for those of the event do not exist yet.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

from eventwindow.claims.rules import RULES_VERSION
from eventwindow.errors import Listed, Reason, StudyError, stands
from eventwindow.prices.bundled import shipped_tables
from eventwindow.scratch import put_in_place
from eventwindow.study.definition import Study
from eventwindow.study.ledger import CLAIMS, READINGS
from eventwindow.study.toml import read_toml

FROZEN = "frozen.toml"
FIXED_TABLES = ("shares", "weights")  # the others hold prices and returns, which go on
NAMES = ("id", "key", "symbol", "name", "receipt", "date")  # the keys by which a table of several is known
HEAD = """\
# What was fixed before the result was known, written by `eventwindow freeze`. A change to this file breaks its seal.
# The date is worth as much as those who hold the seal: send it to others, or put it where a date is kept.

"""


def freeze(folder: Path, said: Mapping[str, str], day: date, day_zero: date) -> Path:
    """Write frozen.toml into the study's folder; one that is there is never written over. `said` are its parts."""
    path = folder / FROZEN
    if stands(path):
        what = f"this study was frozen on {read_frozen(path)['frozen']}"
        remedy = f"Keep it; to fix the study anew, remove {FROZEN} first, and say so where the first is known."
        raise StudyError(what, where=f"{folder.name}/{FROZEN}", remedy=remedy)
    held: dict[str, Any] = {"frozen": day, "day_zero": day_zero, **_versions()}
    held["parts"] = dict(said)
    lines = [f"{key} = {_toml(value)}" for key, value in held.items() if key != "parts"]
    lines += [f"seal = {_toml(_digest(held))}", "", "[parts]  # SHA-256 of what each says"]
    lines += [f"{_toml(part)} = {_toml(digest)}" for part, digest in held["parts"].items()]
    with put_in_place(path) as fresh:
        fresh.write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    return path


def _versions() -> dict[str, str]:
    return {"rules": RULES_VERSION, "eventwindow": version("eventwindow")}


def _toml(value: str | date) -> str:
    return f"{value}" if isinstance(value, date) else json.dumps(value, ensure_ascii=False)


def read_frozen(path: Path) -> dict[str, Any]:
    """What frozen.toml holds; one that `freeze` cannot have written is an error."""
    held, _ = read_toml(path)
    form = {"frozen": date, "day_zero": date, "rules": str, "eventwindow": str, "seal": str, "parts": dict}
    if held.keys() != form.keys() or not all(isinstance(held[key], kind) for key, kind in form.items()):
        remedy = "Put back the one that it wrote, or remove the file."
        raise StudyError("not a file that `eventwindow freeze` wrote", where=path.name, remedy=remedy)
    return held


def frozen_record(folder: Path, now: Callable[[], tuple[Mapping[str, str], date]]) -> dict[str, Any] | None:
    """What run.json tells of a freezing: its date, the days before day 0, whether it is whole, and what differs.

    `now` gives the parts as they are and the first day 0; it is asked where the study was frozen.
    """
    path = folder / FROZEN
    if not stands(path):
        return None
    held = read_frozen(path)
    said, day_zero = now()
    sealed = {key: value for key, value in held.items() if key != "seal"}
    return {
        "date": f"{held['frozen']}",
        "seal": held["seal"],
        "days_before": (day_zero - held["frozen"]).days,
        "whole": held["seal"] == _digest(sealed),
        "differs": list(_differing(held["parts"], said)),
        "versions": {name: [held[name], now] for name, now in _versions().items() if held[name] != now},
    }


def frozen_reason(record: Mapping[str, Any]) -> Reason:
    """When the study was fixed, and whether what was run is what was fixed."""
    differs = [Reason(f"frozen_{how}", part=part) for how, part in record["differs"]]
    differs += [Reason("frozen_version", part=name, old=a, new=b) for name, (a, b) in record["versions"].items()]
    same = Reason("frozen_differs", parts=Listed(differs)) if differs else Reason("frozen_same")
    day = date.fromisoformat(record["date"])
    when = fixed(day, day + timedelta(days=record["days_before"]))
    return Reason.sentences(when, same, None if record["whole"] else Reason("frozen_broken"))


def fixed(day: date, day_zero: date) -> Reason:
    """How long before day 0, or after it."""
    days = (day_zero - day).days
    key = "frozen_before" if days > 0 else "frozen_on_day" if days == 0 else "frozen_after"
    return Reason(key, n=abs(days), day=day)


def parts(study: Study, claims: Path | None = None) -> dict[str, str]:
    """Every part of the study's files → the hash of what it says: a key, a security, an event, a claim, a table."""
    path = claims or study.folder / CLAIMS
    said = {"study.toml": study.file.model_dump(mode="json", exclude_none=True, exclude_defaults=True)}
    said |= {CLAIMS: read_toml(path)[0]} if stands(path) else {}
    beside = path.with_name(READINGS)
    said |= {READINGS: read_toml(beside)[0]} if path.name == CLAIMS and stands(beside) else {}
    tables = shipped_tables(study.folder / "figures", FIXED_TABLES)
    found = {part: one for file, held in said.items() for part, one in hashed(file, held).items()}
    return found | {f"figures {name}": rows_hash(table) for name, table in tables.items()}


def hashed(file: str, said: Mapping[str, Any]) -> dict[str, str]:
    return {part: _digest(value) for part, value in _parts(file, said)}


def _parts(file: str, said: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The keys of each table, and the tables of each list by their names; two of one name are numbered."""
    for table, value in said.items():
        if isinstance(value, Mapping):
            yield from ((f"{file} {table}.{key}", one) for key, one in value.items())
            continue
        met = Counter[str]()
        for one in value:
            name = next((str(one[key]) for key in NAMES if key in one), "")
            met[name] += 1
            yield " ".join([file, table, name, *([str(met[name])] if met[name] > 1 else [])]), one


def rows_hash(table: pd.DataFrame) -> str:
    text = table.to_csv(index=False, float_format="%.12g", date_format="%Y-%m-%d", lineterminator="\n")
    return _digest(text)


def _differing(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    yield from (("removed", part) for part in old if part not in new)
    yield from (("added", part) for part in new if part not in old)
    yield from (("changed", part) for part, digest in old.items() if new.get(part, digest) != digest)
    order = [[part for part in one if part in old and part in new] for one in (old, new)]
    yield from [("moved", b) for a, b in zip(*order, strict=True) if a != b][:1]


def _digest(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()
