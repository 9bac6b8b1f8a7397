"""A client of the protocol that takes an editor's place: it announces what that editor announces, runs the command that the
editor's configuration gives, and goes through the same session.

It stands in for editors that no package registry has; it knows nothing of what is found beyond the sample project.
"""

import json
import queue
import subprocess
import sys
import threading
import time
from pathlib import Path

PATIENCE = 60
UNITS = {"utf-8": lambda text: len(text.encode()), "utf-16": lambda text: len(text.encode("utf-16-le")) // 2, "utf-32": len}


class Client:
    """One server, spoken to as an editor does."""

    def __init__(self, command, profile, settings=None, options=None, env=None):
        self.settings = settings or {}
        self.profile = profile
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env)
        self.replies, self.published, self.inbox = {}, {}, queue.Queue()
        self.count = 0
        threading.Thread(target=self.read, daemon=True).start()
        root = Path.cwd().as_uri()
        folders = {"workspaceFolders": [{"uri": root, "name": "project"}]} if profile["folders"] else {}
        answer = self.request(
            "initialize",
            {"processId": self.process.pid, "rootUri": root, "capabilities": profile["capabilities"]}
            | folders
            | ({"initializationOptions": options} if options is not None else {}),
        )
        self.can = answer["capabilities"]
        self.encoding = self.can.get("positionEncoding", "utf-16")
        self.notify("initialized", {})
        if profile.get("pushes_settings"):
            self.notify("workspace/didChangeConfiguration", {"settings": self.settings})

    def read(self):
        while header := self.process.stdout.readline():
            length = 0
            while header.strip():
                name, value = header.decode().split(":")
                length = int(value) if name.lower() == "content-length" else length
                header = self.process.stdout.readline()
            message = json.loads(self.process.stdout.read(length))
            if "method" in message and "id" in message:
                self.send({"id": message["id"], "result": self.answer(message)})
            elif "method" in message:
                if message["method"] == "textDocument/publishDiagnostics":
                    self.published[message["params"]["uri"]] = message["params"]
            else:
                self.replies[message["id"]] = message

    def answer(self, message):
        if message["method"] != "workspace/configuration":
            return None
        sections = [item.get("section") for item in message["params"]["items"]]
        return [self.settings.get(section) if section else self.settings for section in sections]

    def send(self, message):
        body = json.dumps({"jsonrpc": "2.0"} | message).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def notify(self, method, params):
        self.send({"method": method, "params": params})

    def request(self, method, params):
        self.count += 1
        number = self.count
        self.send({"id": number, "method": method, "params": params})
        if not wait(lambda: number in self.replies):
            raise SystemExit(f"no answer to {method}")
        reply = self.replies.pop(number)
        if "error" in reply:
            raise SystemExit(f"{method}: {reply['error']}")
        return reply["result"]

    def end(self):
        self.request("shutdown", None)
        self.notify("exit", None)
        return self.process.wait(PATIENCE)


class Buffer:
    """An open file."""

    def __init__(self, client, path, language):
        self.client, self.path, self.version = client, Path(path), 1
        self.uri = self.path.resolve().as_uri()
        self.text = self.path.read_text(encoding="utf-8")
        item = {"uri": self.uri, "languageId": language, "version": 1, "text": self.text}
        client.notify("textDocument/didOpen", {"textDocument": item})

    def diagnostics(self):
        published = self.client.published.get(self.uri)
        if not published or published.get("version", self.version) != self.version:
            return None
        return published["diagnostics"]

    def shows(self, number):
        return wait(lambda: self.diagnostics() is not None and len(self.diagnostics()) == number)

    def offset(self, position):
        """Where in the text a position is, counted in the encoding that was agreed upon."""
        lines = self.text.split("\n")
        before = sum(len(line) + 1 for line in lines[: position["line"]])
        units = UNITS[self.client.encoding]
        line = lines[position["line"]]
        return before + next(at for at in range(len(line) + 1) if units(line[:at]) >= position["character"])

    def underlined(self, diagnostic):
        span = diagnostic["range"]
        return self.text[self.offset(span["start"]) : self.offset(span["end"])]

    def actions(self, diagnostics, only=None):
        end = {"line": self.text.count("\n"), "character": 0}
        span = diagnostics[0]["range"] if only is None else {"start": {"line": 0, "character": 0}, "end": end}
        kept = diagnostics
        if not self.client.profile["data"]:
            kept = [{key: value for key, value in it.items() if key != "data"} for it in diagnostics]
        context = {"diagnostics": kept, "triggerKind": 1} | ({"only": only} if only else {})
        params = {"textDocument": {"uri": self.uri}, "range": span, "context": context}
        return self.client.request("textDocument/codeAction", params) or []

    def apply(self, action):
        """Applies an action as the editor would; whether the edit has the form that was announced."""
        if "edit" not in action:
            action = self.client.request("codeAction/resolve", action)
        edit = action["edit"]
        announced = self.client.profile["capabilities"]["workspace"].get("workspaceEdit", {}).get("documentChanges")
        if announced:
            changes = [(it["textDocument"], it["edits"]) for it in edit["documentChanges"]]
            fits = all(it["version"] in (None, self.version) for it, _ in changes)
            edits = [one for it, some in changes if it["uri"] == self.uri for one in some]
        else:
            fits, edits = "documentChanges" not in edit, edit["changes"][self.uri]
        spots = [(self.offset(it["range"]["start"]), self.offset(it["range"]["end"]), it["newText"]) for it in edits]
        for start, end, new in sorted(spots, reverse=True):
            self.text = self.text[:start] + new + self.text[end:]
        self.version += 1
        document = {"uri": self.uri, "version": self.version}
        self.client.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [{"text": self.text}]})
        return fits

    def save(self):
        self.path.write_text(self.text, encoding="utf-8")
        self.client.notify("textDocument/didSave", {"textDocument": {"uri": self.uri}})


def wait(condition):
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.005)
    return False


def step(name, ok, why=""):
    print(f"step {name} {'ok' if ok else 'failed'} {str(why).replace(chr(10), ' ')}", flush=True)


def whole(name, buffer, text):
    """Sees the one finding of a file, takes its preferred fix, saves."""
    seen = buffer.shows(1) and buffer.underlined(buffer.diagnostics()[0]) == text
    preferred = [it for it in buffer.actions(buffer.diagnostics()) if it.get("isPreferred")] if seen else []
    fits = bool(preferred) and buffer.apply(preferred[0])
    gone = buffer.shows(0)
    buffer.save()
    step(name, seen and fits and gone, buffer.diagnostics())


def session(client, language):
    """All steps; `language` gives the identifier that the editor sends for a path."""
    buffer = Buffer(client, "app.py", language("app.py"))
    seen = buffer.shows(1) and buffer.underlined(buffer.diagnostics()[0]) == "debug=True"
    step("see", seen, buffer.diagnostics())
    actions = buffer.actions(buffer.diagnostics())
    preferred = [it for it in actions if it.get("isPreferred")]
    step("list", len(actions) >= 4 and preferred == actions[:1], [it["title"] for it in actions])
    step("fix", bool(preferred) and buffer.apply(preferred[0]), client.encoding)
    buffer.save()
    step("save", True)
    step("gone", buffer.shows(0), buffer.diagnostics())
    pair = Buffer(client, "pair.py", language("pair.py"))
    both = pair.shows(2)
    all_at_once = pair.actions(pair.diagnostics(), ["source.fixAll"])
    fits = len(all_at_once) == 1 and pair.apply(all_at_once[0])
    none = pair.shows(0)
    pair.save()
    step("all", both and fits and none, [it["title"] for it in all_at_once])
    whole("env", Buffer(client, ".flaskenv", language(".flaskenv")), "FLASK_DEBUG=1")
    whole("image", Buffer(client, "image/Dockerfile", language("image/Dockerfile")), '"--debug"')
    step("status", client.end() == 0)
    sys.exit(0)
