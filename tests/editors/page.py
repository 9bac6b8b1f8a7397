"""Code blocks of Markdown pages: the configurations that users copy, and that the tests run.

It knows no editor and changes nothing in a block.
"""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FENCE = re.compile(r"^```(\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def block(page, language, number=0):
    """The text of the page's block number `number` in this language, counted from 0."""
    text = (ROOT / page).read_text(encoding="utf-8")
    blocks = [body for name, body in FENCE.findall(text) if name == language]
    if number >= len(blocks):
        raise SystemExit(f"{page} has {len(blocks)} blocks in {language}, and number {number} is asked for")
    return blocks[number]
