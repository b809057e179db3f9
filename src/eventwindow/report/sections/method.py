"""The method: windows, models, tests and their papers, each only where the study uses it."""

from __future__ import annotations

from typing import Any

from eventwindow.report.language import MINUS
from eventwindow.report.subject import Subject, once

PAPERS = {
    "abnormal": (
        "Campbell, J. Y., Lo, A. W. & MacKinlay, A. C. (1997). The Econometrics of Financial Markets, ch. 4. "
        "Princeton University Press.",
    ),
    "market_model": (
        "MacKinlay, A. C. (1997). Event studies in economics and finance. Journal of Economic Literature 35(1), 13–39.",
    ),
    "mean_adjusted": (
        "Brown, S. J. & Warner, J. B. (1980). Measuring security price performance. "
        "Journal of Financial Economics 8(3), 205–258.",
    ),
    "market_adjusted": (
        "Brown, S. J. & Warner, J. B. (1980). Measuring security price performance. "
        "Journal of Financial Economics 8(3), 205–258.",
    ),
    "sq": (
        "Gelbach, J. B., Helland, E. & Klick, J. (2013). Valid inference in single-firm, single-event studies. "
        "American Law and Economics Review 15(2), 495–541.",
    ),
    "patell_z": (
        "Patell, J. M. (1976). Corporate forecasts of earnings per share and stock price behavior: empirical tests. "
        "Journal of Accounting Research 14(2), 246–276.",
    ),
    "bmp_t": (
        "Boehmer, E., Musumeci, J. & Poulsen, A. B. (1991). Event-study methodology under conditions of event-induced "
        "variance. Journal of Financial Economics 30(2), 253–272.",
    ),
    "adjusted_patell_z": (
        "Kolari, J. W. & Pynnönen, S. (2010). Event study testing with cross-sectional correlation of abnormal "
        "returns. Review of Financial Studies 23(11), 3996–4025.",
    ),
}


@once
def method_section(subject: Subject) -> dict[str, Any]:
    """Values of the specification, the models that were used, and the papers behind what was used."""
    study, language = subject.study, subject.language
    windows, models = study["windows"], _models(subject)
    used = {"abnormal", "sq", *models, *subject.result.table("tests")["test"]}
    papers = {paper for key in used & set(PAPERS) for paper in PAPERS[key]}
    kind = study["study"]["returns"]
    values = {
        "kind": language.text(f"method.kind_{kind}"),
        "minimum": study["study"]["minimum_returns"],
        **{f"est_{end}": _signed(day) for end, day in zip(("start", "end"), windows["estimation"], strict=True)},
        **{f"win_{end}": _signed(day) for end, day in zip(("start", "end"), windows["event"], strict=True)},
    }
    return {
        "intro": language.say("method.intro", **values),
        "models": models,
        "tests": set(subject.result.table("tests")["test"]),
        "papers": sorted(papers),
        "claims": bool(subject.result.verdicts),
        "versions": subject.result.run["versions"],
        "command": f"eventwindow run {subject.result.name}",
    }


def _models(subject: Subject) -> dict[str, int]:
    """Model id → how many event-security pairs it was used for."""
    daily = subject.result.table("abnormal_returns")
    pairs = daily.drop_duplicates(["event", "security"])["model"]
    return {str(model): int(n) for model, n in pairs.value_counts().items()}


def _signed(day: int) -> str:
    return str(day).replace("-", MINUS)
