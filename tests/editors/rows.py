"""The editors: where the configuration of an editor's page goes, and how its session is started.

Each function does what the page tells a user to do, in a home of its own, and returns a command.
"""

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

import page
import workbench

ROOT = page.ROOT
HERE = Path(__file__).resolve().parent
TOOLS = ROOT / "target/editors"
VENV = Path(os.environ.get("EDITORS_VENV", ROOT / "target/venv"))
STEPS = ("see", "list", "fix", "save", "gone", "all", "env", "image")


@dataclass
class Row:
    """An editor."""

    name: str
    title: str
    needs: list
    prepare: Callable
    steps: tuple = STEPS
    replaces: tuple = ()

    results: Callable = None

    def missing(self):
        """What of it is not installed; empty when it can run."""
        if self.results:
            return workbench.missing()
        lacking = [need for need in self.needs if not (shutil.which(need) or Path(need).exists())]
        return ", ".join(Path(need).name for need in lacking)


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def nvim(program, number):
    def prepare(place):
        plugin = place.home / ".local/share/nvim/site/pack/undebug/start/undebug"
        shutil.copytree(ROOT / "editors/nvim", plugin)
        write(place.home / ".config/nvim/init.lua", page.block("editors/nvim/README.md", "lua", number))
        return [program, "--headless", "-c", f"luafile {HERE / 'nvim.lua'}"]

    return prepare


def nvim_file(place):
    """The shortest way, as the front page has it: one file, no plugin."""
    write(place.home / ".config/nvim/init.lua", page.block("README.md", "lua"))
    write(place.home / ".config/nvim/lsp/undebug.lua", (ROOT / "editors/nvim/lsp/undebug.lua").read_text())
    return [NEW_NVIM, "--headless", "-c", f"luafile {HERE / 'nvim.lua'}"]


def emacs(number):
    def prepare(place):
        config = place.home / "init.el"
        write(config, page.block("editors/emacs/README.md", "elisp", number))
        place.env["CONFIG"] = str(config)
        return ["emacs", "-Q", "--batch", "-l", str(HERE / "session.el")]

    return prepare


def vim(place):
    vimrc = place.home / "vimrc"
    start = "set nocompatible hidden\nfiletype plugin on\npackadd! ale\n"
    write(vimrc, start + page.block("editors/vim/README.md", "vim"))
    script = str(HERE / "session.vim")
    return ["vim", "-N", "-u", str(vimrc), "-i", "NONE", "-n", "-T", "dumb", "--not-a-term", "-c", f"source {script}"]


def kakoune(place):
    write(place.home / ".config/kak/kakrc", page.block("editors/kakoune/README.md", "kak"))
    place.env["PATH"] = f"{TOOLS / 'bin'}:{place.env['PATH']}"
    return [sys.executable, str(HERE / "kakoune.py")]


def stand_in(name, source, language, number=0):
    def prepare(place):
        config = place.home / "config"
        write(config, page.block(source, language, number))
        return [sys.executable, str(HERE / "stand_in.py"), name, str(config)]

    return prepare


def zed(place):
    config = place.home / "settings.json"
    write(config, page.block("editors/zed/README.md", "json"))
    return [str(VENV / "bin/python"), str(HERE / "zed.py"), str(ZED), str(config)]


def registries(place):
    return [str(VENV / "bin/python"), str(HERE / "registries.py"), NEW_NVIM]


ZED = TOOLS / "undebug-zed.wasm"
NEW_NVIM = str(VENV / "bin/nvim")
OLD_NVIM = "/usr/bin/nvim"

# lsp-mode 8.0 counts a character beyond U+FFFF as one, where the protocol counts two.
NO_ASTRAL = (("🏠", "é"),)
# ALE 3.3 takes columns for bytes.
NO_WIDE = (("🏠", "e"),)

ROWS = [
    Row("vscode", "VS Code", [], None, results=workbench.results),
    Row("nvim", "Neovim 0.11", [NEW_NVIM], nvim(NEW_NVIM, 0)),
    Row("nvim-file", "Neovim 0.11, one file", [NEW_NVIM], nvim_file, steps=STEPS[:5]),
    Row("nvim-old", "Neovim 0.7", [OLD_NVIM], nvim(OLD_NVIM, 1)),
    Row("emacs", "Emacs, eglot", ["emacs"], emacs(0)),
    Row("emacs-lsp", "Emacs, lsp-mode", ["emacs", "/usr/share/emacs/site-lisp/elpa/lsp-mode-8.0.0"], emacs(2), replaces=NO_ASTRAL),
    Row("vim", "Vim, ALE", ["vim", "/usr/share/vim-ale"], vim, replaces=NO_WIDE),
    Row("kakoune", "Kakoune, kak-lsp", ["kak", str(TOOLS / "bin/kak-lsp")], kakoune),
    Row("helix", "Helix's client", [], stand_in("helix", "editors/helix/README.md", "toml")),
    Row("sublime", "Sublime's client", [], stand_in("sublime", "editors/sublime/README.md", "json")),
    Row("coc", "coc's client", [], stand_in("coc", "editors/vim/README.md", "json")),
    Row("vim-lsp", "vim-lsp's client", ["vim"], stand_in("vim-lsp", "editors/vim/README.md", "vim", 1)),
    Row("zed", "Zed's extension", [str(ZED)], zed),
    Row("registries", "entries for lists", [NEW_NVIM], registries, steps=()),
]
