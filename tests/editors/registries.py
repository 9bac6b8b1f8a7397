"""Holds the entries for the editors' lists, and Zed's manifest, to the rest of the repository.

It asks no list whether it would take them.
"""

import configparser
import json
import re
import struct
import subprocess
import sys
import tomllib
from pathlib import Path

import page
import yaml
from protocol import step

ROOT = Path(__file__).resolve().parents[2]
LISTS = ROOT / "editors/registries"
HOME = "https://github.com/undebug/undebug"


def read_toml(path):
    return tomllib.loads((ROOT / path).read_text(encoding="utf-8"))


def lua(path, nvim):
    """What Neovim makes of a file that returns a table."""
    program = "io.stdout:write(vim.json.encode(dofile(vim.env.FILE)))"
    arguments = [nvim, "--headless", "--clean", "--cmd", f"lua {program}", "--cmd", "qall!"]
    output = subprocess.run(arguments, env={"FILE": str(ROOT / path)}, capture_output=True, timeout=20, check=True)
    return json.loads(output.stdout)


def neovim(nvim):
    ours = lua("editors/nvim/lsp/undebug.lua", nvim)
    theirs = lua("editors/registries/nvim-lspconfig/lsp/undebug.lua", nvim)
    step("nvim-lspconfig", ours == theirs and theirs["cmd"] == ["undebug", "server"], theirs)


def mason(version):
    entry = yaml.safe_load((LISTS / "mason/packages/undebug/package.yaml").read_text(encoding="utf-8"))
    source = entry["source"]
    files = {asset["file"] for asset in source["asset"]}
    rust = (ROOT / "editors/zed/src/release.rs").read_text(encoding="utf-8")
    systems = re.findall(r'Os::\w+ => \("([\w-]+)", "([\w.]+)", "([\w.]+)"\)', rust)
    wanted = {f"undebug-{cpu}-{name}.{kind}" for cpu in ("x86_64", "aarch64") for name, kind, _ in systems}
    fine = files == wanted and source["id"] == f"pkg:github/undebug/undebug@v{version}"
    fine = fine and entry["bin"] == {"undebug": "{{source.asset.bin}}"} and len(systems) == 3
    step("mason", fine, sorted(files ^ wanted))


def helix():
    entry = read_toml("editors/registries/helix/languages.toml")
    server = entry["language-server"]["undebug"]
    lists = [language["language-servers"][-1] for language in entry["language"]]
    step("helix-list", server == {"command": "undebug", "args": ["server"]} and lists == ["undebug"], entry)


def zed(version):
    manifest = read_toml("editors/zed/extension.toml")
    entry = read_toml("editors/registries/zed/extensions.toml")[manifest["id"]]
    modules = configparser.ConfigParser()
    modules.read(LISTS / "zed/gitmodules")
    module = modules[f'submodule "{entry["submodule"]}"']
    fine = (ROOT / entry["path"] / "extension.toml").is_file() and module["path"] == entry["submodule"]
    fine = fine and module["url"] == f"{manifest['repository']}.git" and manifest["repository"] == HOME
    crate = read_toml("editors/zed/Cargo.toml")["package"]["version"]
    fine = fine and {entry["version"], manifest["version"], crate} == {version}
    server = manifest["language_servers"]["undebug"]
    step("zed-list", fine and set(server["language_ids"]) <= set(server["languages"]), entry)


def open_vsx(version):
    """What a gallery wants to be told by the extension's manifest; both galleries read the same."""
    folder = ROOT / "editors/vscode"
    manifest = json.loads((folder / "package.json").read_text(encoding="utf-8"))
    words = ("name", "displayName", "description", "publisher", "categories", "keywords", "license")
    lacking = [word for word in words if not manifest.get(word)]
    lacking += [name for name in ("README.md", "CHANGELOG.md", "LICENSE", manifest["icon"]) if not (folder / name).is_file()]
    # The size stands in a PNG's first chunk; the galleries want 128 at least.
    icon = (folder / manifest["icon"]).read_bytes()
    width, height = struct.unpack(">II", icon[16:24])
    lacking += [] if width == height >= 128 else [f"an icon that is not {width} x {height}"]
    news = (folder / "CHANGELOG.md").read_text(encoding="utf-8")
    lacking += [] if f"## {version}" in news else [f"news of {version}"]
    pages = [f"a description of {name}" for name, text in described(manifest) if not text]
    step("open-vsx", manifest["version"] == version and not lacking and not pages, lacking + pages)


def described(manifest):
    """The settings with what is said of each, rules included."""
    for name, setting in manifest["contributes"]["configuration"]["properties"].items():
        yield name, setting.get("markdownDescription")
        for rule, each in setting.get("properties", {}).items():
            yield f"{name}.{rule}", each.get("markdownDescription")


def readme():
    """What the front page says is a part of what an editor's page says, and that is what the tests run."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    section = text[text.index("## Editors\n") : text.index("## Rules\n")]
    short = [body for _, body in page.FENCE.findall(section)]
    links = re.findall(r"\]\((editors/\S+?)\)", section)
    lost = [link for link in links if not (ROOT / link).exists()]
    pages = "".join((ROOT / link).read_text(encoding="utf-8") for link in links if link.endswith("README.md"))
    strange = [body for body in short if body not in pages]
    step("front-page", len(short) >= 2 and len(links) >= 8 and not lost and not strange, lost + strange)


def main():
    version = read_toml("Cargo.toml")["workspace"]["package"]["version"]
    neovim(sys.argv[1])
    mason(version)
    helix()
    zed(version)
    open_vsx(version)
    readme()


main()
