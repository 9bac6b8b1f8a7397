#!/usr/bin/env python3
"""Opens the page of `undebug audit --output-format html` in a real Chromium, wide and narrow, light and dark.

The page must say what the JSON says, load nothing, fit its window and keep hostile text as text. The screenshots stay in
`target/audit` for a person to look at. What an audit says is not judged here: the engine's tests do that.

    run.py CHROMIUM
"""
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[2]
UNDEBUG = os.environ.get("UNDEBUG", str(ROOT / "target" / "debug" / "undebug"))
SHOTS = ROOT / "target" / "audit"
TIMEOUT = 60
# Text that would do something if it were not escaped, in a comment that the page quotes.
HOSTILE = (
    "from flask import Flask\napp = Flask(__name__)\n"
    "app.run(host='0.0.0.0', debug='<script>document.title = \"owned\"</script><img src=x onerror=alert(1)>')\n"
)
# The words of a start's badge, worst first.
LEVELS = ["exposed", "on", "note", "unknown", "off"]
# The least contrast that WCAG asks of text.
CONTRAST = 4.5
FACTS = """() => {
  const number = text => Number(text);
  const counts = [...document.querySelectorAll('header dd')].map(dd => number(dd.textContent));
  const color = text => (text.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(c => c / 255)
    .map(c => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = element => {
    for (let at = element; at; at = at.parentElement) {
      const own = getComputedStyle(at).backgroundColor;
      if (own.startsWith('rgb(')) return color(own);
    }
    return [255, 255, 255];
  };
  const contrast = element => {
    const [a, b] = [light(color(getComputedStyle(element).color)), light(ground(element))].sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05);
  };
  return {
    title: document.title,
    counts,
    cards: [...document.querySelectorAll('details.start')].map(card => [
      card.querySelector('.where').textContent, card.querySelector('.badge').textContent]),
    apps: [...document.querySelectorAll('.title')].map(title => title.querySelector('.badge').textContent.split(' ')[0]),
    first: [...document.querySelectorAll('.first .where')].map(where => where.textContent),
    legend: [...document.querySelectorAll('.legend b')].map(word => word.textContent),
    open: document.querySelectorAll('details.start[open]').length,
    overflow: document.documentElement.scrollWidth - window.innerWidth,
    elements: document.querySelectorAll('script, img, link, iframe').length,
    contrast: Math.min(...[...document.querySelectorAll('h1, h2, .state, .where, .made, .legend, .first p, pre, dt')].map(contrast)),
  };
}"""

passed, failures = 0, []


def check(what, holds, detail=""):
    """Counts one thing that must hold."""
    global passed
    if holds:
        passed += 1
    else:
        failures.append(f"{what} {detail}")


def audit(folder, form, *more):
    """What the command prints for a folder, and how it exits."""
    arguments = [UNDEBUG, "audit", "--output-format", form, *more, "."]
    done = subprocess.run(arguments, cwd=folder, capture_output=True, text=True, timeout=TIMEOUT)
    return done.returncode, done.stdout


def look(browser, name, folder, page_path):
    """Opens the page of a folder in four ways and compares it with the JSON."""
    told = json.loads(audit(folder, "json")[1])
    starts = [start for app in told["apps"] for start in app["starts"]]
    for width, scheme in [(1100, "light"), (1100, "dark"), (390, "light"), (390, "dark")]:
        what = f"{name} {width} {scheme}:"
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        page = context.new_page()
        loaded, said = [], []
        page.on("request", lambda request: loaded.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(page_path.as_uri())
        facts = page.evaluate(FACTS)
        check(f"{what} loads itself only", loaded == [page_path.as_uri()], loaded)
        check(f"{what} says nothing on the console", said == [], said)
        check(f"{what} has its title", facts["title"] == "Debug mode audit", facts["title"])
        check(f"{what} has no active element", facts["elements"] == 0)
        counts = told["counts"]
        numbers = [counts["starts"], counts["on"], counts["exposed"], counts["findings"]]
        check(f"{what} counts as the JSON does", facts["counts"][1:] == numbers, facts["counts"])
        cards = [[f"{start['place']['path']}:{start['place']['line']}", start["level"]] for start in starts]
        check(f"{what} has a card for each start", facts["cards"] == cards, facts["cards"])
        check(f"{what} fits the window", facts["overflow"] <= 0, facts["overflow"])
        check(f"{what} can be read", facts["contrast"] >= CONTRAST, facts["contrast"])
        of_app = [min((start["level"] for start in app["starts"]), key=LEVELS.index) for app in told["apps"]]
        check(f"{what} says the worst of each application", facts["apps"] == of_app, facts["apps"])
        known = [level for level in LEVELS if any(start["level"] == level for start in starts)]
        check(f"{what} explains each word that it uses", facts["legend"] == known, facts["legend"])
        bad = [start for start in starts if start["level"] in LEVELS[:2]]
        first = [min(bad, key=lambda start: LEVELS.index(start["level"]))] if bad else []
        first = [f"{start['place']['path']}:{start['place']['line']}" for start in first]
        check(f"{what} says what to do first", facts["first"] == first, facts["first"])
        worst = sum(start["level"] in ("on", "exposed") for start in starts)
        check(f"{what} opens what is bad", facts["open"] == worst, facts["open"])
        page.screenshot(path=str(SHOTS / f"{name}-{width}-{scheme}.png"), full_page=True)
        context.close()


def main():
    SHOTS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        hostile, clean = Path(scratch, "hostile"), Path(scratch, "clean")
        for folder, text in [(hostile, HOSTILE), (clean, "from flask import Flask\napp = Flask(__name__)\n")]:
            folder.mkdir()
            (folder / "pyproject.toml").write_text("[project]\nname = 'case'\nversion = '0'\n")
            (folder / "app.py").write_text(text)
        browser = playwright.chromium.launch(executable_path=sys.argv[1], args=["--no-sandbox"])
        projects = ROOT / "tests" / "projects"
        for name, folder, code in [
            ("rollout", projects / "rollout", 1),
            ("factory", projects / "factory", 1),
            ("compose", projects / "compose", 1),
            ("hostile", hostile, 1),
            ("clean", clean, 0),
        ]:
            page_path = Path(scratch, f"{name}.html")
            exit_code, printed = audit(folder, "html", "--output", str(page_path))
            check(f"{name}: exits as check does", exit_code == code, exit_code)
            check(f"{name}: prints nothing beside the file", printed == "", printed[:80])
            look(browser, name, folder, page_path)
        browser.close()
    for failure in failures:
        print("FAILED", failure)
    print(f"audit pages: {passed} passed, {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
