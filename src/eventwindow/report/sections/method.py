"""The method: windows, models, tests and what else the report rests on, each only where the study uses it."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files

from markupsafe import Markup

from eventwindow.report.blocks import Block, Command, Formula, Heading, Items, Paragraph
from eventwindow.report.context import Context, judged, of_result
from eventwindow.report.figures.counterfactual import effects_of
from eventwindow.report.language import tau
from eventwindow.report.sections.tests import largest_candidate

MODELS = (
    "market_model", "mean_adjusted", "market_adjusted", "capm", "ff3", "ff5", "carhart", "scholes_williams", "dimson",
    "dimson_summed", "huber", "garch", "peer_adjusted", "peer_index",
)  # fmt: skip
TESTS = (
    "date_permutation_mean", "date_permutation_sar", "date_permutation_max", "date_permutation_scaled",
    "portfolio_t", "correlation",
    "adjusted_patell_z", "kolari_pynnonen_t", "corrado_z", "corrado_zivney_z", "conformal_mean", "conformal_sur",
    "rank_calendar_z", "crude_dependence_calendar_t",
    "block_bootstrap", "gls_t", "crude_dependence_t", "calendar_time", "sur_f", "grank_t", "cross_sectional_t",
    "skewness_adjusted_t", "patell_z", "patell_z_sum_of_sars", "bmp_t", "independence_t", "sign_z",
    "generalized_sign_z", "wilcoxon_w_plus", "grank_z", "bhar_t", "bhar_skewness_adjusted_t",
)  # fmt: skip
CORRELATED = {"adjusted_patell_z", "kolari_pynnonen_t"}
COUNTERFACTUALS = ("synthetic_control", "augmented_synthetic_control", "ridge", "elastic_net", "latent_factors")
PLACEBOS = ("placebo_time", "placebo_space")

Entry = tuple[Markup, str]  # words, and the key of a formula or ""


def method(context: Context) -> Iterator[Block]:
    """The specification, what was used with its formulas, how to run it again, and the works behind it."""
    say, used = context.language.say, [_intro(context)]
    yield Paragraph(used[0])
    for title, entries in _parts(context):
        yield Heading(title)
        for text, formula in entries:
            used.append(text)
            yield Paragraph(text)
            if formula:
                yield Formula(formula)
    yield Heading(say("method.reproduce"))
    yield Command(context.again)
    yield Paragraph(say("method.files"))
    versions = ", ".join(f"{name} {version}" for name, version in context.result.run["versions"].items())
    yield Paragraph(say("method.versions", list=versions), small=True)
    yield Heading(say("section.references"))
    yield Items(tuple(references(map(str, used))), cited=True)


def has_formula(key: str) -> bool:
    return files("eventwindow.report").joinpath(f"templates/formulas/{key}.html").is_file()


def _intro(context: Context) -> Markup:
    study, windows = context.study["study"], context.study["windows"]
    bounds = {name: windows[key] for name, key in (("est", "estimation"), ("win", "event"))}
    days = {f"{name}_{end}": tau(span[k]) for name, span in bounds.items() for k, end in enumerate(("start", "end"))}
    kind = context.language.text(f"method.kind_{study['returns']}")
    data = context.language.say(f"story.data{context.dividends}")
    return context.language.say("method.intro", data=data, kind=kind, minimum=study["minimum_returns"], **days)


def _parts(context: Context) -> list[tuple[Markup, list[Entry]]]:
    """What the study used, in the order of the report; a part without matter is left out."""
    say, ran = context.language.say, _tests(context)
    valid = [
        key
        for key in TESTS
        if ran.get(key, False) or (key == "correlation" and CORRELATED & {t for t in ran if ran[t]})
    ]
    parts = {
        "models": [_model(context, key, n) for key, n in _models(context).items()]
        + _entries(context, ["star"] if _held(context, "treated") else []),
        "ar": _entries(context, ["abnormal", *(["standardised"] if ran else []), *_activity(context)]),
        "firm": _entries(context, ["sq", *_firm(context)]),
        "basket": _entries(context, valid),
        "invalid": _entries(context, [key for key in TESTS if key in ran and not ran[key]]),
        "many": _entries(context, _many(context)),
        "further": _entries(context, _further(context)),
        "hours": _entries(context, _hours(context)),
        "statements": [(say("method.claims"), "")] if context.result.verdicts else [],
    }
    if parts["basket"]:
        parts["basket"].append((say("method.parametric"), ""))
    return [(say(f"method.{key}_title"), entries) for key, entries in parts.items() if entries]


def _entries(context: Context, keys: Iterable[str]) -> list[Entry]:
    return [_entry(context, key, context.language.say(f"method.{key}")) for key in keys]


def _entry(context: Context, key: str, text: Markup) -> Entry:
    language = context.language
    spoken = next(k for k in (f"test.{key}", f"option.{key}", f"method_name.{key}") if language.has(k))
    name = language.text(spoken)
    sentence = language.say("method.entry", name=name[:1].upper() + name[1:], text=text)
    return sentence, key if has_formula(key) else ""


def _model(context: Context, key: str, n: int) -> Entry:
    """A model with how often it was used; one of the specification curve only has no count."""
    say = context.language.say
    used = say("method.models_used", n=n) if n else say("method.in_curve")
    return _entry(context, key, say("method.with_use", text=say(f"method.{key}"), used=used))


@of_result
def _models(context: Context) -> dict[str, int]:
    """Model → how many event-security pairs it was used for, 0 for one of the specification curve only."""
    daily = context.result.tables["abnormal_returns"]
    pairs = daily.drop_duplicates(["event", "security"])["model"].value_counts()
    curve = context.table("curve", "model")["model"]
    tried = set(curve.unique())
    return {key: int(pairs.get(key, 0)) for key in MODELS if key in pairs or key in tried}


def _tests(context: Context) -> dict[str, bool]:
    """Tests that ran → whether they hold for the design, of the headline event's baskets."""
    tests = context.result.tables["tests"]
    ran = tests[(tests["event"] == context.event) & (tests["group"] == context.basket) & tests["p_value"].notna()]
    return {str(test): bool(valid) for test, valid in ran.groupby("test")["valid"].all().items() if test in TESTS}


def _held(context: Context, name: str) -> bool:
    return not context.table(name).empty


def _activity(context: Context) -> list[str]:
    table = context.table("activity", "quantity", "value")
    quantities = set(table.loc[table["value"].notna(), "quantity"])
    return [key for key, quantity in (("volume", "log_volume"), ("volatility", "volatility")) if quantity in quantities]


def _firm(context: Context) -> list[str]:
    return ["sq_scaled", "single_firm_t", "power"] if _held(context, "firms") else ["single_firm_t"]


def _many(context: Context) -> list[str]:
    family = any(verdict.p_family is not None for verdict in judged(context.result))
    used = {"romano_wolf": _held(context, "firms"), "family": family, "chosen": largest_candidate(context) is not None}
    return [key for key, held in used.items() if held]


def _further(context: Context) -> list[str]:
    models = [key for key in COUNTERFACTUALS if key in set(effects_of(context)["model"])]
    curve = ["curve"] if _held(context, "robustness") else []
    return [*curve, *models, *(PLACEBOS if models else ())]


def _hours(context: Context) -> list[str]:
    tables = {"bars": "intraday", "lead_lag": "lead_lag", "receipts": "receipts"}
    return [key for key, table in tables.items() if _held(context, table)]


NAME = r"[A-ZÄÖÜ][\w–-]+"
CITED = re.compile(rf"({NAME}(?:, {NAME})*(?: & {NAME})?) (\d{{4}}(?:, \d{{4}})*)")


@cache
def works() -> dict[str, str]:
    text = files("eventwindow.report").joinpath("templates/references.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def cited(texts: Iterable[str]) -> list[str]:
    """What the texts cite, each once, by surnames and year; two years after the same names are two works."""
    found = {(names, year) for text in texts for names, years in CITED.findall(text) for year in years.split(", ")}
    return [f"{names} {year}" for names, year in sorted(found, key=lambda work: (re.split(", | & ", work[0]), work[1]))]


def references(texts: Iterable[str]) -> list[str]:
    return [works()[work] for work in cited(texts)]
