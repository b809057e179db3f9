"""Notebooks: stored without outputs, no function of their own, and they run from top to bottom."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))
DOCS = Path(__file__).parents[1] / "docs"
SVG = re.compile(r"<svg.*?</svg>", re.DOTALL)
nbformat = pytest.importorskip("nbformat")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_a_notebook_is_stored_without_outputs_and_defines_nothing(path):
    cells = nbformat.read(path, as_version=4).cells
    code = [cell for cell in cells if cell.cell_type == "code"]
    assert code
    assert all(not cell.outputs and cell.execution_count is None for cell in code)
    assert not any(line.startswith(("def ", "class ")) for cell in code for line in cell.source.splitlines())
    assert sum(cell.cell_type == "markdown" for cell in cells) >= len(code) / 2


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_the_page_of_a_notebook_holds_its_cells_and_pictures(path):
    """To write it anew: `python scripts/notebook_pages.py NAME`."""
    text = (DOCS / "notebooks" / f"{path.stem}.md").read_text(encoding="utf-8")
    cells = nbformat.read(path, as_version=4).cells
    at = [text.find(cell.source) for cell in cells]
    assert -1 not in at
    assert at == sorted(at)
    pictures = re.findall(r"!\[.+\]\(\.\./(img/notebooks/.+\.svg)\)", text)
    assert pictures
    assert all((DOCS / picture).read_text(encoding="utf-8").startswith("<svg") for picture in pictures)


# Each study that ships is run once for all tests: a notebook's own call gives that result.
BEGIN = """
import pathlib, pickle, eventwindow
def run_study(study, *, prices, run=eventwindow.run_study, load=pickle.loads, path=pathlib.Path, read=pathlib.Path.read_bytes, held={!r}):
    if study not in held or prices != "shipped":
        return run(study, prices=prices)
    return load(read(path(held[study])))
eventwindow.run_study = run_study
"""


@pytest.fixture(scope="module")
def kernel(pickled):
    """One kernel for all notebooks: from one to the next it keeps the libraries that are imported, and no name."""
    nbclient = pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    held = {name: str(pickled(name)) for name in ("deepseek-2025", "bank-run-2023", "outage-2024")}
    begin = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(BEGIN.format(held))])
    client = nbclient.NotebookClient(begin, timeout=300, kernel_name="python3")
    client.execute(cleanup_kc=False)
    yield client
    client._cleanup_kernel()


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_a_notebook_runs_from_top_to_bottom(path, kernel, tmp_path):
    book = nbformat.read(path, as_version=4)
    book.cells.insert(0, nbformat.v4.new_code_cell(f"%cd -q {tmp_path}\n%reset -f"))
    kernel.nb = book
    kernel.execute(cleanup_kc=False)
    outputs = [output for cell in book.cells if cell.cell_type == "code" for output in cell.outputs]
    assert not [o for o in outputs if o.output_type == "error"]
    assert not [o for o in outputs if o.get("name") == "stderr"]
    drawn = [svg for o in outputs for svg in SVG.findall(str(o.get("data", {}).get("text/html", "")))[:1]]
    assert drawn
    stored = [DOCS / "img" / "notebooks" / f"{path.stem}-{k + 1}.svg" for k in range(len(drawn))]
    stale = [p.name for p, svg in zip(stored, drawn, strict=True) if said(p.read_text(encoding="utf-8")) != said(svg)]
    assert stale == [], f"python scripts/notebook_pages.py {path.stem}"


def said(svg: str) -> list[str]:
    """The words of a drawing, those of its marks among them."""
    return re.findall(r"<(?:text|title)\b[^>]*>([^<]*)<", svg)
