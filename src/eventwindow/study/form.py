"""The form of study.toml: its tables and keys, one class a table; unknown keys are errors."""

import datetime as dt
from collections.abc import Mapping
from contextlib import suppress
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    field_validator,
    model_validator,
)

from eventwindow.analyses.counterfactual import COUNTERFACTUALS
from eventwindow.calendars.exchange import MAX_SHIFT, SessionRule, time_zone
from eventwindow.calendars.window import Window
from eventwindow.errors import EventDateError, WindowError
from eventwindow.estimation.contamination import Contamination
from eventwindow.estimation.returns import ReturnKind
from eventwindow.prices.currencies import CODES, PARTS
from eventwindow.study.toml import DATE, at, nearest, shown

FIRST, LAST = dt.date(1800, 1, 1), dt.date(2200, 12, 31)  # days that a market can have seen, with room


def _day(value: object) -> dt.date:
    with suppress(ValueError):
        value = dt.date.fromisoformat(value) if isinstance(value, str) else value
    if type(value) is not dt.date:
        raise ValueError(f"no date (found {shown(value)})\n{DATE}")
    if not FIRST <= value <= LAST:
        raise ValueError(f"{value} lies before {FIRST} or after {LAST}\nCorrect the year.")
    return value


Day = Annotated[dt.date, BeforeValidator(_day)]
Symbol = Annotated[str, Field(min_length=1, max_length=32, pattern=r"^[^\s/\\]+$")]


def _zone(name: str) -> str:
    try:
        time_zone(name)
    except EventDateError as error:
        raise ValueError(f"{error.what}\n{error.remedy}") from None
    return name


def _currency(code: str) -> str:
    """A currency by its ISO code; the parts of one, in which some exchanges quote, are none."""
    if code in PARTS:
        whole, part = PARTS[code]
        raise ValueError(f"{code!r} is {part:g} {whole}\nWrite {whole}, and divide prices of your own by {1 / part:g}.")
    if code not in CODES:
        near = f" Did you mean {code.upper()}?" if code.upper() in CODES else ""
        raise ValueError(f"{code!r} is no code of a currency\nWrite its ISO code, USD or JPY.{near}")
    return code


Zone = Annotated[str, AfterValidator(_zone)]
Slug = Annotated[str, Field(max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")]


def _window(value: object) -> object:
    if isinstance(value, list | tuple) and len(value) == 2 and all(type(v) is int for v in value):
        try:
            return Window(*value)
        except WindowError as error:
            raise ValueError(f"{error.what}\n{error.remedy}") from None
    if isinstance(value, Window):
        return value
    raise ValueError(f"no window (found {shown(value)})\nWrite two whole trading days, first and last: [-1, 1].")


WindowField = Annotated[
    Window,
    BeforeValidator(_window, json_schema_input_type=Annotated[list[int], Field(min_length=2, max_length=2)]),
    PlainSerializer(lambda window: [window.start, window.end], return_type=list[int]),
]


class Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    @model_validator(mode="before")
    @classmethod
    def _keys(cls, table: object) -> object:
        if isinstance(table, Mapping):
            for key in table:
                if key not in cls.model_fields:
                    raise at(f"unknown key {shown(key)}", nearest(str(key), cls.model_fields), str(key))
            needed = [key for key, field in cls.model_fields.items() if field.is_required()]
            if lacking := [key for key in needed if key not in table]:
                raise at(f"the key {lacking[0]!r} is missing", f"Add it: {', '.join(needed)} must be there.")
        return table


class Security(Form):
    """A security on its own exchange. A `series` (an index, a fund, a future) is held for its prices only."""

    symbol: Symbol
    exchange: str = "XNYS"
    currency: Annotated[str, AfterValidator(_currency)] = "USD"
    group: str = ""
    name_en: str = ""
    name_zh: str = ""
    aliases: tuple[str, ...] = ()  # further names, for `eventwindow draft`
    benchmark: Symbol | None = None
    kind: Literal["stock", "series"] = "stock"


class Basket(Form):
    """A named set of securities for the tests; baskets may overlap."""

    name: Slug
    members: tuple[Symbol, ...] = Field(min_length=1)
    title_en: str = ""
    title_zh: str = ""


class Group(Form):
    """The title of a group that securities name."""

    name: str
    title_en: str
    title_zh: str = ""


class Event(Form):
    """A date, with its clock time and zone where known, and the rule where it is no session."""

    id: Slug
    date: Day
    time: dt.time | None = None
    zone: Zone | None = None
    session: SessionRule = "error"
    max_shift: int = Field(default=MAX_SHIFT, ge=1)  # weekdays by which a date that is no session may move
    title_en: str = ""
    title_zh: str = ""

    @model_validator(mode="after")
    def _zone_goes_with_time(self) -> Self:
        if (self.time is None) != (self.zone is None):
            raise ValueError("a clock time without its zone, or a zone without a time\nGive both or neither.")
        return self


class Source(Form):
    """A public page that tells a fact: who published it, under which title, when, and where it stands."""

    publisher: Annotated[str, Field(min_length=1)]
    title: Annotated[str, Field(min_length=1)]
    date: Day | None = None  # of the page, where it has one
    address: Annotated[str, Field(pattern=r"^https?://\S+$")]

    @model_validator(mode="before")
    @classmethod
    def _table(cls, value: object) -> object:
        if isinstance(value, str):
            raise ValueError(
                "a source is a table\n"
                "Write source = { publisher = …, title = …, date = 2025-01-27, address = https://… }."
            )
        return value

    @property
    def text(self) -> str:
        """As the report prints it, in every language alike."""
        return f"{self.publisher}: {self.title}" + (f" ({self.date})" if self.date else "") + f". {self.address}"


class News(Form):
    """An entry of the calendar of other news, for all securities or those it is `about`.

    With a clock time it marks the session that first prices it; a "closed" day marks nothing.
    """

    date: Day
    time: dt.time | None = None
    zone: Zone | None = None
    what_en: str
    what_zh: str = ""
    source: Source | None = None
    kind: Literal["news", "closed"] = "news"
    about: tuple[Symbol, ...] = ()

    @property
    def source_text(self) -> str:
        return self.source.text if self.source else ""


class Model(Form):
    """The headline model of expected returns; the peer models name untreated stocks of the study."""

    name: str = "market_model"
    peers: tuple[Symbol, ...] = ()


def _written(schema: dict[str, Any]) -> None:
    """Default windows as a study writes them, [first, last], for editors that fill them in."""
    for key in schema["properties"].values():
        several = isinstance(key["default"], list)
        pairs = [[w["start"], w["end"]] for w in (key["default"] if several else [key["default"]])]
        key["default"] = pairs if several else pairs[0]


class Windows(Form):
    model_config = ConfigDict(json_schema_extra=_written)

    estimation: WindowField = Window(-260, -11)
    event: WindowField = Window(-10, 20)
    report: tuple[WindowField, ...] = (Window(0, 0), Window(0, 1))


class Robustness(Form):
    """Further views: other benchmarks, and the benchmark without the treated stocks.

    `index` is the one in figures/weights.csv that the study's benchmark stands for; `treated` names baskets or symbols.
    `candidates` are the days that might have been day 0 had they moved as much; from the event before if left out.
    """

    benchmarks: tuple[Symbol, ...] = ()
    index: Symbol | None = None
    treated: tuple[str, ...] = ()
    candidates: WindowField | None = None


class CounterfactualForm(Form):
    """Donors for counterfactuals: a table of adjusted closes in figures/, less the stocks excluded by name."""

    panel: str = "panel"
    exclude: tuple[Symbol, ...] = ()
    models: tuple[str, ...] = ("synthetic_control", "ridge", "elastic_net", "latent_factors")
    blocks: int = Field(default=10, ge=2)  # of consecutive estimation days, held out in turn

    @field_validator("models")
    @classmethod
    def _known(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        if lacking := [name for name in names if name not in COUNTERFACTUALS]:
            raise ValueError(f"unknown model {lacking[0]!r}\nThe models are {', '.join(COUNTERFACTUALS)}.")
        return names


class Receipt(Form):
    """A depositary receipt and its home share; `rate` is a security quoted as home currency per receipt currency."""

    receipt: Symbol
    home: Symbol
    shares: float = Field(default=1.0, gt=0)  # home shares that one receipt stands for
    rate: Symbol | None = None


class IntradayForm(Form):
    """How bars are read: `market` and `sector` by symbol, `pairs` (leader, follower), `days` counted from day 0."""

    market: Symbol | None = None
    sector: Symbol | None = None
    pairs: tuple[tuple[Symbol, Symbol], ...] = ()
    days: tuple[int, ...] = (0,)
    zone: Zone | None = None  # of bars whose stamps name none: "America/New_York"


class Head(Form):
    name: Slug
    title: str = ""
    title_zh: str = ""
    benchmark: Symbol = "SPY"
    returns: ReturnKind = "simple"
    minimum_returns: int = Field(default=100, ge=10)
    contamination: Contamination = "tell"  # of an estimation window with days of another event: tell, mask or drop
    site: Annotated[str, Field(pattern=r"^(https?://\S+)?$")] = ""  # where the report will stand, for ClaimReview
    published: Day | None = None  # the day on which it is published, for ClaimReview
    headline: Slug | None = None  # the event that the report leads with; the last one if none is named


class StudyFile(Form):
    """The form of study.toml; its JSON schema is published for editors."""

    study: Head
    model: Model = Model()
    windows: Windows = Windows()
    securities: tuple[Security, ...] = Field(min_length=1)
    baskets: tuple[Basket, ...] = ()
    groups: tuple[Group, ...] = ()
    events: tuple[Event, ...] = Field(min_length=1)
    news: tuple[News, ...] = ()
    robustness: Robustness = Robustness()
    counterfactual: CounterfactualForm | None = None
    receipts: tuple[Receipt, ...] = ()
    intraday: IntradayForm = IntradayForm()


def schema() -> dict[str, Any]:
    return StudyFile.model_json_schema()
