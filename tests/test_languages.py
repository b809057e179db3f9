"""The catalogues: the same keys and blanks in every language, plural forms that compile, and no key without a use."""

from __future__ import annotations

import ast
import re
import string
import sys
import zipfile
from pathlib import Path

import numpy as np
import polib
import pytest

from eventwindow.draft.chinese import simplified
from eventwindow.errors import SCALED, Exchange, Reason, catalogue, counted, languages
from eventwindow.report.language import language

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "eventwindow"
LOCALE = SOURCE / "report" / "locale"
PATHS = sorted(LOCALE.glob("*.po"))
CALLED = re.compile(r"""["']([a-z_]+\.[A-Za-z0-9_]+)["']""")
DRAWN = re.compile(r"""\bdrawn\(\s*context,\s*\w+,\s*"([a-z_]+)\"""")  # a figure's own texts
BUILT = re.compile(r"""["']([a-z_]+\.(?:\w*?_)?)(?:\{|["'] ~)""")  # f"test.{name}", "verdict." ~ word


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


HAN = re.compile(r"[\u3001-\u301f\u3400-\u9fff]")
READERS = {"draft"}  # the room whose rules read the language of articles


def test_no_module_holds_words_of_another_language_or_asks_which_it_is():
    """They stand in the catalogues, and in the data of the rules that read articles."""
    found = {}
    for path in SOURCE.rglob("*.py"):
        if path.relative_to(SOURCE).parts[0] in READERS:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        han = [n.lineno for n in ast.walk(tree) if isinstance(n, ast.Constant) and HAN.search(str(n.value))]
        if lines := sorted({*han, *map(_lineno, filter(_branches, ast.walk(tree)))}):
            found[path.relative_to(SOURCE).as_posix()] = lines
    assert found == {}


def _lineno(node: ast.AST) -> int:
    return node.lineno


def _branches(node: ast.AST) -> bool:
    """A switch `zh`, or a language's code in a comparison or as the beginning of one."""
    if isinstance(node, ast.arg):
        return node.arg == "zh" and getattr(node.annotation, "id", "") == "bool"
    asked = [node.left, *node.comparators] if isinstance(node, ast.Compare) else []
    if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "startswith":
        asked = node.args
    return any(isinstance(one, ast.Constant) and str(one.value).split("-")[0] == "zh" for one in asked)


def test_there_are_three_languages():
    assert languages() == ("en", "zh-Hans", "zh-Hant")


@pytest.mark.parametrize("code", languages())
def test_every_language_has_the_same_keys_and_blanks(code):
    """Of a day and a figure each language takes the parts that it writes; all else is filled in alike."""
    english, other = catalogue("en"), catalogue(code)
    assert set(other.forms) == set(english.forms)
    for key, forms in other.forms.items():
        wanted, held = set().union(*map(blanks, english.forms[key])), set().union(*map(blanks, forms))
        assert held == wanted or held | wanted <= OWN.get(key.partition(".")[0], set()), key


OWN = {
    "format": {"space", "day", "month", "short_month", "month_number", "year"},
    "unit": set(SCALED) | {"value", "amount", "currency"},
}


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_catalogue_passes_the_check_of_babel(path):
    pofile = pytest.importorskip("babel.messages.pofile", reason="needs Babel, of the extra docs")
    with path.open("rb") as file:
        held = pofile.read_po(file, abort_invalid=True)
    assert len(held) == len(catalogue(path.stem.replace("_", "-")).forms)
    assert [(m.id, str(e)) for m, errors in held.check() for e in errors for m in [m]] == []


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_keys_stand_once_and_sorted(path):
    keys = [entry.msgid for entry in polib.pofile(str(path))]
    assert keys == sorted(set(keys))


def sources() -> str:
    files = [p for ending in ("py", "j2", "typ") for p in SOURCE.rglob(f"*.{ending}")]
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


def test_no_key_is_missing_or_unused():
    """A key stands in the source as it is, or the source builds it from its beginning."""
    text, keys = sources(), set(catalogue("en").forms)
    tables = {key.partition(".")[0] for key in keys}
    called = {key for key in CALLED.findall(text) if key.partition(".")[0] in tables} - set(BY_PREFIX)
    built = {start for start in BUILT.findall(text) if start.partition(".")[0] in tables}
    built |= {f"{name}.{part}" for name in DRAWN.findall(text) for part in ("title", "caption", "alt")}
    assert len(called) > 200
    assert {k for k in called - keys if k.partition(".")[2] not in ENDINGS} == set()
    assert {key for key in keys - called if not key.startswith((*built, *BY_PREFIX))} == set()


ENDINGS = {
    "run",
    "csv",
    "json",
    "html",
    "md",
    "py",
    "toml",
    "parquet",
    "model",
    "results",
    "svg",
    "value",
}  # names of files and modules look like keys
BY_PREFIX = (
    "reason.",
    "web.fault_",
    "web.file_",
)  # a reason's key is given without it


def test_simplified_chinese_is_what_the_script_makes_of_the_traditional():
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        import simplify
    finally:
        sys.path.pop(0)
    files = simplify.written()
    assert len(files) == 1 + len(list(SOURCE.glob("study/library/*/study.toml")))
    stale = [path.name for path, text in files.items() if path.read_text(encoding="utf-8") != text]
    assert stale == [], "run scripts/simplify.py"
    said = "".join(form for forms in catalogue("zh-Hans").forms.values() for form in forms)
    assert "异常收益" in said
    assert not set("異報檢數") & set(said)


OLD = (  # what readers in Taiwan do not say so, and what is said twice
    "名列前茅", "所持", "籃子", "視窗", "誠實的數字", "粗心", "逐分鐘", "世界時間", "讀得慢", "注意得晚", "看不出與平常日",
    "對陳述", "才算有意義", "對照公司", "不符", "走勢可解釋", "變動 −", "變動−", "持有的 9 家",
)  # fmt: skip


def test_chinese_says_it_in_the_words_of_its_readers():
    """One form throughout: in the catalogue and in the studies that ship; per cent without a space."""
    texts = [form for forms in catalogue("zh-Hant").forms.values() for form in forms]
    library = SOURCE / "study" / "library"
    texts += re.findall(r'^\w+_zh = "(.*)"$', "\n".join(p.read_text("utf-8") for p in library.glob("*/*.toml")), re.M)
    assert len(texts) > 1000
    assert [(old, text) for text in texts for old in OLD if old in text] == []
    written = language("zh-Hant").written
    assert [t for t in texts if re.search(r"\d(?:&nbsp;|[ \u00a0])%", written(t))] == []
    assert written("跌 8.93 %，95&nbsp;% 區間") == "跌 8.93%，95% 區間"
    assert language("en").written("8.93 %") == "8.93 %"


@pytest.fixture(scope="module")
def everything(written, outage, tmp_path_factory):
    """The files that runs of two shipped studies write, a workbook and a word processor's file among them.

    The second study's in Traditional Chinese alone: how the other script follows from it the first one's files show.
    """
    from eventwindow.report.write import write_result

    folder = tmp_path_factory.mktemp("everything")
    write_result(outage, folder / outage.name, ["zh-Hant"], extras=("excel", "word"))
    return [path for place in (written, folder) for path in place.rglob("*")]


def read(path):
    """The words of a file: of a page without its tags, of an office file those of all its parts."""
    if path.suffix in {".xlsx", ".docx"}:
        with zipfile.ZipFile(path) as parts:
            text = " ".join(parts.read(n).decode("utf-8") for n in parts.namelist() if n.endswith(".xml"))
    else:
        text = path.read_text("utf-8")
    tagged = path.suffix in {".html", ".svg", ".xlsx", ".docx"}
    return re.sub(r"(?s)<(script|style)\b.*?</\1>|<[^>]*>", " ", text) if tagged else text


def test_all_that_a_run_writes_says_it_so_too(everything):
    """Pages, Markdown, figures, tables, JSON and workbook, in both scripts: no old word, one form of money.

    Per cent stands without a space on pages of Chinese; files of both languages hold the English form too.
    """
    old = {form for word in OLD for form in (word, simplified(word))}
    kinds = {".html", ".md", ".svg", ".csv", ".json", ".xlsx", ".docx"}
    files = [p for p in everything if p.suffix in kinds]
    assert len(files) > 400
    assert {p.suffix for p in files} >= kinds
    found = []
    for path in files:
        text = read(path)
        wrong = re.findall(r"\d\d,\d{{3}} ?[\u5104\u4ebf]", text) + [w for w in old if w in text]
        if ".zh-Han" in path.name:
            wrong += re.findall(r"\d(?:&nbsp;|[ \u00a0])%", text)
        found += [(path.name, word) for word in dict.fromkeys(wrong)]
    assert found == []


# Keys whose n is never one: their figure, test or sentence is left out there, or the number is a constant.
MANY = {
    *("abnormal.windows_note", "advise.one_day", "advise.scattered", "advise.staggered", "benchmark.range"),
    *("benchmark.treated", "benchmarks.alt", "counterfactual.best", "counterfactual.none", "counterfactual.span"),
    *("common.over_days", "gains.title", "story.gap_many"),
    *("finding.rank_other", "late.drift", "late.jump", "late.largest", "late.still"),
    *("lead_lag.caption", "market.few", "market.many", "specification_curve.caption"),
    *("reason.first_too_slow", "reason.bootstrap_draws", "reason.covers_sessions"),
    *("reason.moves_when_closed", "reason.still_returns", "reason.volume_drifts"),
    *("reason.followed_detail", "reason.gls_firms", "reason.loss_first", "reason.loss_rank"),
    *("reason.members_rank", "reason.needs_two", "reason.no_consecutive_residuals"),
    *("reason.no_consecutive_returns", "reason.no_rate_near", "reason.panel_equal_less_index"),
    *("reason.panel_equal_weight", "reason.panel_median", "reason.refitted_blocks", "reason.resamples"),
    *(
        "reason.value_first",
        "verdicts.lines",
        "reason.value_rank",
        "reason.without_treated",
        "tests.volatility_beyond",
        "counterfactual.untreated",
    ),
    *("tests.chosen", "tests.shared", "tests.shared_apart", "tests.volatility_calmer", "tests.volatility_restless"),
    "tests.volatility_usual",
}


def test_chinese_names_an_exchange_and_keeps_the_code_of_one_it_does_not_know():
    closed, other = (Reason("next_session", day="2025-01-29", mic=Exchange(mic)) for mic in ("XHKG", "XZAG"))
    assert catalogue("zh-Hant").reason(closed) == "2025-01-29 為港交所休市日，順延至次一交易日"
    assert catalogue("zh-Hant").reason(other) == "2025-01-29 為 XZAG 休市日，順延至次一交易日"
    assert str(closed) == "2025-01-29 is not a session of XHKG: next session"


def test_what_is_counted_in_english_has_a_singular():
    words = catalogue("en")
    counting = {key for key, forms in words.forms.items() if re.search(r"\{n\} (?:[a-z-]+ )?[a-z]+s\b", forms[-1])}
    assert {key for key in counting if len(words.forms[key]) == 1} == MANY


@pytest.mark.parametrize("one", [1, "1", np.int64(1)])
@pytest.mark.parametrize("many", [0, 2, "2", "1,000", np.int64(11)])
def test_the_form_follows_the_number_however_it_is_given(one, many):
    words = catalogue("en")
    assert words.text("reason.estimation_days", n=one) == "1 estimation day"
    assert words.text("reason.estimation_days", n=many).endswith(" estimation days")


def test_a_count_with_its_word():
    assert [counted(n, word) for n, word in ((1, "event"), (0, "event"), (2000, "security"), (1, "security"))] == [
        "1 event",
        "0 events",
        "2,000 securities",
        "1 security",
    ]


@pytest.mark.parametrize(
    ("p", "parametric", "told"),
    [(0.0123, False, "p = 0.012"), (0.004, True, "p < 0.01"), (0.0001, False, "p < 0.001"), (float("nan"), True, "")],
)
def test_a_p_value_is_told_with_one_sign(p: float, parametric: bool, told: str) -> None:
    from eventwindow.report.language import p_told

    assert p_told(p, parametric).replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ") == told
