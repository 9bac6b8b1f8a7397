"""A client on the pipes of one language server, with one open document.

It takes the time of each message when its frame is read, and answers what a server asks. It applies no edits.
"""
import json
import os
import pathlib
import queue
import subprocess
import threading
import time

PATIENCE = 300


class Server:
    """One server with one open document that follows what is done to it."""

    def __init__(self, name, command, folder, settings):
        self.name, self.version, self.uri = name, 0, (folder / "app.py").as_uri()
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=folder)
        self.published = queue.Queue()
        self.replies = queue.Queue()
        threading.Thread(target=self.read, daemon=True).start()
        self.request("initialize", {
            "processId": os.getpid(), "rootUri": folder.as_uri(), "initializationOptions": settings,
            "workspaceFolders": [{"uri": folder.as_uri(), "name": "bench"}],
            "capabilities": {"general": {"positionEncodings": ["utf-8"]}, "textDocument": {"publishDiagnostics": {"versionSupport": True}}},
        })
        self.notify("initialized", {})

    def read(self):
        out = self.process.stdout
        while header := out.readline():
            length = 0
            while header.strip():
                name, _, value = header.partition(b":")
                length = int(value) if name.lower() == b"content-length" else length
                header = out.readline()
            message = json.loads(out.read(length))
            now = time.perf_counter()
            if message.get("method") == "textDocument/publishDiagnostics":
                self.published.put((now, message["params"]))
            elif "method" in message and "id" in message:
                items = message.get("params", {}).get("items") if isinstance(message.get("params"), dict) else None
                self.write([{"id": message["id"], "result": [None] * len(items) if items else None}])
            elif "id" in message:
                self.replies.put(message)

    def write(self, messages):
        bodies = [json.dumps({"jsonrpc": "2.0", **message}).encode() for message in messages]
        data = b"".join(b"Content-Length: %d\r\n\r\n%s" % (len(body), body) for body in bodies)
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def notify(self, method, params):
        self.write([{"method": method, "params": params}])

    def request(self, method, params):
        self.write([{"id": 1, "method": method, "params": params}])
        return self.replies.get(timeout=PATIENCE)

    def open(self, text):
        self.version += 1
        self.notify("textDocument/didOpen", {"textDocument": {"uri": self.uri, "languageId": "python", "version": self.version, "text": text}})

    def edit(self, changes):
        """Sends each change as a message of its own, all in one write."""
        messages = []
        for change in changes:
            self.version += 1
            document = {"uri": self.uri, "version": self.version}
            messages.append({"method": "textDocument/didChange", "params": {"textDocument": document, "contentChanges": [change]}})
        self.write(messages)

    def wait(self, wanted):
        """When diagnostics came whose lines are these."""
        while True:
            when, params = self.published.get(timeout=PATIENCE)
            lines = [diagnostic["range"]["start"]["line"] for diagnostic in params["diagnostics"]]
            if params["uri"] == self.uri and lines == wanted:
                return when

    def wait_version(self):
        """When diagnostics of the newest version came."""
        while True:
            when, params = self.published.get(timeout=PATIENCE)
            if params["uri"] == self.uri and params.get("version") == self.version:
                return when

    def cpu(self):
        """Seconds of processor time that all threads had so far."""
        spent = 0
        for task in pathlib.Path(f"/proc/{self.process.pid}/task").iterdir():
            spent += int((task / "schedstat").read_text().split()[0])
        return spent / 1e9

    def memory(self):
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        return float("nan")

    def end(self):
        self.request("shutdown", None)
        self.notify("exit", None)
        self.process.stdin.close()
        self.process.wait(timeout=PATIENCE)
