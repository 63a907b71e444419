"""What a person waits for in the browser, from the click on Ask to the whole answer.

    make run
    python -m benchmarks.journey http://127.0.0.1:8000/ --password SECRET
    python -m benchmarks.journey http://127.0.0.1:8000/ --password SECRET --slide a.svs

It signs in as the demo account of a running site, opens the demo slide, or drops the
file first and waits until it is ready, and asks a question that nobody has asked. The
page's own clock is read inside the page: when the socket brought its first event, when
the first box and the first word stood in the document, and when the answer was whole.
Goal of the first event: 1 s.
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path

from playwright.sync_api import Page
from rich.console import Console
from rich.table import Table

from tests.browser import SECONDS, chromium, window
from tests.end_to_end.window import DEMO, Workspace, drop_files, sign_in

MARKS = ("first event", "first box", "first word", "done")
ANSWER_PATIENCE_S = 900.0
CLOCK = """
(() => {
  const marks = (window.journey = {});
  const mark = (name) => (marks[name] ??= performance.now());
  addEventListener("click", (event) => {
    if (event.target.closest(".ask button.main[type=submit]")) mark("click");
  }, true);
  window.WebSocket = class extends WebSocket {
    constructor(...given) {
      super(...given);
      if (!String(given[0]).includes("/ws/questions/")) return;
      this.addEventListener("message", () => "click" in marks && mark("first event"));
    }
  };
  const look = () => {
    // Until the new question is shown, what stands there belongs to an earlier one.
    const asked = document.querySelector(".answer .asked p")?.textContent;
    if (!("click" in marks) || asked !== window.asking) return;
    if (document.querySelector("rect.overview-evidence")) mark("first box");
    if (document.querySelector(".answer-text")?.textContent.trim()) mark("first word");
    if (document.querySelector(".answer[data-phase=answered]")) mark("done");
  };
  new MutationObserver(look).observe(document, {
    subtree: true, childList: true, characterData: true, attributes: true,
  });
})();
"""


def main() -> int:
    options = _options()
    print(f"load of the machine before: {os.getloadavg()[0]:.1f}")
    with chromium() as browser, window(browser, options.url) as context:
        context.add_init_script(CLOCK)
        page = context.new_page()
        sign_in(page, options.password)
        name = bring(page, options.slide) if options.slide else DEMO
        show(name, [ask(page, name) for _ in range(options.rounds)])
    return 0


def bring(page: Page, slide: Path) -> str:
    """Drop the file, wait until it can be looked at; returns its name."""
    begun = time.monotonic()
    drop_files(page, slide)
    page.get_by_role("link", name="Open the slide").first.wait_for()
    print(f"{slide.name} can be opened after {time.monotonic() - begun:.1f} s")
    return slide.name


def ask(page: Page, slide: str) -> dict[str, float]:
    """Seconds from the click to each mark, in a fresh page of the slide."""
    page.goto("")
    page.locator("#worklist").get_by_role("link", name=slide).first.click()
    workspace = Workspace(page).ready()
    text = f"What does this slide show? ({time.time():.0f})"
    page.evaluate("text => { window.asking = text; }", text)
    workspace.ask(text)
    whole = page.locator(".answer[data-phase=answered]", has_text=text)
    whole.wait_for(timeout=ANSWER_PATIENCE_S * SECONDS)
    marks: dict[str, float] = page.evaluate("window.journey")
    return {name: (marks[name] - marks["click"]) / SECONDS for name in MARKS}


def show(slide: str, rounds: list[dict[str, float]]) -> None:
    table = Table(slide, *(f"round {number + 1}, s" for number in range(len(rounds))))
    for name in MARKS:
        table.add_row(name, *(f"{seconds[name]:.2f}" for seconds in rounds))
    Console().print(table)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url", help="the address that `make run` printed")
    parser.add_argument("--password", required=True, help="of the demo account")
    parser.add_argument("--slide", type=Path, help="a file to upload and ask about")
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
