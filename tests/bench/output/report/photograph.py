"""A picture of a report for the README: `python -m tests.bench.output.report.photograph FOLDER`."""

from __future__ import annotations

import io
import shutil
import sys
import time
from pathlib import Path

from PIL import Image

STATE = "pin=2897&near=true"
"""Shown with one point kept, its image, and its true neighbours ringed; see `toAddress` in pure.js."""
WIDTH, HEIGHT = 1400, 1160
COLOURS = 255


def photograph(report: Path, picture: Path) -> None:
    """Write a picture of the panels of a report.

    Raises
    ------
    SystemExit
        If Chromium or its driver is not installed.
    """
    from selenium import webdriver

    chromium, driver = shutil.which("chromium") or shutil.which("google-chrome"), shutil.which("chromedriver")
    if not chromium or not driver:
        sys.exit("Got no Chromium with its driver, but expected both: install the packages chromium, chromium-driver.")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for argument in ("--headless=new", "--no-sandbox", "--hide-scrollbars", f"--window-size={WIDTH},{HEIGHT}"):
        options.add_argument(argument)
    browser = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    try:
        browser.get(f"{report.resolve().as_uri()}#{STATE}")
        time.sleep(2)  # images are decoded after the page is there
        shot = browser.get_screenshot_as_png()
    finally:
        browser.quit()
    Image.open(io.BytesIO(shot)).convert("RGB").quantize(COLOURS).save(picture, optimize=True)


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    photograph(folder / "report.html", folder / "figures" / "report.png")
