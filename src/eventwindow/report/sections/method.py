"""The method: windows, models, tests and what else the report rests on, each only where the study uses it."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources import files
from typing import Any

import pandas as pd
from markupsafe import Markup

from eventwindow.report.context import Subject, every_verdict, once
from eventwindow.report.figures.counterfactual import effects_of
from eventwindow.report.language import MINUS
from eventwindow.report.sections.references import references
from eventwindow.report.sections.tests import inference_section

MODELS = (
    "market_model", "mean_adjusted", "market_adjusted", "capm", "ff3", "ff5", "carhart", "scholes_williams", "dimson",
    "dimson_summed", "huber", "garch", "peer_adjusted", "peer_index",
)  # fmt: skip
TESTS = (
    "date_permutation_mean", "date_permutation_sar", "date_permutation_max", "portfolio_t", "correlation",
    "adjusted_patell_z", "kolari_pynnonen_t", "corrado_z", "corrado_zivney_z", "conformal_mean", "conformal_sur",
    "block_bootstrap", "gls_t", "crude_dependence_t", "calendar_time", "sur_f", "grank_t", "cross_sectional_t",
    "skewness_adjusted_t", "patell_z", "patell_z_sum_of_sars", "bmp_t", "independence_t", "sign_z",
    "generalized_sign_z", "wilcoxon_w_plus", "grank_z", "bhar_t", "bhar_skewness_adjusted_t",
)  # fmt: skip
CORRELATED = {"adjusted_patell_z", "kolari_pynnonen_t"}
COUNTERFACTUALS = ("synthetic_control", "ridge", "elastic_net", "latent_factors")
PLACEBOS = ("placebo_time", "placebo_space")


@once
def method_section(subject: Subject) -> dict[str, Any]:
    """Values of the specification, what was used with its formulas, and the works behind it."""
    intro, parts = _intro(subject), _parts(subject)
    texts = [str(entry["text"]) for part in parts for entry in part["entries"]]
    return {
        "intro": intro,
        "parts": parts,
        "papers": references([str(intro), *texts]),
        "versions": subject.result.run["versions"],
        "command": f"eventwindow run {subject.result.name}",
    }


def has_formula(key: str) -> bool:
    return files("eventwindow.report").joinpath(f"templates/parts/formulas/{key}.html.j2").is_file()


def _intro(subject: Subject) -> Markup:
    study, windows = subject.study["study"], subject.study["windows"]
    bounds = {name: windows[key] for name, key in (("est", "estimation"), ("win", "event"))}
    days = {
        f"{name}_{end}": _signed(span[k]) for name, span in bounds.items() for k, end in enumerate(("start", "end"))
    }
    kind = subject.language.text(f"method.kind_{study['returns']}")
    return subject.language.say("method.intro", kind=kind, minimum=study["minimum_returns"], **days)


def _parts(subject: Subject) -> list[dict[str, Any]]:
    """What the study used, in the order of the report; a part without matter is left out."""
    say, ran = subject.language.say, _tests(subject)
    valid = [
        key
        for key in TESTS
        if ran.get(key, False) or (key == "correlation" and CORRELATED & {t for t in ran if ran[t]})
    ]
    parts = {
        "models": [_model(subject, key, n) for key, n in _models(subject).items()] + _entries(subject, _star(subject)),
        "ar": _entries(subject, ["abnormal", *(["standardised"] if ran else []), *_activity(subject)]),
        "firm": _entries(subject, ["sq", *_firm(subject)]),
        "basket": _entries(subject, valid),
        "careless": _entries(subject, [key for key in TESTS if key in ran and not ran[key]]),
        "many": _entries(subject, _many(subject)),
        "further": _entries(subject, _further(subject)),
        "hours": _entries(subject, _hours(subject)),
        "statements": [_plain(say("method.claims"))] if subject.result.verdicts else [],
    }
    if parts["basket"]:
        parts["basket"].append(_plain(say("method.parametric")))
    return [{"title": say(f"method.{key}_title"), "entries": entries} for key, entries in parts.items() if entries]


def _entries(subject: Subject, keys: Iterable[str]) -> list[dict[str, Any]]:
    return [_entry(subject, key, subject.language.say(f"method.{key}")) for key in keys]


def _entry(subject: Subject, key: str, text: Markup) -> dict[str, Any]:
    language = subject.language
    spoken = next(f"{table}.{key}" for table in ("test", "option", "method_name") if language.has(f"{table}.{key}"))
    name = language.text(spoken)
    told = language.say("method.entry", name=name[:1].upper() + name[1:], text=text)
    return {"key": key, "text": told, "formula": key if has_formula(key) else ""}


def _plain(text: Markup) -> dict[str, Any]:
    return {"key": "", "text": text, "formula": ""}


def _model(subject: Subject, key: str, n: int) -> dict[str, Any]:
    """A model with how often it was used; one of the specification curve only has no count."""
    say = subject.language.say
    used = say("method.models_used", n=n) if n else say("method.in_curve")
    return _entry(subject, key, say("method.with_use", text=say(f"method.{key}"), used=used))


def _models(subject: Subject) -> dict[str, int]:
    """Model → how many event-security pairs it was used for, 0 for one of the specification curve only."""
    daily = subject.result.table("abnormal_returns")
    pairs = daily.drop_duplicates(["event", "security"])["model"].value_counts()
    curve = subject.result.tables.get("curve", pd.DataFrame({"model": []}))["model"]
    return {key: int(pairs.get(key, 0)) for key in MODELS if key in pairs or key in set(curve)}


def _tests(subject: Subject) -> dict[str, bool]:
    """Tests that ran → whether they hold for the design, of the headline event's baskets."""
    tests = subject.result.table("tests")
    ran = tests[(tests["event"] == subject.event) & (tests["group"] == subject.basket) & tests["p_value"].notna()]
    return {str(test): bool(valid) for test, valid in ran.groupby("test")["valid"].all().items() if test in TESTS}


def _held(subject: Subject, name: str) -> bool:
    return len(subject.result.tables.get(name, ())) > 0


def _star(subject: Subject) -> list[str]:
    return ["star"] if _held(subject, "treated") else []


def _activity(subject: Subject) -> list[str]:
    table = subject.result.tables.get("activity", pd.DataFrame({"quantity": [], "value": []}))
    quantities = set(table.loc[table["value"].notna(), "quantity"])
    return [key for key, quantity in (("volume", "log_volume"), ("volatility", "volatility")) if quantity in quantities]


def _firm(subject: Subject) -> list[str]:
    return ["sq_scaled", "single_firm_t", "power"] if _held(subject, "firms") else ["single_firm_t"]


def _many(subject: Subject) -> list[str]:
    result = subject.result
    panels = [p for judged in result.readings for p in judged.panels] + [
        p for d in result.disagreements for p in d.panels
    ]
    family = any(v.p_family is not None for v in every_verdict([*result.verdicts, *panels]))
    used = {
        "romano_wolf": _held(subject, "firms"),
        "family": family,
        "chosen": bool(inference_section(subject)["chosen"]),
    }
    return [key for key, held in used.items() if held]


def _further(subject: Subject) -> list[str]:
    models = [key for key in COUNTERFACTUALS if key in set(effects_of(subject)["model"])]
    curve = ["curve"] if _held(subject, "robustness") else []
    return [*curve, *models, *(PLACEBOS if models else ())]


def _hours(subject: Subject) -> list[str]:
    tables = {"bars": "intraday", "lead_lag": "lead_lag", "receipts": "receipts"}
    return [key for key, table in tables.items() if _held(subject, table)]


def _signed(day: int) -> str:
    return str(day).replace("-", MINUS)
