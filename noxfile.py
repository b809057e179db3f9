"""Every check of the project: `nox` runs them all, `nox -s lint` one of them, `nox -l` lists them.

A session makes its own environment, so that a check finds what pyproject.toml declares and nothing else.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import nox

PROJECT = nox.project.load_toml("pyproject.toml")
PYTHONS = nox.project.python_versions(PROJECT, max_version="3.14")  # from requires-python
OLDEST = PYTHONS[0]
QUICK = ("pytest", "-q", "-n", "auto", "-m", "not slow")  # with names of files behind `--`, those alone
SITE_ENV = {"NO_MKDOCS_2_WARNING": "1"}

nox.needs_version = ">=2024.4.15"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.error_on_missing_interpreters = False  # a Python that this machine lacks is named and left out
nox.options.sessions = ["lint", "types", "imports", "docs", "news", "wheel", "minima", "pythons", "tests"]


def name_all_pythons_of_pyenv() -> None:
    """Let pyenv's shims run every version that is installed: they run those of PYENV_VERSION only."""
    if shutil.which("pyenv") and "PYENV_VERSION" not in os.environ:
        listed = subprocess.run(["pyenv", "versions", "--bare"], capture_output=True, text=True, check=False)
        ours = [name for name in listed.stdout.split() if name.rpartition(".")[0] in PYTHONS]
        os.environ["PYENV_VERSION"] = ":".join(ours)


name_all_pythons_of_pyenv()


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and form with ruff."""
    session.install("ruff>=0.6")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session(python=OLDEST)
def types(session: nox.Session) -> None:
    """Check types with mypy, which reads those of the extras too."""
    session.install("-e", ".[test,dev]")
    session.run("mypy")


@nox.session
def imports(session: nox.Session) -> None:
    """Check that each room imports only from those below it."""
    session.install("-e", ".[dev]")
    session.run("lint-imports")


@nox.session
def docs(session: nox.Session) -> None:
    """Build the site; a warning is an error. `nox -s docs -- FOLDER` keeps it in a folder."""
    session.install("-e", ".[docs]")
    site = session.posargs[0] if session.posargs else f"{session.create_tmp()}/site"
    session.run("mkdocs", "build", "--strict", "--site-dir", str(Path(site).absolute()), env=SITE_ENV)


@nox.session
def news(session: nox.Session) -> None:
    """Set the fragments of changelog.d as a release would."""
    session.install("-e", ".", "towncrier>=24.7")
    session.run("towncrier", "build", "--draft", "--date", "unreleased")


@nox.session
def wheel(session: nox.Session) -> None:
    """Build wheel and source archive, install the wheel away from the sources, run the study that ships.

    `nox -s wheel -- FOLDER` keeps what was built.
    """
    session.install("build>=1.2", "twine>=6")
    folder = Path(session.posargs[0] if session.posargs else f"{session.create_tmp()}/dist").absolute()
    shutil.rmtree(folder, ignore_errors=True)
    session.run("python", "-m", "build", "--outdir", str(folder))
    built = sorted(map(str, folder.iterdir()))
    session.run("twine", "check", "--strict", *built)
    session.install(next(name for name in built if name.endswith(".whl")))
    run_the_study_that_ships(session)


@nox.session(python=OLDEST, venv_backend="uv")
def minima(session: nox.Session) -> None:
    """Run the main job and the quick tests on the lowest versions that pyproject.toml allows."""
    session.install("--resolution", "lowest-direct", ".[test]")
    run_the_study_that_ships(session)
    session.run(*QUICK, *session.posargs)


@nox.session(python=PYTHONS)
def pythons(session: nox.Session) -> None:
    """Run the main job and the quick tests on each Python; `-- FILE…` only those of some files."""
    session.install(".[test]")
    run_the_study_that_ships(session)
    session.run(*QUICK, *session.posargs)


@nox.session(venv_backend="venv")
def tests(session: nox.Session) -> None:
    """Run the quick tests with coverage, then the slow ones without."""
    session.install("-e", ".[test,docs]")
    report = f"{session.create_tmp()}/coverage.json"
    session.run(*QUICK, "--durations=10", "--cov", f"--cov-report=json:{report}", *session.posargs)
    session.run("python", "scripts/coverage_floor.py", report)
    session.run("pytest", "-q", "-m", "slow", *session.posargs, success_codes=[0, 5])  # 5: none of them is slow


def run_the_study_that_ships(session: nox.Session) -> None:
    """Run the README's study away from the sources, on the prices that ship."""
    with session.chdir(session.create_tmp()):
        session.run("eventwindow", "run", "deepseek-2025", "--prices", "shipped", "--language", "en", "--quiet")
