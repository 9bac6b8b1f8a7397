"""Zed's side of its extension: the real WebAssembly component, run by wasmtime, asked what Zed asks it, and then a session
with the command that it gave, by a client that announces what Zed does.

What Zed does for an extension (looking on PATH, settings, releases, downloads) is done here, and noted.
"""

import json
import shutil
import sys
from pathlib import Path

import protocol
from stand_in import REFRESH, capabilities
from wasmtime import Engine, Store
from wasmtime.component import Component, Linker, Record, ResourceHost, ResourceType, Variant

WORKTREE = 1
RELEASE = "https://example.test/undebug/"


class Zed:
    """What an extension can ask of Zed; `which`, `settings` and `release` are the case at hand."""

    def __init__(self, component, engine, which=None, settings=None, release=None):
        self.which, self.settings, self.release = which, settings or {}, release
        self.statuses, self.downloads, self.executables, self.looked_up = [], [], [], []
        self.store = Store(engine)
        linker = Linker(engine)
        linker.allow_shadowing = True
        linker.define_unknown_imports_as_traps(component)
        with linker.root() as root:
            self.define(root)
        self.instance = linker.instantiate(self.store, component)
        self.call("init-extension")

    def define(self, root):
        root.add_resource("worktree", ResourceType.host(WORKTREE), lambda store, rep: None)
        root.add_func("[method]worktree.id", returned(lambda: 7))
        root.add_func("[method]worktree.which", returned(lambda name: self.which if name == "undebug" else None))
        root.add_func("[method]worktree.shell-env", returned(lambda: [("FROM_SHELL", "1")]))
        root.add_func("get-settings", self.get_settings)
        root.add_func("download-file", lambda store, *what: self.downloads.append(what))
        root.add_func("make-file-executable", lambda store, path: self.executables.append(path))
        status = "set-language-server-installation-status"
        root.add_func(status, lambda store, name, it: self.statuses.append((name, it.tag)))
        with root.add_instance("zed:extension/github") as github:
            github.add_func("latest-github-release", self.latest)
        with root.add_instance("zed:extension/platform") as platform:
            platform.add_func("current-platform", lambda store: ("linux", "x8664"))

    def get_settings(self, store, location, category, key):
        assert (category, key) == ("lsp", "undebug"), f"it asks for {category} {key}"
        return Variant("ok", json.dumps(self.settings))

    def latest(self, store, repository, options):
        self.looked_up.append(repository)
        if self.release is None:
            return "no network"
        assets = [record(**{"name": name, "download-url": RELEASE + name}) for name in self.release]
        return record(version="v9.8.7", assets=assets)

    def call(self, name, *arguments):
        return self.instance.get_func(self.store, name)(self.store, *arguments)

    def ask(self, name):
        """Asks about the worktree: the value, or what went wrong."""
        answer = self.call(name, "undebug", ResourceHost.own(1, WORKTREE))
        # wasmtime gives a plain value where its type alone tells a result from an error.
        tag = "err" if isinstance(answer, str) else "ok"
        return (answer.tag, answer.payload) if isinstance(answer, Variant) else (tag, answer)


def returned(method):
    """A method of the worktree, which is lent: it must be given back before the method ends."""

    def call(store, worktree, *arguments):
        worktree.drop(store)
        return method(*arguments)

    return call


def record(**fields):
    made = Record()
    for name, value in fields.items():
        setattr(made, name, value)
    return made


def language(path):
    """The identifiers that `extension.toml` gives to Zed's languages, for the files of the sample."""
    name = Path(path).name
    return "python" if name.endswith(".py") else "dockerfile" if name == "Dockerfile" else "dotenv"


def asked(component, engine, page):
    """What the extension answers, case by case."""
    named = page | {"binary": page["binary"] | {"env": {"A": "b"}}}
    zed = Zed(component, engine, "/usr/bin/undebug", named)
    command = zed.ask("language-server-command")[1]
    theirs = (command.command, command.args, sorted(command.env))
    wanted = (page["binary"]["path"], page["binary"]["arguments"], [("A", "b"), ("FROM_SHELL", "1")])
    protocol.step("named", theirs == wanted, theirs)

    file = "undebug-x86_64-unknown-linux-musl.tar.gz"
    zed = Zed(component, engine, release=["undebug-aarch64-apple-darwin.tar.gz", file])
    got = [zed.ask("language-server-command")[1].command for _ in range(2)]
    fine = got == ["undebug-v9.8.7/undebug"] * 2 and zed.executables == got[:1] and len(zed.looked_up) == 1
    fine = fine and [(url, folder) for url, folder, _ in zed.downloads] == [(RELEASE + file, "undebug-v9.8.7")]
    fine = fine and [tag for _, tag in zed.statuses] == ["checking-for-update", "downloading", "none"]
    protocol.step("download", fine, (got, zed.downloads, zed.statuses))

    zed = Zed(component, engine, release=["undebug-aarch64-apple-darwin.tar.gz"])
    tag, why = zed.ask("language-server-command")
    protocol.step("no-file", tag == "err" and file in why and zed.statuses[-1] == ("undebug", "failed"), why)
    zed = Zed(component, engine)
    tag, why = zed.ask("language-server-command")
    protocol.step("no-network", tag == "err" and "not on PATH" in why and "no network" in why, why)

    zed = Zed(component, engine, settings={"settings": {"preferredFix": "off"}, "initialization_options": {"a": 1}})
    configuration = json.loads(zed.ask("language-server-workspace-configuration")[1])
    options = json.loads(zed.ask("language-server-initialization-options")[1])
    protocol.step("settings", (configuration, options) == ({"undebug": {"preferredFix": "off"}}, {"a": 1}), configuration)

    symbols = [record(kind=Variant("variable"), name="app"), record(kind=Variant("file"), name="app.py")]
    labels = zed.call("labels-for-symbols", "undebug", symbols)
    labels = labels.payload if isinstance(labels, Variant) else labels
    # The library leaves out what has no label behind the last that has one.
    good = len(labels) == 1 and labels[0].code == "app = None"
    good = good and (getattr(labels[0], "filter-range").start, getattr(labels[0], "filter-range").end) == (0, 3)
    protocol.step("labels", good, labels)


def main():
    engine = Engine()
    component = Component.from_file(engine, sys.argv[1])
    page = json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))["lsp"]["undebug"]
    asked(component, engine, page)
    zed = Zed(component, engine, shutil.which("undebug"), {"settings": page["settings"]})
    command = zed.ask("language-server-command")[1]
    settings = json.loads(zed.ask("language-server-workspace-configuration")[1])
    announced = capabilities(["utf-16"], ["edit", "command"], ["markdown"], REFRESH)
    profile = {"capabilities": announced, "folders": True, "data": True, "pushes_settings": True}
    client = protocol.Client([command.command, *command.args], profile, settings)
    protocol.session(client, language)


if __name__ == "__main__":
    main()
