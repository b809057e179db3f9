"""study.toml of a panel study: a list of events and a panel, by their paths inside the study's folder."""

import os
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, ValidationError

from eventwindow.calendars.exchange import MAX_SHIFT, SessionRule
from eventwindow.errors import StudyError
from eventwindow.estimation.models import MODELS, FactorModel
from eventwindow.prices.factors import read_factors
from eventwindow.study.definition import Study, check_windows, study_of
from eventwindow.study.form import Form, Head, Model, Windows
from eventwindow.study.toml import at, fault, read_toml


def _inside(path: str) -> str:
    if Path(path).is_absolute() or ".." in Path(path).parts or set("\\:\0") & set(path):
        raise ValueError(f"{path!r} is no path inside the study's folder\nWrite events.csv or data/panel.parquet.")
    return path


Inside = Annotated[str, Field(min_length=1), AfterValidator(_inside)]


class EventListForm(Form):
    """Where the events and the panel are, and how they are read."""

    file: Inside  # CSV or Parquet: security, date; optionally event, time, zone, exchange, session, group, benchmark
    panel: Inside  # Parquet or CSV, wide or long, or a folder of them
    values: Literal["returns", "prices"] = "returns"
    factors: Inside | None = None  # CSV or Parquet: date, and a column a factor; `market` for one-factor models
    session: SessionRule = "error"
    max_shift: int = Field(default=MAX_SHIFT, ge=1)  # weekdays by which a date that is no session may move
    exchange: str | None = None  # for clock times, where the list has no column
    daily: bool = False  # write the AR of each event and day
    labels: tuple[str, ...] = ()  # further columns of the file, carried into the tables of events
    compare: tuple[tuple[str, str], ...] = ()  # pairs of groups: the CAAR of the first less that of the second
    chunk: int = Field(default=50_000, ge=1)  # events


class RegressionForm(Form):
    """CARs regressed on what the list says of its events."""

    characteristics: tuple[Annotated[str, Field(min_length=1)], ...] = Field(min_length=1)  # columns of the list


class PanelStudyFile(Form):
    """The form of the study.toml of a panel study."""

    study: Head
    model: Model = Model()
    windows: Windows = Windows()
    event_list: EventListForm
    regression: RegressionForm | None = None


class PanelStudy(Form):
    """A validated panel study and the folder it was read from."""

    folder: Path
    file: PanelStudyFile

    @property
    def name(self) -> str:
        return self.file.study.name

    def path(self, name: str) -> Path:
        """A file of the study; a link that leads out of its folder is an error."""
        path = self.folder / name
        if not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(self.folder)):
            raise StudyError(f"{name} lies outside the study's folder.", where="study.toml, event_list")
        return path


def open_study(folder: Path) -> Study | PanelStudy:
    data, text = read_toml(folder / "study.toml")
    return panel_study_of(folder, data, text) if "event_list" in data else study_of(folder, data, text)


def panel_study_of(folder: Path, data: dict[str, Any], text: str) -> PanelStudy:
    try:
        study = PanelStudy(folder=folder, file=PanelStudyFile.model_validate(data))
        _check(study)
    except ValidationError as error:
        raise fault(error, folder / "study.toml", text) from None
    check_windows(study.file.windows, text)
    return study


def _check(study: PanelStudy) -> None:
    model, listed = study.file.model.name, study.file.event_list
    if model not in MODELS or model.startswith("peer_"):
        what = f"model {model!r} is none that a panel study can run"
        remedy = f"The models are {', '.join(sorted(m for m in MODELS if not m.startswith('peer_')))}."
        raise at(what, remedy, "model", "name")
    if isinstance(MODELS[model], FactorModel) and model != "capm" and listed.factors is None:
        remedy = 'Give event_list.factors = "factors.csv".'
        raise at(f"the model {model!r} needs daily factors", remedy, "model", "name")
    for key in ("file", "panel", "factors"):
        if (name := getattr(listed, key)) is not None and not study.path(name).exists():
            what = f"there is no {name} in the study's folder"
            raise at(what, "Put it there, or correct its name.", "event_list", key)


def schema() -> dict[str, Any]:
    return PanelStudyFile.model_json_schema()


def options_of(study: PanelStudy) -> dict[str, Any]:
    """The study's own choices as arguments of `panel_study`."""
    file, listed = study.file, study.file.event_list
    mean_only = file.model.name == "mean_adjusted"
    return {
        "panel": study.path(listed.panel),
        "events": study.path(listed.file),
        "model": file.model.name,
        "benchmark": None if listed.factors or mean_only else file.study.benchmark,
        "factors": None if listed.factors is None else read_factors(study.path(listed.factors)),
        "estimation": file.windows.estimation,
        "window": file.windows.event,
        "report": file.windows.report,
        "minimum_returns": file.study.minimum_returns,
        "session": listed.session,
        "max_shift": listed.max_shift,
        "exchange": listed.exchange,
        "values": listed.values,
        "kind": file.study.returns,
        "daily": listed.daily,
        "contamination": file.study.contamination,
        "labels": listed.labels,
        "compare": listed.compare,
        "characteristics": () if file.regression is None else file.regression.characteristics,
        "chunk": listed.chunk,
    }
