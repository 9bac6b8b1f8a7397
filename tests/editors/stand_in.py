"""Runs the session with the configuration of an editor that cannot be run here, by a client that announces what it does.

    stand_in.py helix|sublime|coc|vim-lsp CONFIG

The configuration is read as that editor reads it: which command, and for which files. What an editor announces was taken
from its source; only what a server can answer to is repeated here.
"""

import fnmatch
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import protocol


def capabilities(encodings, resolve, hover, refresh):
    """What matters of an editor's announcement."""
    kinds = ["", "quickfix", "refactor", "source", "source.organizeImports", "source.fixAll"]
    action = {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": kinds}}, "isPreferredSupport": True}
    if resolve:
        action |= {"dataSupport": True, "resolveSupport": {"properties": resolve}}
    text = {
        "codeAction": action,
        "hover": {"contentFormat": hover},
        "publishDiagnostics": {"versionSupport": True, "tagSupport": {"valueSet": [1, 2]}},
        "synchronization": {"didSave": True},
    }
    workspace = {
        "applyEdit": True,
        "configuration": True,
        "didChangeWatchedFiles": {"dynamicRegistration": True},
        "workspaceEdit": {"documentChanges": True},
        "workspaceFolders": True,
    } | refresh
    general = {"general": {"positionEncodings": encodings}} if encodings else {}
    return {"textDocument": text, "workspace": workspace, "window": {"workDoneProgress": True}} | general


REFRESH = {"diagnostics": {"refreshSupport": True}}
PROFILES = {
    "helix": capabilities(["utf-8", "utf-32", "utf-16"], ["edit", "command"], ["markdown"], REFRESH),
    "sublime": capabilities(["utf-16"], ["edit"], ["markdown", "plaintext"], REFRESH),
    "coc": capabilities(["utf-16"], ["edit"], ["markdown", "plaintext"], REFRESH),
    "vim-lsp": capabilities([], [], ["plaintext"], {}),
}


def helix(text):
    """`languages.toml`: the languages that name the server, and their files, of ours or of Helix's own."""
    config = tomllib.loads(text)
    server = config["language-server"]["undebug"]
    own = {"python": ["*.py"], "dockerfile": ["Dockerfile"], "yaml": ["*.yaml"], "bash": ["*.sh"], "make": ["Makefile"]}
    files = {}
    for language in config["language"]:
        globs = [it["glob"] for it in language.get("file-types", [])] or own.get(language["name"], [])
        if "undebug" in language["language-servers"]:
            files[language["name"]] = globs
    return [server["command"], *server["args"]], files, server.get("config", {})


def sublime(text):
    """LSP's settings: the selector names scopes, and a language is its scope's second word."""
    client = json.loads(text)["clients"]["undebug"]
    assert client["enabled"], "a client that is not enabled is not started"
    scopes = client["selector"].split(" | ")
    names = {"source.python": "*.py", "source.env": ".*env", "source.dotenv": ".*env", "source.dockerfile": "Dockerfile"}
    files = {scope.split(".")[1]: [names[scope]] for scope in scopes if scope in names}
    return client["command"], files, client.get("settings", {})


def coc(text):
    """`coc-settings.json`: Vim's file types name the files."""
    server = json.loads(text)["languageserver"]["undebug"]
    return [server["command"], *server["args"]], vim_files(server["filetypes"]), server["settings"]


def vim_lsp(text):
    """Vim itself reads the block, with a `lsp#register_server` that tells what it was given."""
    folder = Path.home()
    (folder / "autoload").mkdir()
    report = folder / "registered.json"
    (folder / "autoload/lsp.vim").write_text(
        "function! lsp#register_server(info) abort\n"
        "  let l:all = extend(copy(a:info), {'cmd': a:info.cmd({})})\n"
        f"  call writefile([json_encode(l:all)], '{report}')\n"
        "endfunction\n"
    )
    (folder / "vimrc").write_text(f"set runtimepath^={folder}\n{text}\ndoautocmd User lsp_setup\nqall!\n")
    command = ["vim", "-N", "-u", str(folder / "vimrc"), "-i", "NONE", "-n", "-es", "-T", "dumb", "--not-a-term"]
    subprocess.run(command, timeout=20, stdout=subprocess.DEVNULL)
    server = json.loads(report.read_text())
    return server["cmd"], vim_files(server["allowlist"]), server["workspace_config"]


def vim_files(types):
    names = {"python": ["*.py"], "sh": [".flaskenv", ".env"], "dockerfile": ["Dockerfile"]}
    return {kind: names.get(kind, []) for kind in types}


def main():
    name, config = sys.argv[1], Path(sys.argv[2]).read_text(encoding="utf-8")
    command, files, settings = {"helix": helix, "sublime": sublime, "coc": coc, "vim-lsp": vim_lsp}[name](config)

    def language(path):
        base = Path(path).name
        named = [kind for kind, globs in files.items() if any(fnmatch.fnmatch(base, glob) for glob in globs)]
        if not named:
            raise SystemExit(f"the configuration names no language for {base}")
        return named[0]

    profile = {
        "capabilities": PROFILES[name],
        "folders": True,
        "data": name != "vim-lsp",
        "pushes_settings": bool(settings) and name != "helix",
    }
    protocol.session(protocol.Client(command, profile, settings, settings or None), language)


if __name__ == "__main__":
    main()
