"""The studies that ship, and the one that `eventwindow new` writes."""

import datetime as dt
import re
import tomllib
from collections.abc import Sequence
from pathlib import Path

from eventwindow.errors import StudyError
from eventwindow.scratch import put_in_place

HERE = Path(__file__).parent
TEMPLATE = HERE / "template"
FIGURES = HERE / "deepseek_2025" / "figures"


def shipped_studies() -> dict[str, str]:
    """The titles of the studies that ship, by the names that a person gives them."""
    folders = sorted(path.parent for path in HERE.glob("*/study.toml") if path.parent != TEMPLATE)
    texts = {folder.name: (folder / "study.toml").read_text(encoding="utf-8") for folder in folders}
    return {name.replace("_", "-"): tomllib.loads(text)["study"]["title"] for name, text in texts.items()}


def find_study(name: str) -> Path:
    """The folder of a study: one that holds a study.toml wins over a study that ships, any other does not."""
    path, shipped = Path(name), HERE / name.replace("-", "_")
    if path.is_file() and path.name == "study.toml":
        return path.parent
    ships = re.fullmatch(r"[a-z0-9-]+", name) and shipped != TEMPLATE and (shipped / "study.toml").is_file()
    if path.is_dir() and ((path / "study.toml").is_file() or not ships):
        return path
    if ships:
        return shipped
    remedy = f"Studies that ship: {', '.join(shipped_studies())}. `eventwindow new NAME` writes one of your own."
    raise StudyError(f"there is no study {name!r}: neither a folder nor the name of a study that ships", remedy=remedy)


def new_study(folder: Path | str) -> Path:
    """Write a small study that runs as it is; an existing folder is never touched.

    Parameters
    ----------
    folder : path or str
        The folder to make; its last part is the name of the study.

    Returns
    -------
    Path
        The folder, with study.toml, claims.toml and the figures of its securities.

    Raises
    ------
    StudyError
        Where the folder exists or its name cannot name a study.

    Examples
    --------
    >>> sorted(path.name for path in ew.new_study("my-event").iterdir())
    ['claims.toml', 'figures', 'study.toml']
    """
    folder = Path(folder)
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]*", folder.name):
        remedy = "Use letters, digits, hyphens; begin with a letter or digit."
        raise StudyError(f"{folder.name!r} cannot name a study", remedy=remedy)
    parts = {
        path.name: path.read_text(encoding="utf-8").replace("{name}", folder.name) for path in TEMPLATE.glob("*.toml")
    }
    form = tomllib.loads(parts["study.toml"])
    daily = shipped_figures([*(s["symbol"] for s in form["securities"]), form["study"]["benchmark"]])
    with put_in_place(folder) as fresh:
        (fresh / "figures").mkdir(parents=True)
        for name, text in parts.items():
            (fresh / name).write_text(text, encoding="utf-8", newline="\n")
        (fresh / "figures" / "daily.csv").write_text(daily, encoding="utf-8", newline="\n")
    return folder


def shipped_figures(symbols: Sequence[str]) -> str:
    """The daily figures of some symbols of the DeepSeek study as CSV; "" where there are none."""
    import pandas as pd

    from eventwindow.prices.bundled import shipped_histories

    histories = shipped_histories(FIGURES, symbols)
    if not histories:
        return ""
    table = pd.concat({s: h.frame for s, h in histories.items()}, names=["symbol", "date"])
    return table.round(6).reset_index().to_csv(index=False, lineterminator="\n")


def shipped_shares(symbols: Sequence[str]) -> str:
    """The shares outstanding of some symbols, as the DeepSeek study holds them, as CSV; "" where there are none."""
    head, *rows = (FIGURES / "shares.csv").read_text(encoding="utf-8").splitlines()
    held = [row for row in rows if row.partition(",")[0] in symbols]
    return "\n".join([head, *held, ""]) if held else ""


def shipped_weights(symbols: Sequence[str]) -> tuple[str, dt.date, tuple[str, ...], str]:
    """The index of the shipped weights, their day, those of the symbols that it holds, and their rows as CSV."""
    head, *rows = (FIGURES / "weights.csv").read_text(encoding="utf-8").splitlines()
    date, index, *_ = rows[0].split(",")
    held = {row.split(",")[2]: row for row in rows if row.split(",")[2] in symbols}
    return index, dt.date.fromisoformat(date), tuple(held), "\n".join([head, *held.values(), ""])
