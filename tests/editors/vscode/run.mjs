// Goes through what a user does with the extension in the real workbench, and says what works:
//
//     node tests/editors/vscode/run.mjs --vsix FILE [--code-server FILE] [--pictures]
//
// With `--pictures` it takes the screenshots of the README files.

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { steps, untrusted } from "./steps.mjs";
import { close, open } from "./workbench.mjs";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const { values } = parseArgs({
    options: {
        vsix: { type: "string", default: path.join(root, "target/vscode/undebug.vsix") },
        "code-server": { type: "string", default: path.join(root, "target/code-server/node_modules/.bin/code-server") },
        pictures: { type: "boolean", default: false },
    },
});

/** All of it, hung windows included. */
const LIMIT_MS = 600_000;

// code-server wants the Node that was installed beside it.
process.env.PATH = [path.join(root, "target/code-server/venv/bin"), process.env.PATH].join(path.delimiter);

const home = mkdtempSync(path.join(os.tmpdir(), "undebug-vscode-"));
const folder = path.join(home, "shop");
for (const project of ["hello", "factory", "compose"]) {
    cpSync(path.join(root, "tests/projects", project), path.join(folder, project), { recursive: true });
}

let passed = 0;
let failed = 0;
let workbench;
let isOver = false;

async function finish() {
    if (isOver) {
        return;
    }
    isOver = true;
    if (workbench) {
        await close(workbench);
    }
    rmSync(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
    console.log(`vscode: ${passed} passed, ${failed} failed`);
    process.exit(failed === 0 && passed > 0 ? 0 : 1);
}

const watchdog = setTimeout(() => {
    failed += 1;
    console.log(`FAILED: not over after ${LIMIT_MS / 1000} s`);
    void finish();
}, LIMIT_MS);
watchdog.unref();
process.on("SIGTERM", () => {
    failed += 1;
    console.log("FAILED: told to end");
    void finish();
});

async function step(name, action) {
    const start = performance.now();
    const seconds = () => `${((performance.now() - start) / 1000).toFixed(1)} s`.padStart(7);
    try {
        await action();
        passed += 1;
        console.log(`ok     ${seconds()}  ${name}`);
        return true;
    } catch (error) {
        failed += 1;
        console.log(`FAILED ${seconds()}  ${name}\n${error.stack.slice(0, 4000)}`);
        const picture = path.join(root, "target/vscode/failed.png");
        await workbench?.page?.screenshot({ path: picture }).catch(() => {});
        return false;
    }
}

const context = {
    root,
    home,
    folder,
    pictures: values.pictures,
    read: (name) => readFileSync(path.join(folder, name), "utf8"),
    write: (name, text) => writeFileSync(path.join(folder, name), text),
};
const start = { program: values["code-server"], vsix: values.vsix, folder, home };

/** Opens a window and goes through the steps. A step builds on the ones before it: after a failure the rest would only fail with it. */
async function session(name, options, list) {
    const opened = await step(name, async () => {
        workbench = await open({ ...start, ...options });
    });
    for (const [title, action] of opened ? list : []) {
        if (!(await step(title, () => action(workbench, context)))) {
            return;
        }
    }
}

await session("the package is installed and the workbench opens", {}, steps);
if (failed === 0) {
    // The folder names a server of its own, which nobody who only looks at it may be made to run.
    writeFileSync(path.join(folder, ".vscode/settings.json"), JSON.stringify({ "undebug.server.path": "/no/such/undebug" }));
    await session("a window that does not trust the folder opens", { isTrusting: false }, untrusted);
}
await finish();
