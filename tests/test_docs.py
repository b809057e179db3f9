"""The pages: their examples run, their links resolve, and what the program offers is named in them."""

from __future__ import annotations

import argparse
import importlib.util
import os
import re
import subprocess
import sys
import time
import tomllib
from functools import cache
from pathlib import Path

import pytest
from doc_blocks import FENCE, run_page
from own_scripts import script

from eventwindow.analyses.counterfactual import COUNTERFACTUALS
from eventwindow.claims.measures import MEASURES
from eventwindow.cli.main import parser
from eventwindow.estimation.models import MODELS
from eventwindow.inference.registry import TESTS

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.glob("*.md"))
LINK = re.compile(r"\]\(([^)\s]+)\)")
HOMES = [
    *[("methods", MODELS), ("methods", TESTS), ("counterfactuals", COUNTERFACTUALS), ("measures", MEASURES)],
    *[("theory", MODELS), ("theory", TESTS), ("theory", COUNTERFACTUALS)],
]


@cache
def page(name: str) -> str:
    return (DOCS / f"{name}.md").read_text(encoding="utf-8")


@cache
def prose(name: str) -> str:
    return FENCE.sub("", page(name))


@pytest.mark.parametrize(("name", "least"), [("tutorial", 4), ("howto", 15), ("preregistration", 2)])
def test_the_examples_of_a_page_run_from_top_to_bottom(name, least, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    assert run_page(DOCS / f"{name}.md") >= least


def test_a_line_that_a_command_does_not_print_is_found(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "page.md").write_text("```console\n$ eventwindow list\nno such study\n```\n", encoding="utf-8")
    with pytest.raises(AssertionError, match=r"page\.md, line 1: eventwindow list does not print 'no such study'"):
        run_page(tmp_path / "page.md")


def test_every_link_inside_the_pages_resolves():
    links = [(path, target) for path in PAGES for target in LINK.findall(prose(path.stem))]
    inside = [(path, target) for path, target in links if not target.startswith(("http://", "https://"))]
    assert len(inside) > 20
    assert [f"{path.name}: {target}" for path, target in inside if not leads_somewhere(path, target)] == []


def leads_somewhere(path: Path, target: str) -> bool:
    file, _, anchor = target.partition("#")
    to = DOCS / file if file else path
    return to.is_file() and (not anchor or anchor in anchors(to))


def test_a_link_to_a_heading_that_is_not_there_leads_nowhere():
    assert leads_somewhere(DOCS / "index.md", "measures.md")
    assert not leads_somewhere(DOCS / "index.md", "measures.md#no-such-heading")
    assert not leads_somewhere(DOCS / "index.md", "no-such-page.md")


def anchors(path: Path) -> set[str]:
    """The anchors that a site gives to headings."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", path.read_text(encoding="utf-8")), re.MULTILINE)
    return {
        re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", h.encode("ascii", "ignore").decode()).strip().lower())
        for h in headings
    }


def test_every_entry_of_a_registry_is_named_where_it_is_explained():
    lacking = [(home, name) for home, names in HOMES for name in names if f"`{name}`" not in page(home)]
    assert lacking == []


def test_every_model_is_named_in_the_list_of_keys():
    assert [name for name in MODELS if f"`{name}`" not in page("study-file")] == []


def test_every_command_and_option_is_named():
    text = page("commands")
    lacking = [
        f"{name} {option}".strip()
        for name, command in commands().items()
        for option in ("", *(o for a in command._actions for o in a.option_strings if o not in ("-h", "--help")))
        if not (re.search(rf"`{name}\b", text) and option in text)
    ]
    assert lacking == []


def commands() -> dict[str, argparse.ArgumentParser]:
    return next(a.choices for a in parser()._actions if isinstance(a, argparse._SubParsersAction))


def test_the_formulas_are_those_of_the_report():
    """To write the page anew: `python scripts/theory.py --write`."""
    assert page("theory") == script("theory").page()
    assert page("theory").count("<math ") > 50


def test_every_error_message_is_on_its_page():
    """To write the tables anew: `python scripts/error_rows.py --write`."""
    rows = script("error_rows")
    assert len(rows.messages()) > 200
    assert sum(m.kind == "ClaimError" for m in rows.messages()) > 20
    assert [f"{m.file}: {m.what}" for m in rows.lacking(page("errors"))] == []


def test_every_kind_of_error_is_explained_with_its_exit_code():
    from eventwindow import errors

    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.StudyError)]
    assert len(kinds) == 6
    for kind in kinds:
        assert re.search(rf"^\| `{kind.__name__}` \|.*\| {kind.exit_code} \|$", page("errors"), re.MULTILINE)


def test_every_yes_of_ours_leads_to_the_page_that_shows_it():
    table = page("comparison").split("## Feature by feature")[1].split("\n## ")[0]
    ours = [row.split("|")[2].strip() for row in table.splitlines() if row.startswith("|")][2:]
    assert len(ours) > 20
    assert {"no"} < set(ours)
    linked = [re.fullmatch(r"\[yes\]\((.+)\)", cell) for cell in ours if cell != "no"]
    assert all(linked)
    assert all(leads_somewhere(DOCS / "comparison.md", link[1]) for link in linked)


def test_the_comparison_shows_the_reference_numbers():
    """Day 0 and [-10, 10], ours and the packages', as the table rounds them."""
    import pandas as pd

    folder = ROOT / "tests" / "reference" / "clustered"
    ours = pd.read_csv(folder / "expected_statistics.csv").set_index(["statistic", "window"])["value"]
    titles = {
        "cross-sectional t": "cross_sectional_t",
        "Patell Z": "patell_z",
        "BMP": "bmp_t",
        "Kolari–Pynnönen": "kolari_pynnonen_t",
        "Corrado rank": "corrado_z",
        "generalized sign": "generalized_sign_z",
    }
    for title, name in titles.items():
        assert f"| {title} | {shown(ours[name, '0'])} |" in page("comparison")
    estudy2 = pd.read_csv(folder / "r_estudy2_parametric.csv").set_index("date")["pt_stat"].loc["2024-02-13"]
    r = pd.read_csv(folder / "r_eventstudy.csv").set_index(["statistic", "day"])["value"]
    assert f"| {shown(r['aar_z', 0])} | {shown(estudy2)} |" in page("comparison")
    assert f"| Patell Z | {shown(ours['patell_z', '[-10,10]'])} | {shown(r['caar_z', 10])} |" in page("comparison")
    apart = pd.read_csv(ROOT / "tests/reference/scattered/r_eventstudy.csv").set_index(["statistic", "day"])["value"]
    for title, name in {"BMP": ("bmp_t", "cbmp_t"), "Kolari–Pynnönen": ("kp_t", "ckp_t")}.items():
        day, window = shown(apart[name[0], 0]), shown(apart[name[1], 10])
        assert re.search(rf"^\| {title} \| \S+ \| {day} \| \S+ \| {window} \|$", page("comparison"), re.MULTILINE)


def test_the_comparison_shows_the_python_packages_numbers_and_the_times_that_were_measured():
    import pandas as pd

    theirs = pd.read_csv(ROOT / "tests" / "reference" / "clustered" / "python_packages.csv")
    for row in theirs.itertuples():
        name, number = row.package.rsplit(" ", 1)
        assert f"| `{name}` {number} | {row.mean:.5f}".replace("-", "−") + f" | {shown(row.t)} |" in page("comparison")
    measured = (ROOT / "benchmarks" / "README.md").read_text(encoding="utf-8")
    for what in (
        "eventwindow, every analytic test of a day",
        "plain numpy loop",
        "`eventstudy` 0.1a12",
        "`easy_es` 0.1.2",
    ):
        taken = re.search(rf"^\| (?:a )?{re.escape(what)}[^|]*\| ([\d.,]+) \|", measured, re.MULTILINE)
        assert re.search(rf"^\| (?:a )?{re.escape(what)}[^|]*\| {taken[1]} \|", page("comparison"), re.MULTILINE), what


def shown(value: float) -> str:
    return f"{value:.4f}".replace("-", "−")


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    """The site, built as a user would; every warning is an error (`--quiet` would hide some from `--strict`)."""
    for name in ("mkdocs", "material", "mkdocstrings"):
        if importlib.util.find_spec(name) is None:
            pytest.skip(f'needs {name}: pip install -e ".[docs]"')
    out = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(out)]
    env = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Documentation built" in done.stderr
    assert "WARNING" not in done.stderr
    return out


def test_the_site_holds_every_page_and_every_public_name(site):
    import eventwindow

    assert {p.stem for p in PAGES} <= {p.stem for p in site.glob("*.html")}
    api = (site / "api.html").read_text(encoding="utf-8")
    for name in set(eventwindow.__all__) - {"__version__"}:
        assert f'{eventwindow._HOME[name]}.{name}"' in api, name


def test_the_site_loads_nothing_from_elsewhere(site):
    loads = re.compile(r'<(?:script|link|img|iframe|source)\b[^>]*?(?:src|href)="(?:https?:)?//[^"]*"')
    found = [hit for path in site.rglob("*.html") for hit in loads.findall(path.read_text(encoding="utf-8"))]
    assert found == []
    assert not [path for path in PAGES if "```mermaid" in path.read_text(encoding="utf-8")]
    styles = "".join(path.read_text(encoding="utf-8") for path in site.rglob("*.css"))
    assert re.findall(r"@import[^;]*//[^;]*|url\(['\"]?https?:[^)]*", styles) == []


def test_search_works_from_a_folder_and_formulas_are_drawn(site, browser):
    browser.get(f"{(site / 'theory.html').as_uri()}?q=Kolari")
    answer = until(lambda: browser.find_elements("css selector", ".md-search-result__item a"))
    assert any("theory.html" in link.get_attribute("href") for link in answer)
    formula = browser.find_element("css selector", ".formula math")
    assert formula.size["height"] > 10


def until(ask, seconds: float = 120):
    """What `ask` gives once it gives something."""
    end = time.monotonic() + seconds
    while not (found := ask()) and time.monotonic() < end:
        time.sleep(0.1)
    return found


def test_the_navigation_leads_to_pages_that_exist():
    nav = (ROOT / "mkdocs.yml").read_text(encoding="utf-8").split("\nnav:\n")[1]
    named = set(re.findall(r": ([\w-]+)\.md$", nav, re.MULTILINE))
    assert named == {p.stem for p in PAGES}


def test_the_extra_that_builds_the_site_is_declared():
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    assert {re.split(r"[\[>=]", d)[0] for d in extras["docs"]} == {"mkdocs", "mkdocs-material", "mkdocstrings"}


def test_what_the_page_on_other_systems_names_is_there():
    text = (ROOT / "docs" / "platforms.md").read_text(encoding="utf-8")
    tests = "\n".join(p.read_text(encoding="utf-8") for p in (ROOT / "tests").glob("*.py"))
    for name in re.findall(r"`(test_\w+)`", text):
        assert f"def {name}(" in tests, name
    for file in re.findall(r"`(test_\w+\.py)`", text):
        assert (ROOT / "tests" / file).is_file(), file
    for module, name in re.findall(r"\(`(\w+)\.((?!py`)\w+)`\)", text):
        (held,) = (ROOT / "src").rglob(f"{module}.py")
        assert f"def {name}(" in held.read_text(encoding="utf-8"), name


def test_action_and_container_name_commands_options_and_files_that_there_are(capsys):
    from eventwindow.cli.main import main

    steps = (ROOT / "action.yml").read_text(encoding="utf-8")
    used = re.findall(r"python -m eventwindow (\w+) (.*)", steps)
    assert {command for command, _ in used} == {"check", "run"}
    for command, rest in used:
        with pytest.raises(SystemExit):
            main([command, "--help"])
        said = capsys.readouterr().out
        for option in re.findall(r"(?<!\S)(--[\w-]+)|:\+(--[\w-]+)", rest):
            assert re.search(rf"{''.join(option)}\b", said), option
    container = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    for line in re.findall(r"^COPY (?!--from)(.+)$", container, re.MULTILINE):
        for name in line.split()[:-1]:
            assert (ROOT / name).exists(), name
