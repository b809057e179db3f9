"""Take the pictures of pages that docs/ shows: the report, and the local page of `serve`, from the figures that ship.

python scripts/screenshots.py [RESULT]        needs chromium, chromedriver and the extra [test]

RESULT is the folder of a run of deepseek-2025 that is there already; without it the study is run.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from PIL import Image
from selenium import webdriver

OUT = Path(__file__).parents[1] / "docs" / "img"
DESK, PHONE = (1000, 800), (390, 844)
COLOURS = 160  # of a picture: text, flat areas and thin lines need no more
FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--force-device-scale-factor=1")
TO = """const top = document.querySelector(arguments[0]).getBoundingClientRect().top + scrollY - 12;
    scrollTo({ top: Math.max(0, top), behavior: "instant" });"""
PATIENCE = 300.0  # seconds for a run
FORM = {"symbols": "NVDA TSM", "date": "2025-01-27", "sentences": "Nvidia fell 17 %"}


class Picture(NamedTuple):
    """A page at a width, from the element `top` on, in the reader's scheme of colours."""

    name: str
    page: str
    size: tuple[int, int] = DESK
    top: str = "body"
    scheme: str = "light"


REPORT = (
    Picture("story", "report.html", (1000, 900)),
    Picture("story-phone-zh", "report.zh-Hant.html", PHONE),
    Picture("story-dark", "report.html", top="#gained", scheme="dark"),
    Picture("what-if", "report.html", (1000, 640), ".what-if"),
    Picture("statement", "claims/S0-A1.html"),
    Picture("appendix", "appendix.zh-Hant.html", (1280, 800)),
)
SERVE = (
    Picture("serve", "/?lang=en", (1000, 900)),
    Picture("serve-phone-zh", "/?lang=zh-Hant", PHONE),
    Picture("serve-run-zh", "{run}?lang=zh-Hant"),
    Picture("serve-run-phone", "{run}?lang=en", PHONE, scheme="dark"),
)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, browser() as window:
        out = Path(sys.argv[1]).resolve() if sys.argv[1:] else Path(folder) / "out"
        if not sys.argv[1:]:
            command = ("run", "deepseek-2025", "--prices", "shipped", "--quiet", "--out", str(out))
            subprocess.run([sys.executable, "-P", "-m", "eventwindow", *command], check=True)
        for picture in REPORT:
            take(window, picture, (out / picture.page).as_uri())
        with served(Path(folder) / "runs") as url:
            run = asked(window, url)
            for picture in SERVE:
                take(window, picture, url + picture.page.format(run=run))


@contextmanager
def browser() -> Iterator[Any]:
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for flag in FLAGS:
        options.add_argument(flag)
    window = webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))
    try:
        yield window
    finally:
        window.quit()


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a server of ours, which ends with the block."""
    command = [sys.executable, "-P", "-m", "eventwindow", "serve", "--port", "0", "--folder", str(folder)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        yield server.stdout.readline().strip().rstrip("/")
    finally:
        server.terminate()
        server.wait()


def asked(window: Any, url: str) -> str:
    """Send the quick form; the path of its run, once that is done."""
    window.get(url + "/?lang=en")
    for name, text in FORM.items():
        window.execute_script("document.getElementById(arguments[0]).value = arguments[1]", name, text)
    window.find_element("css selector", "form button").click()
    until = time.monotonic() + PATIENCE
    while not window.find_elements("css selector", ".files"):
        if time.monotonic() > until:
            raise SystemExit("the run did not end: " + window.find_element("css selector", "main").text)
        time.sleep(0.5)
    path: str = window.current_url.removeprefix(url).partition("?")[0]
    return path


def take(window: Any, picture: Picture, address: str) -> None:
    wide, high = picture.size
    metrics = {"width": wide, "height": high, "deviceScaleFactor": 1, "mobile": False}
    window.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    scheme = [{"name": "prefers-color-scheme", "value": picture.scheme}]
    window.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": scheme})
    window.get(address)
    window.execute_script(TO, picture.top)
    shot = Image.open(io.BytesIO(window.get_screenshot_as_png())).convert("RGB")
    path = OUT / f"{picture.name}.png"
    shot.quantize(COLOURS, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(path, optimize=True)
    print(f"docs/img/{path.name}: {wide} × {high}, {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
