"""The gallery: every card's code runs as it stands in the page, and its picture is of that code."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
spec = importlib.util.spec_from_file_location("gallery", ROOT / "scripts" / "gallery.py")
gallery = importlib.util.module_from_spec(spec)
spec.loader.exec_module(gallery)
TEXT = gallery.PAGE.read_text(encoding="utf-8")
DRAWN = json.loads(gallery.DRAWN.read_text(encoding="utf-8"))
PNG = b"\x89PNG"


def test_every_card_has_code_and_the_picture_of_that_code():
    """To draw them anew: `python scripts/gallery.py`."""
    cards = {card: gallery.digest(code) for card, code in gallery.cards(TEXT).items() if card}
    assert len(cards) >= 15
    assert {card: code for card, (code, _) in DRAWN.items()} == cards
    assert gallery.with_pictures(TEXT) == TEXT
    assert {path.stem for path in gallery.PICTURES.glob("*.png")} == set(cards)
    sizes = [len((gallery.PICTURES / f"{card}.png").read_bytes()) for card in cards]
    assert max(sizes) < 100_000


def test_the_code_of_every_card_runs_and_draws_what_its_picture_shows(deepseek, tmp_path, monkeypatch):
    """To draw them anew: `python scripts/gallery.py`. The study that ships is run once for all tests: the page's own
    call gives that result."""
    import eventwindow

    pytest.importorskip("typst")
    run = eventwindow.run_study

    def run_study(study, *, prices):
        return deepseek if (study, prices) == ("deepseek-2025", "shipped") else run(study, prices=prices)

    monkeypatch.setattr(eventwindow, "run_study", run_study, raising=False)
    monkeypatch.chdir(tmp_path)
    drawn = {card: (picture, words) for card, _, picture, words in gallery.run(TEXT)}
    assert set(drawn) == {card for card in gallery.cards(TEXT) if card}
    assert all(picture.startswith(PNG) and words for picture, words in drawn.values())
    assert [card for card, (_, words) in drawn.items() if gallery.digest(words) != DRAWN[card][1]] == [], "stale"
