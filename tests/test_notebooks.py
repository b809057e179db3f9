"""Notebooks: stored without outputs, no function of their own, and they run from top to bottom."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))
DOCS = Path(__file__).parents[1] / "docs"
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


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_a_notebook_runs_from_top_to_bottom(path, tmp_path):
    nbclient = pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    book = nbformat.read(path, as_version=4)
    run = nbclient.NotebookClient(
        book, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    )
    run.execute()
    outputs = [output for cell in book.cells if cell.cell_type == "code" for output in cell.outputs]
    assert not [o for o in outputs if o.output_type == "error"]
    assert not [o for o in outputs if o.get("name") == "stderr"]
    assert any("<svg" in str(o.get("data", {}).get("text/html", "")) for o in outputs)
