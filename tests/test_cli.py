"""The command as a person meets it: what it prints, what it writes, how it ends."""

from __future__ import annotations

import ast
import errno
import json
import re
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from eventwindow import __version__, run_study
from eventwindow.cli.main import exit_code_of, main, parser
from eventwindow.cli.pages import topics
from eventwindow.report.csv import csv_text
from eventwindow.study.library import new_study

CONTRACT = {
    "abnormal_returns": "event security group model benchmark date tau actual_return expected_return abnormal_return "
    "std_error t_stat p_value",
    "cumulative": "event security model benchmark window_start window_end car std_error t_stat p_value note",
    "tests": "event group window_start window_end test statistic p_value distribution n note",
    "claims": "id article security measure stated_text stated measured unit verdict rule reason",
    "excluded": "event security reason",
}
SRC = Path(__file__).parents[1] / "src"
SHORT = ("--prices", "shipped", "--language", "en")


@pytest.fixture
def study(tmp_path) -> Path:
    return new_study(tmp_path / "mine")


@pytest.fixture(scope="module")
def first(tmp_path_factory) -> Path:
    """The result folder of a new study, run as it is."""
    folder = tmp_path_factory.mktemp("cli")
    assert main(["run", str(new_study(folder / "mine")), "--prices", "shipped", "--out", str(folder / "out")]) == 0
    return folder / "out"


def edit(study: Path, old: str, new: str, file: str = "study.toml") -> None:
    path = study / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def refused(study: Path, capsys, *arguments: str) -> str:
    """Run a study that must be refused: exit code 2, a message without a traceback, nothing first."""
    out = study.parent / "refused"
    code = main(["run", str(study), "--out", str(out), *(arguments or ("--prices", "shipped"))])
    message = capsys.readouterr().err
    assert code == 2
    assert message.startswith("eventwindow: ")
    assert "Traceback" not in message
    assert not out.exists()
    assert not list(study.parent.glob(".refused*"))
    return message


def test_version():
    command = [sys.executable, "-m", "eventwindow", "--version"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert said.startswith(f"eventwindow {__version__} (pandas {pd.__version__}, numpy {np.__version__}, yfinance ")


def test_help_prints_every_page_and_schema(capsys):
    assert main(["help"]) == 0
    listed = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert {"index", "study-file", "measures", "study.schema", "claims.schema"} <= set(listed)
    for topic in listed:
        assert main(["help", topic]) == 0
        assert len(capsys.readouterr().out) > 300
    assert main(["help", "no-such-page"]) == 2
    assert "The pages are" in capsys.readouterr().err


def test_every_page_that_a_message_names_is_there():
    sources = [*SRC.rglob("*.py"), *SRC.rglob("*.po"), *SRC.rglob("*.toml")]
    named = {name for path in sources for name in re.findall(r"`eventwindow help ([\w.-]+)`", path.read_text("utf-8"))}
    assert {"study-file", "draft", "measures", "verdicts"} <= named
    assert named <= set(topics())


def test_no_text_that_is_shown_names_a_file_that_the_wheel_does_not_show():
    """Docstrings and comments are read beside the sources; whatever else names a page names its topic."""
    found = []
    for path in SRC.rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        docs = {id(n.body[0].value) for n in ast.walk(tree) if hasattr(n, "body") and docstring_of(n)}
        texts = [
            n for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str) and id(n) not in docs
        ]
        found += [(path.name, n.lineno) for n in texts if re.search(r"docs/[\w-]+\.md", n.value)]
    found += [path.name for path in SRC.rglob("*.po") if re.search(r"docs/[\w-]+\.md", path.read_text("utf-8"))]
    assert found == []


def docstring_of(node):
    kinds = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    return isinstance(node, kinds) and ast.get_docstring(node) is not None


def test_what_completes_the_shell_names_every_command(capsys):
    assert main(["completion", "bash"]) == 0
    script = capsys.readouterr().out
    assert all(name in script for name in ("run", "check", "help", "--prices"))


def test_a_missing_library_is_named_with_what_installs_it(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "shtab", None)
    assert main(["completion", "bash"]) == 2
    message = capsys.readouterr().err
    assert message == "eventwindow: completion needs shtab, which is not installed\nInstall it: pip install shtab\n"


def test_verbose_says_what_is_done(study):
    command = [sys.executable, "-m", "eventwindow", "check", str(study), "--prices", "shipped", "--verbose"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    assert re.search(r"^ +\d+ ms  eventwindow: estimating expected returns$", said, re.MULTILINE)


def test_list_names_the_studies_that_ship(capsys):
    assert main(["list"]) == 0
    assert "deepseek-2025" in capsys.readouterr().out


def test_a_new_study_runs_as_it_is(first):
    assert (first / "report.html").stat().st_size > 1000
    assert list((first / "figures").glob("*.svg"))


@pytest.mark.parametrize("name", CONTRACT)
def test_tables_hold_the_columns_of_the_contract(first, name):
    table = pd.read_csv(first / "results" / f"{name}.csv")
    assert set(CONTRACT[name].split()) <= set(table.columns)


def test_run_json_says_where_each_ticker_is_from(first):
    run = json.loads((first / "results" / "run.json").read_text(encoding="utf-8"))
    assert {s: p["origin"] for s, p in run["prices"].items()} == dict.fromkeys(["KO", "NVDA", "SPY", "TSM"], "shipped")
    assert all(len(p["sha256"]) == 64 for p in run["prices"].values())
    assert run["versions"]["eventwindow"] == __version__


def test_two_runs_give_the_same_bytes(study, first, tmp_path):
    assert main(["run", str(study), "--prices", "shipped", "--out", str(tmp_path / "again")]) == 0
    assert held_in(first) == held_in(tmp_path / "again")


def held_in(folder: Path) -> dict[Path, bytes]:
    return {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_result_holds_no_path_of_the_machine(first):
    files = held_in(first)
    assert len(files) > 20
    assert [path.name for path, content in files.items() if str(first.parent).encode() in content] == []


def test_an_older_result_and_a_stranger_beside_it_survive_a_failed_run(study, first, tmp_path):
    out = Path(shutil.copytree(first, tmp_path / "out"))
    (out / "my notes.txt").write_text("mine")
    before = (out / "report.html").read_bytes()
    edit(study, 'symbol = "KO"', 'symbol = "NOSUCH"')
    edit(study, '"KO"]', '"NOSUCH"]')
    assert main(["run", str(study), "--prices", "shipped", "--out", str(out)]) == 2
    assert (out / "report.html").read_bytes() == before
    edit(study, 'symbol = "NOSUCH"', 'symbol = "KO"')
    edit(study, '"NOSUCH"]', '"KO"]')
    assert main(["run", str(study), *SHORT, "--out", str(out)]) == 0
    assert (out / "my notes.txt").read_text() == "mine"


def test_a_folder_with_other_things_is_never_written_over(study, tmp_path, capsys):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "thesis.txt").write_text("years of work")
    assert main(["run", str(study), "--prices", "shipped", "--out", str(tmp_path / "home")]) == 2
    assert "is not empty and holds no earlier result" in capsys.readouterr().err
    assert [p.name for p in (tmp_path / "home").iterdir()] == ["thesis.txt"]


BAD_STUDIES = {
    "no TOML": ("[study]", "[study", ["study.toml", "line 4", "not valid TOML"]),
    "misspelled key": ("benchmark = ", "benchmrak = ", ["study.toml, line 7", "Did you mean 'benchmark'?"]),
    "impossible date": ("2025-01-27", "2025-13-27", ["study.toml", "line 21"]),
    "no session": ("2025-01-27", "2025-01-20", ["selloff", "2025-01-20 is not a session of XNYS", 'session = "next"']),
    "window backwards": ("[0, 1]", "[1, 0]", ["study.toml, line 17", "starts after its end"]),
    "overlap": ("[-260, -11]", "[-260, -3]", ["study.toml, line 15", "overlaps"]),
    "unknown ticker": ('symbol = "KO"', 'symbol = "NVDAA"', ["NVDAA"]),
    "no benchmark": ('benchmark = "SPY"', 'benchmark = "SPYY"', ["SPYY"]),
    "no returns to estimate on": (
        "minimum_returns = 100",
        "minimum_returns = 999",
        ["no security is left", "999 needed"],
    ),
    "after the last price": ("2025-01-27", "2025-06-16", ["no security is left", "no row on day 0"]),
    "unknown exchange": ('"XNYS"', '"XXXX"', ["'XXXX' is unknown", "study.toml"]),
}


@pytest.mark.parametrize("fault", BAD_STUDIES)
def test_a_study_that_is_wrong_ends_with_a_clear_message(study, capsys, fault):
    old, new, told = BAD_STUDIES[fault]
    if fault == "unknown ticker":
        edit(study, '"KO"]', '"NVDAA"]')
    edit(study, old, new)
    message = refused(study, capsys)
    for part in told:
        assert part in message


CLAIM = """
[[claims]]
id = "A1-1"
article = "A1"
security = "NVDA"
text_en = "Nvidia fell about 17 % on 27 January"
text_zh = "輝達下跌約一成七"
hedge = "about"
stated_text = "-17 %"
stated = -0.17
precision = 0.01
measure = "return"
date = 2025-01-27
"""


def test_a_claim_of_ones_own_is_judged(study, tmp_path):
    (study / "claims.toml").write_text('[[articles]]\nkey = "A1"\ntitle_en = "An article"\n' + CLAIM, encoding="utf-8")
    assert main(["run", str(study), *SHORT, "--out", str(tmp_path / "out")]) == 0
    assert "輝達下跌約一成七" in (tmp_path / "out" / "results" / "claims.zh-Hant.csv").read_text(encoding="utf-8")
    row = pd.read_csv(tmp_path / "out" / "results" / "claims.csv").iloc[0]
    assert row["verdict"] == "confirmed"
    assert row["measured"] == pytest.approx(118.42 / 142.62 - 1, abs=2e-4)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("", CLAIM, ["A1-1", "line"]),
        ('security = "NVDA"', 'security = "INTC"', ["INTC", "line"]),
        ('measure = "return"', 'measure = "magic"', ["magic", "line"]),
        ("date = 2025-01-27", "day = 2025-01-27", ["day", "line"]),
    ],
)
def test_a_ledger_that_is_wrong_is_told(study, capsys, old, new, told):
    text = '[[articles]]\nkey = "A1"\ntitle_en = "An article"\n' + CLAIM
    text = text.replace(old, new, 1) if old else text + new
    (study / "claims.toml").write_text(text, encoding="utf-8")
    message = refused(study, capsys)
    assert "claims.toml" in message
    for part in told:
        assert part in message


GOOD_ROW = "2025-01-27,NVDA,118.42\n"
BAD_PRICES = {
    "missing column": ("date,symbol,worth\n" + GOOD_ROW, ["close"]),
    "duplicate date": ("date,symbol,close\n" + GOOD_ROW * 2, ["2025-01-27", "NVDA", "line 3"]),
    "negative price": ("date,symbol,close\n2025-01-27,NVDA,-118.42\n", ["-118.42", "line 2"]),
    "text for a number": ("date,symbol,close\n2025-01-27,NVDA,much\n", ["much", "line 2"]),
    "empty file": ("", ["prices.csv"]),
}


@pytest.mark.parametrize("fault", BAD_PRICES)
def test_a_prices_file_that_is_wrong_is_told(study, capsys, fault):
    text, told = BAD_PRICES[fault]
    (study / "prices.csv").write_text(text)
    message = refused(study, capsys, "--prices", str(study / "prices.csv"))
    for part in told:
        assert part in message


def test_a_prices_file_of_ones_own_gives_the_same_figures(study, first, tmp_path):
    daily = study / "figures" / "daily.csv"
    own = shutil.copy(daily, tmp_path / "own.csv")
    result = run_study(study, prices=str(own))
    for name in ("cumulative", "tests"):
        held = (first / "results" / f"{name}.csv").read_text(encoding="utf-8")
        assert csv_text(result.table(name)) == held


def test_one_language_is_written_alone_and_links_to_no_other(study, tmp_path, capsys):
    out = tmp_path / "out"
    assert main(["run", str(study), "--prices", "shipped", "--out", str(out), "--language", "zh-Hant", "--quiet"]) == 0
    assert capsys.readouterr().out == f"{out / 'report.zh-Hant.html'}\n"
    assert not (out / "report.html").exists()
    assert 'href="report.html"' not in (out / "report.zh-Hant.html").read_text(encoding="utf-8")


def test_json_is_read_back_with_the_numbers_of_the_tables(study, tmp_path, capsys):
    out = tmp_path / "out"
    assert main(["run", str(study), *SHORT, "--out", str(out), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    car = {(r["security"], r["window_end"]): r["car"] for r in told["cumulative"]}
    table = pd.read_csv(out / "results" / "cumulative.csv").set_index(["security", "window_end"])
    assert car["NVDA", 0] == pytest.approx(table.loc[("NVDA", 0), "car"])
    assert told["headline"]["event"] == "selloff"


def test_claims_of_another_file_are_judged_and_quiet_prints_the_path_of_the_report_alone(study, tmp_path, capsys):
    other = tmp_path / "other.toml"
    other.write_text('[[articles]]\nkey = "A1"\ntitle_en = "Another"\n' + CLAIM, encoding="utf-8")
    out = tmp_path / "out"
    assert main(["run", str(study), *SHORT, "--claims", str(other), "--out", str(out), "--quiet"]) == 0
    assert capsys.readouterr().out == f"{out / 'report.html'}\n"
    assert list(pd.read_csv(out / "results" / "claims.csv")["id"]) == ["A1-1"]
    assert main(["run", str(study), *SHORT, "--claims", "nowhere.toml", "--out", str(out)]) == 2
    assert "there is no file nowhere.toml" in capsys.readouterr().err


def test_prices_shows_what_is_held(study, capsys):
    assert main(["prices", str(study)]) == 0
    out = capsys.readouterr().out
    assert "NVDA" in out
    assert "shipped" in out


def test_check_says_what_a_study_holds(study, capsys):
    assert main(["check", str(study), "--prices", "shipped"]) == 0
    out = capsys.readouterr().out
    assert "1 event, 3 stocks" in out
    assert "nothing is wrong" in out


def test_an_interrupt_ends_with_130(study, monkeypatch, capsys):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("eventwindow.cli.run.run_study", interrupted)
    assert main(["run", str(study)]) == 130
    assert "interrupted" in capsys.readouterr().err


def test_every_command_is_done_by_a_function_that_is_there():
    """The file of a command is imported when it is called: a name that is wrong would be found by its user."""
    (commands,) = (action for action in parser()._actions if hasattr(action, "choices") and action.choices)
    for name, command in commands.choices.items():
        file, function = command.get_default("file"), command.get_default("function")
        assert callable(getattr(import_module(f"eventwindow.cli.{file}"), function)), name


@pytest.mark.parametrize(
    ("given", "code"), [("zh-TW", "zh-Hant"), ("zh_HK", "zh-Hant"), ("zh-cn", "zh-Hans"), ("en-US", "en"), ("en", "en")]
)
def test_a_language_may_be_named_as_locales_name_it(given, code):
    assert parser().parse_args(["run", "mine", "--language", given]).language == code
    assert parser().parse_args(["verify", "mine", "--language", given]).language == code


@pytest.mark.parametrize("option", [("--language", "fr"), ("--engine", "spark")])
def test_what_is_none_of_the_choices_is_refused_whatever_the_study(option, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["run", "deepseek-2025", *option])
    assert ended.value.code == 2
    assert f"{option[0]}: invalid choice: '{option[1]}'" in capsys.readouterr().err


def test_the_claims_that_are_checked_are_told_by_their_file(tmp_path, capsys):
    assert main(["new", str(tmp_path / "mine")]) == 0
    draft = tmp_path / "draft.toml"
    draft.write_text((tmp_path / "mine" / "claims.toml").read_text(encoding="utf-8"), encoding="utf-8")
    capsys.readouterr()
    for more, name in (((), "claims.toml"), (("--claims", str(draft)), "draft.toml")):
        assert main(["check", str(tmp_path / "mine"), "--prices", "shipped", *more]) == 0
        assert f"\n{name}: 0 claims of 1 article\n" in capsys.readouterr().out


@pytest.mark.parametrize("name", [".mine~0a1b2c3d4e5f", ".mine~0a1b/mine/study.toml", "eventwindow~0a1b/quick"])
def test_what_the_system_refuses_is_told_with_the_place_that_was_asked_for(name, tmp_path, capsys):
    """Nobody has asked for the folder that a run makes for a while."""
    assert exit_code_of(PermissionError(errno.EACCES, "Permission denied", str(tmp_path / name))) == 1
    assert capsys.readouterr().err == f"eventwindow: Permission denied: {tmp_path}\n"
