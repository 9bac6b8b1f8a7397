"""Writes the fuzz targets' first inputs under `corpus/`, from the fixtures, sample projects and oracle programs.

It knows how each target reads its bytes, and nothing of what is found in them.
"""

import hashlib
import pathlib
import random
import re

HERE = pathlib.Path(__file__).parent
TESTS = HERE.parent / "tests"
LONGEST = 6_000
SEPARATOR = b"\xff"

# The paths that a byte chooses stand in `src/lib.rs`, once.
PATHS = re.search(r"PATHS[^=]*= \[(.*?)\];", (HERE / "src/lib.rs").read_text(), re.S)
PATHS = re.findall(r'"/p/([^"]+)"', PATHS.group(1))


def chosen(path: pathlib.Path) -> int | None:
    """The number of the path that stands for this file."""
    name, suffix = path.name, path.suffix
    for number, known in enumerate(PATHS):
        if pathlib.PurePath(known).name == name:
            return number
    by_suffix = {
        ".py": "app.py",
        ".cfg": "settings.cfg",
        ".env": ".env",
        ".yml": "docker-compose.yml",
        ".yaml": "k8s/deployment.yaml",
        ".service": "web.service",
        ".sh": "run.sh",
        ".mk": "Makefile",
        ".json": "config.json",
        ".toml": "config.toml",
        ".ini": "supervisord.ini",
    }
    if name.startswith(("Dockerfile", "Containerfile")) or suffix == ".dockerfile":
        return PATHS.index("Dockerfile")
    return PATHS.index(by_suffix[suffix]) if suffix in by_suffix else None


def write(target: str, data: bytes) -> None:
    folder = HERE / "corpus" / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / hashlib.sha1(data).hexdigest()).write_bytes(data)


def sources():
    """Each file of the tests' programs, by the folder that it stands in."""
    for folder in ("fixtures", "projects", "oracle/cases"):
        for path in sorted((TESTS / folder).rglob("*")):
            if path.is_file() and path.stat().st_size <= LONGEST and chosen(path) is not None:
                yield path


def main() -> None:
    choose = random.Random(1)
    folders: dict[pathlib.Path, list[pathlib.Path]] = {}
    texts = []
    for path in sources():
        text = path.read_bytes()
        part = bytes([chosen(path)]) + text
        write("analysis", part)
        write("fixes", part)
        folders.setdefault(path.parent, []).append(path)
        if path.suffix == ".py":
            texts.append(text)
    # A folder's files together, where they are a program: fixtures stand alone.
    for folder, paths in folders.items():
        parts = [bytes([chosen(path)]) + path.read_bytes() for path in paths[:6]]
        if "fixtures" not in folder.parts and len(parts) > 1:
            write("analysis", SEPARATOR.join(parts))
            write("fixes", SEPARATOR.join(parts))
    settings = b"ON = True\n\n\nclass Dev:\n    DEBUG = ON\n"
    pieces = [b"app.run(debug=True)\n", b'"""', b"(", b"\r", b"", b"x", b"    ", "é😀".encode(), b"debug=config.ON"]
    for text in texts:
        script = []
        for _ in range(choose.randrange(1, 8)):
            place = bytes([choose.randrange(128), choose.randrange(128), choose.choice([0, 0, 1, 4, 30])])
            script.append(bytes([choose.choice([5, 5, 0x25, 0x15])]) + place + choose.choice(pieces))
            script.extend(choose.choice([[], [b"\x00"], [b"\x01"], [b"\x03"]]))
        script.extend(choose.choice([[], [b"\x42FLASK_DEBUG=1\n"], [b'\x82FROM x\nENV FLASK_DEBUG=1\nCMD ["flask", "run"]\n']]))
        write("edits", SEPARATOR.join([text, settings, *script]))
    bodies = [b"{}", b'{"jsonrpc":"2.0","id":1,"method":"shutdown"}', b"[]", b"x" * 40, b""]
    for _ in range(60):
        stream = choose.randbytes(4)
        for _ in range(choose.randrange(1, 6)):
            body = choose.choice(bodies)
            length = choose.choice([len(body), len(body), len(body) + 9, 67_108_865, 60_000_000])
            header = choose.choice([b"Content-Length: %d\r\n\r\n", b"content-length:%d\n\n", b"x\r\nContent-Length: %d\r\n\r\n"])
            stream += header % length + body + choose.choice([b"", b"", b"noise", b"\r\n"])
        write("frames", stream)


main()
