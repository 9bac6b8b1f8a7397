// A session by the protocol's own JavaScript libraries, which share no code with undebug: what they cannot read or
// apply, an editor cannot either. It tests the protocol, not what is found.
//
//     UNDEBUG=path/to/undebug node --test client.test.js
"use strict";
const assert = require("node:assert/strict");
const { spawn } = require("node:child_process");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { test } = require("node:test");
const { pathToFileURL } = require("node:url");
const { createMessageConnection, StreamMessageReader, StreamMessageWriter } = require("vscode-jsonrpc/node");
const protocol = require("vscode-languageserver-protocol");
const { TextDocument } = require("vscode-languageserver-textdocument");

const UNDEBUG = process.env.UNDEBUG || path.join(__dirname, "..", "..", "target", "debug", "undebug");
const PATIENCE_MS = 20_000;
const HELLO = `from flask import Flask

app = Flask("🐛")

if __name__ == "__main__":
    app.run(host="🏠" and None, debug=True)
`;

/** A server for one folder, and a document that follows what is done to it. */
async function session(t, name, text) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "undebug-node-"));
  const file = path.join(folder, name);
  fs.writeFileSync(file, text);
  const uri = pathToFileURL(file).href;
  const child = spawn(UNDEBUG, ["server", "--stdio"], { cwd: folder, stdio: ["pipe", "pipe", "ignore"] });
  // A test that fails must not leave a server behind, nor wait for it.
  t.after(() => child.kill());
  const ended = new Promise((resolve) => child.on("exit", (code) => resolve(code)));
  const connection = createMessageConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin));
  const published = [];
  let wake = () => {};
  connection.onNotification(protocol.PublishDiagnosticsNotification.method, (params) => {
    published.push(params);
    wake();
  });
  connection.onRequest("client/registerCapability", () => null);
  connection.onRequest("workspace/configuration", ({ items }) => items.map(() => null));
  connection.listen();
  const folders = [{ uri: pathToFileURL(folder).href, name: "case" }];
  await connection.sendRequest("initialize", {
    processId: process.pid,
    rootUri: folders[0].uri,
    workspaceFolders: folders,
    capabilities: {
      general: { positionEncodings: ["utf-16"] },
      textDocument: {
        publishDiagnostics: { relatedInformation: true, versionSupport: true, codeDescriptionSupport: true, dataSupport: true },
        codeAction: {
          codeActionLiteralSupport: { codeActionKind: { valueSet: ["quickfix", "source", "source.fixAll"] } },
          isPreferredSupport: true,
        },
        synchronization: {},
      },
      workspace: { workspaceEdit: { documentChanges: true } },
    },
  });
  await connection.sendNotification("initialized", {});
  let document = TextDocument.create(uri, "python", 1, text);
  await connection.sendNotification("textDocument/didOpen", {
    textDocument: { uri, languageId: "python", version: 1, text },
  });

  /** The last diagnostics for the version that the document has now, once they satisfy `wanted`. */
  async function diagnostics(wanted) {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const last = published.filter((params) => params.uri === uri).at(-1);
      if (last && wanted(last.diagnostics)) return last;
      const left = deadline - Date.now();
      assert.ok(left > 0, `not published in time; last: ${JSON.stringify(last)}`);
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, left);
        wake = () => (clearTimeout(timer), resolve());
      });
    }
  }

  /** Applies changes here; what to tell the server. */
  function applied(contentChanges) {
    const version = document.version + 1;
    document = TextDocument.update(document, contentChanges, version);
    return { textDocument: { uri, version }, contentChanges };
  }

  function change(contentChanges) {
    return connection.sendNotification("textDocument/didChange", applied(contentChanges));
  }

  /** Sends many changes as one piece of bytes. */
  function write(allParams) {
    const messages = allParams.map((params) => {
      const body = JSON.stringify({ jsonrpc: "2.0", method: "textDocument/didChange", params });
      return `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
    });
    child.stdin.write(messages.join(""));
  }

  async function end() {
    await connection.sendRequest("shutdown");
    await connection.sendNotification("exit");
    const code = await ended;
    connection.dispose();
    fs.rmSync(folder, { recursive: true });
    assert.equal(code, 0, "the server ends with status 0 after shutdown and exit");
  }

  return { connection, uri, diagnostics, change, applied, write, end, text: () => document.getText(),
    document: () => document };
}

test("open, see, list the actions, apply the preferred one, gone", async (t) => {
  const it = await session(t, "app.py", HELLO);
  const { diagnostics, version } = await it.diagnostics((list) => list.length === 1);
  const [diagnostic] = diagnostics;
  assert.equal(version, 1, "diagnostics name the version that they are about");
  assert.equal(diagnostic.code, "app-run-debug");
  assert.equal(it.document().getText(diagnostic.range), "debug=True", "the range counts utf-16 units");
  assert.match(diagnostic.codeDescription.href, /^https?:\/\//);

  const actions = await it.connection.sendRequest("textDocument/codeAction", {
    textDocument: { uri: it.uri },
    range: diagnostic.range,
    context: { diagnostics: [diagnostic], only: ["quickfix"] },
  });
  const preferred = actions.filter((action) => action.isPreferred);
  assert.equal(preferred.length, 1, "exactly one action is preferred");
  assert.ok(actions.length >= 4, "environment, remove, off, suppress");
  for (const action of actions) {
    assert.equal(action.kind, "quickfix");
    assert.ok(action.edit, "edits are inline");
    const after = TextDocument.applyEdits(it.document(), editsOf(action, it.uri, 1));
    assert.notEqual(after, it.text());
  }
  const edits = editsOf(preferred[0], it.uri, 1);
  // The edits of a workspace edit all speak of the text before: sent from the last to the first.
  const ordered = [...edits]
    .sort((a, b) => it.document().offsetAt(b.range.start) - it.document().offsetAt(a.range.start))
    .map(({ range, newText }) => ({ range, text: newText }));
  const wanted = TextDocument.applyEdits(it.document(), edits);
  await it.change(ordered);
  assert.equal(it.text(), wanted);
  const gone = await it.diagnostics((list) => list.length === 0);
  assert.equal(gone.version, 2);
  assert.match(it.text(), /import os/);
  assert.match(it.text(), /debug=os\.environ\.get\("FLASK_DEBUG", ""\)\.lower\(\) in \("1", "true", "yes", "on"\)/);
  await it.end();
});

test("actions are the same for a client that hands no diagnostics back", async (t) => {
  const it = await session(t, "app.py", HELLO);
  const { diagnostics } = await it.diagnostics((list) => list.length === 1);
  const ask = (context) =>
    it.connection.sendRequest("textDocument/codeAction", {
      textDocument: { uri: it.uri },
      range: { start: diagnostics[0].range.start, end: diagnostics[0].range.start },
      context,
    });
  const titles = (actions) => actions.filter((action) => action.kind === "quickfix").map((action) => action.title);
  assert.deepEqual(titles(await ask({ diagnostics: [] })), titles(await ask({ diagnostics, only: ["quickfix"] })));
  await it.end();
});

test("source.fixAll gives one action that leaves nothing", async (t) => {
  const it = await session(t, "app.py", HELLO);
  await it.diagnostics((list) => list.length === 1);
  const actions = await it.connection.sendRequest("textDocument/codeAction", {
    textDocument: { uri: it.uri },
    range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } },
    context: { diagnostics: [], only: ["source.fixAll"] },
  });
  assert.equal(actions.length, 1);
  assert.match(actions[0].kind, /^source\.fixAll/);
  const text = TextDocument.applyEdits(it.document(), editsOf(actions[0], it.uri, 1));
  await it.change([{ text }]);
  await it.diagnostics((list) => list.length === 0);
  await it.end();
});

test("300 changes in one write end at the text that they make", async (t) => {
  const it = await session(t, "app.py", HELLO);
  await it.diagnostics((list) => list.length === 1);
  // Each depends on the one before.
  const random = numbers(7);
  const sent = [];
  for (let count = 0; count < 300; count++) {
    // Above the call, lines grow and shrink; wide characters make a wrong count visible.
    const at = random(2) ? { line: 1, character: 0 } : { line: 0, character: 0 };
    const inserted = ["# 🦀\n", "# é\n", "x = 1\n", "\n"][random(4)];
    const removable = it.document().lineCount > 12 && it.document().getText().startsWith("#");
    const contentChanges = removable && random(3) === 0
      ? [{ range: { start: { line: 0, character: 0 }, end: { line: 1, character: 0 } }, text: "" }]
      : [{ range: { start: at, end: at }, text: inserted }];
    sent.push(it.applied(contentChanges));
  }
  it.write(sent);
  const expected = it.text().split("\n").findIndex((line) => line.includes("app.run("));
  const last = await it.diagnostics((list) => list.length === 1 && list[0].range.start.line === expected);
  assert.equal(it.document().getText(last.diagnostics[0].range), "debug=True");
  // The server's own text: what an edit of it deletes is what stands here.
  const actions = await it.connection.sendRequest("textDocument/codeAction", {
    textDocument: { uri: it.uri },
    range: last.diagnostics[0].range,
    context: { diagnostics: last.diagnostics, only: ["quickfix"] },
  });
  const preferred = actions.find((action) => action.isPreferred);
  const text = TextDocument.applyEdits(it.document(), editsOf(preferred, it.uri, 301));
  assert.ok(text.includes("debug=os.environ.get("), text);
  await it.change([{ text }]);
  await it.diagnostics((list) => list.length === 0);
  await it.end();
});

/** The edits of an action for the one document of the session, which must be for this version. */
function editsOf(action, uri, version) {
  const { documentChanges, changes } = action.edit;
  assert.ok(documentChanges && !changes, "announced documentChanges are used");
  assert.equal(documentChanges.length, 1);
  assert.deepEqual(documentChanges[0].textDocument, { uri, version });
  return documentChanges[0].edits;
}

/** Numbers that are the same in every run. */
function numbers(seed) {
  let state = seed;
  return (below) => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return Math.floor((state / 2147483648) * below);
  };
}
