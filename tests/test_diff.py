"""What `eventwindow diff` tells of two folders of results: each change that was made, and nothing else."""

from __future__ import annotations

import json
import shutil

import pandas as pd
import pytest

from eventwindow.claims.rules import RULES_VERSION
from eventwindow.cli.main import main
from eventwindow.report.difference import difference
from eventwindow.study.library import new_study

CLAIM = """
[[claims]]
id = "A1-day"
article = "A1"
measure = "return"
security = "NVDA"
date = 2025-01-27
stated_text = "about −17 %"
stated = -0.17
hedge = "about"
text_en = "Nvidia fell about 17 %."
"""


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    folder = tmp_path_factory.mktemp("diff")
    study = new_study(folder / "mine")
    (study / "claims.toml").open("a", encoding="utf-8").write(CLAIM)
    assert main(["run", str(study), "--prices", "shipped", "--language", "en", "--out", str(folder / "old")]) == 0
    return folder


@pytest.fixture
def new(results, tmp_path):
    return shutil.copytree(results / "old", tmp_path / "new")


def told(old, new, capsys, *options):
    code = main(["diff", str(old), str(new), *options])
    return code, capsys.readouterr().out


def change(folder, name, edit):
    path = folder / "results" / name
    table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    edit(table).to_csv(path, index=False)


def test_the_same_result_differs_in_nothing(results, new, capsys):
    assert told(results / "old", new, capsys) == (0, "nothing differs, numbers to within 1e-09\n")
    assert json.loads(told(results / "old", new, capsys, "--json")[1])["equal"]


def test_a_study_run_with_another_model_is_told(results, capsys, tmp_path):
    text = (results / "mine" / "study.toml").read_text(encoding="utf-8")
    study = shutil.copytree(results / "mine", tmp_path / "mine")
    (study / "study.toml").write_text(text.replace('"market_model"', '"market_adjusted"'), encoding="utf-8")
    assert main(["run", str(study), "--prices", "shipped", "--language", "en", "--out", str(tmp_path / "new")]) == 0
    capsys.readouterr()
    code, said = told(results / "old", tmp_path / "new", capsys)
    assert code == 3
    assert "model.name: market_model → market_adjusted" in said
    old, new = (
        pd.read_csv(f / "results" / "cumulative.csv", encoding="utf-8-sig") for f in (results / "old", tmp_path / "new")
    )
    gap = new["car"] - old["car"]
    row = old.loc[gap.abs().idxmax()]
    where = f"at selloff {row.security} {row.window_start} {row.window_end}"
    assert f"car: {len(old)} cells, largest {gap[gap.abs().idxmax()]:+.3g}" in said
    assert where in said


def test_a_verdict_that_is_another_is_told(results, new, capsys):
    path = new / "results" / "claims.json"
    held = json.loads(path.read_text(encoding="utf-8"))
    assert held["claims"][0]["verdict"].startswith("confirmed")
    held["claims"][0]["verdict"] = "open"
    path.write_text(json.dumps(held), encoding="utf-8")
    code, said = told(results / "old", new, capsys)
    assert code == 3
    assert said.splitlines()[0] == "Verdicts: 1 differs"
    assert "→ open" in said.splitlines()[1]
    assert said.splitlines()[1].startswith("  A1-day: confirmed")


@pytest.mark.parametrize(
    ("part", "key", "value", "line"),
    [
        ("rules", "version", "1.0", f"version: {RULES_VERSION} → 1.0"),
        ("versions", "numpy", "1.0.0", "numpy: "),
        ("prices", "NVDA", {"origin": "yahoo"}, "NVDA.origin: shipped → yahoo"),
    ],
)
def test_rules_versions_and_prices_are_told(results, new, capsys, part, key, value, line):
    path = new / "results" / "run.json"
    held = json.loads(path.read_text(encoding="utf-8"))
    held[part][key] = {**held[part][key], **value} if isinstance(value, dict) else value
    path.write_text(json.dumps(held), encoding="utf-8")
    code, said = told(results / "old", new, capsys)
    assert code == 3
    assert said.startswith(f"{part.capitalize()}: 1 differs\n  {line}")
    assert len(said.splitlines()) == 2


def test_rows_are_matched_by_what_they_say_and_not_by_their_place(results, new, capsys):
    change(new, "cumulative.csv", lambda t: t[::-1])
    assert told(results / "old", new, capsys)[0] == 0
    change(new, "cumulative.csv", lambda t: t[t["security"] != "KO"])
    found = difference(results / "old", new, 1e-9)["tables"]
    assert [(one["table"], one["rows"], one["only"], one["cells"]) for one in found] == [
        ("cumulative.csv", [9, 6], [3, 0], [])
    ]


def test_columns_tables_and_texts_that_only_one_has_are_told(results, new, capsys):
    change(new, "firms.csv", lambda t: t.drop(columns="detectable").assign(added="1"))
    change(new, "excluded.csv", lambda t: pd.concat([t, pd.DataFrame([dict.fromkeys(t, "x")])]))
    (new / "results" / "market.csv").unlink()
    _, said = told(results / "old", new, capsys)
    assert "firms.csv (9 rows): old alone has detectable; new alone has added" in said
    assert "1 row only in new" in said
    assert "  only in the old result: market.csv" in said


def test_what_only_one_has_and_what_differs_everywhere_is_told_in_a_line(results, new, capsys):
    path = new / "results" / "run.json"
    held = json.loads(path.read_text(encoding="utf-8"))
    prices = {f"S{k}": {"origin": "yahoo", "sessions": 100 + k} for k in range(12)}
    old = shutil.copytree(results / "old", new.parent / "older")
    for folder, changes in (
        (old, {"prices": prices, "inputs": {f"{k}.csv": "a" for k in range(7)}}),
        (new, {"prices": {name: one | {"origin": "own"} for name, one in prices.items()}, "inputs": {}}),
    ):
        (folder / "results" / "run.json").write_text(json.dumps(held | changes), encoding="utf-8")
    code, said = told(old, new, capsys)
    assert code == 3
    assert "  7 only in the old result: 0.csv, 1.csv, 2.csv, 3.csv, 4.csv and 2 more\n" in said
    assert "  origin: 12 differ (S0, S1, S2, S3, S4 and 7 more), first yahoo → own\n" in said
    assert len(said.splitlines()) == 4
    assert len(json.loads(told(old, new, capsys, "--json")[1])["run"]) == 19


@pytest.mark.parametrize(("gap", "differs"), [(5e-10, False), (5e-9, True)])
def test_the_tolerance_decides_what_is_the_same(results, new, gap, differs):
    change(new, "cumulative.csv", lambda t: t.assign(car=[repr(float(c) + gap) for c in t["car"]]))
    assert bool(difference(results / "old", new, 1e-9)["tables"]) == differs


@pytest.mark.parametrize(
    ("break_it", "said"),
    [
        (lambda f: shutil.rmtree(f / "results"), "holds no result"),
        (shutil.rmtree, "there is no folder"),
        (lambda f: (f / "results" / "run.json").write_text("{"), "not JSON"),
        (lambda f: (f / "results" / "claims.json").write_text('{"claims": [1]}'), "not a record that a run wrote"),
        (lambda f: (f / "results" / "tests.csv").write_text('a,b\n1,2,3\n4,"5'), "not a table that a run wrote"),
        (lambda f: (f / "results" / "tests.csv").write_bytes(b"\xff\xfe"), "not a table that a run wrote"),
    ],
)
def test_a_folder_that_is_no_result_is_told(results, new, capsys, break_it, said):
    break_it(new)
    assert main(["diff", str(results / "old"), str(new)]) == 2
    assert said in capsys.readouterr().err
