"""Pages in a real browser: Debian's Chromium, without network, at the widths of a phone, a tablet and a desk."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
HAS_PLAYWRIGHT = importlib.util.find_spec("playwright") is not None
needs_a_browser = pytest.mark.skipif(
    CHROMIUM is None or not HAS_PLAYWRIGHT,
    reason="no browser here: apt-get install chromium, pip install '.[test]'",
)

WIDTHS = (360, 800, 1400)
ALONE = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
CONTRAST = """
() => {
  const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const linear = (c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  const light = ([r, g, b]) => 0.2126 * linear(r / 255) + 0.7152 * linear(g / 255) + 0.0722 * linear(b / 255);
  const ground = (each) => {
    for (let at = each; at; at = at.parentElement) {
      const found = parts(getComputedStyle(at).backgroundColor);
      if (found.length === 3 || found[3] > 0) return found;
    }
    return [255, 255, 255];
  };
  const poor = [];
  for (const each of document.querySelectorAll("body *")) {
    const words = [...each.childNodes].some((part) => part.nodeType === 3 && part.textContent.trim());
    if (!words || each.closest("svg") || !each.getClientRects().length) continue;
    const [one, other] = [light(parts(getComputedStyle(each).color)), light(ground(each))].sort((a, b) => b - a);
    if ((one + 0.05) / (other + 0.05) < 4.5) poor.push(each.textContent.trim());
  }
  return poor;
}
"""
OUTSIDE = """
(canvas) => [...canvas.querySelectorAll("text")]
  .filter((text) => text.getBoundingClientRect().left < -1 || text.getBoundingClientRect().right > innerWidth + 1)
  .map((text) => text.textContent)
"""


class Visit:
    """A page opened in a browser, and everything that went wrong with it."""

    def __init__(self, browser: Any, file: Path, width: int) -> None:
        self.file = file
        self.page = browser.new_page(viewport={"width": width, "height": 900})
        self.complaints: list[str] = []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self._asked(request.url))
        self.page.goto(file.as_uri())

    def _asked(self, url: str) -> None:
        if url != self.file.as_uri() and not url.startswith("data:"):
            self.complaints.append(f"asked for {url}")


@contextmanager
def chromium() -> Iterator[Any]:
    """A browser to open pages in."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=ALONE)
        yield opened
        opened.close()
