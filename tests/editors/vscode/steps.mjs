// The scenario, a step after another; each begins where the one before it ended.
//
// What is seen is asked of the window, what is written of the disk.

import assert from "node:assert/strict";
import { dark, picture } from "./pictures.mjs";
import { PATIENCE, command, configure, openFile, quickFixes, raisePanel, save, until } from "./workbench.mjs";
import { closePage, commands, heading, otherFiles } from "./commands.mjs";
import { life, servers } from "./life.mjs";

const ENVIRONMENT = 'os.environ.get("FLASK_DEBUG", "").lower() in ("1", "true", "yes", "on")';

/** A program with two findings of two rules. */
const BOTH = `import os

from flask import Flask

os.environ["WERKZEUG_DEBUG_PIN"] = "off"
app = Flask(__name__)

if __name__ == "__main__":
    app.run(debug=True)
`;

/** The number of findings in the status bar; `undefined` where the server does not run. */
export async function count({ page }) {
    const text = await page.locator("[id$='undebug.status']").first().innerText();
    const found = /Undebug(?:: (\d+))?/.exec(text);
    return found ? Number(found[1] ?? 0) : undefined;
}

/** Waits for a number of findings in the status bar. */
export function counted(workbench, number) {
    return until(`${number} findings`, async () => (await count(workbench)) === number);
}

/** Waits for the underlining of a finding, or for none. */
export async function underlined({ page }, isThere = true, timeout = PATIENCE) {
    const active = page.locator(".editor-group-container.active");
    const squiggle = active.locator(".squiggly-warning, .squiggly-error, .squiggly-info").first();
    await squiggle.waitFor({ state: isThere ? "attached" : "detached", timeout });
    return squiggle;
}

async function titles(rows) {
    return (await rows.allInnerTexts()).map((title) => title.trim());
}

/** The menu's titles at the cursor; the menu is closed again. */
async function offered(workbench) {
    const found = await titles(await quickFixes(workbench));
    await workbench.page.keyboard.press("Escape");
    return found;
}

/** Saves the active file and waits until the disk has what `isRight` wants. */
async function saved(workbench, { read }, name, isRight) {
    await save(workbench);
    await until(`${name} on disk`, () => isRight(read(name)));
}

const seeing = [
    ["the status bar counts the findings of the whole workspace", (workbench) => counted(workbench, 5)],
    [
        "a finding is underlined",
        async (workbench) => {
            await openFile(workbench, "hello/app.py", 12, 20);
            await underlined(workbench);
        },
    ],
    [
        "the Problems panel lists it",
        async (workbench, context) => {
            await command(workbench, "Problems: Focus on Problems View");
            await raisePanel(workbench, 110);
            const rows = workbench.page.locator(".markers-panel .monaco-list-row");
            for (const rule of ["app-run-debug", "config-debug", "command-debug", "env-debug"]) {
                await rows.filter({ hasText: rule }).first().waitFor();
            }
            await picture(workbench, context, "problems");
            await command(workbench, "View: Hide Panel");
        },
    ],
    [
        "the hover says why, how bad it is and what to do",
        async (workbench, context) => {
            const { page } = workbench;
            const hover = page.locator(".monaco-hover:visible");
            await dark(workbench, context, true);
            await until("a hover", async () => {
                const box = await (await underlined(workbench)).boundingBox();
                if (box === null) {
                    return false;
                }
                await page.mouse.move(box.x + box.width + 200, box.y + 60);
                await page.mouse.move(box.x + box.width / 3, box.y + box.height / 2, { steps: 4 });
                return hover.first().waitFor({ timeout: 2000 }).then(() => true, () => false);
            });
            const parts = ["What an attacker gets.", "CVSS", "CWE-489", "Read FLASK_DEBUG from the environment"];
            for (const part of parts) {
                await hover.filter({ hasText: part }).first().waitFor();
            }
            await picture(workbench, context, "hover", 560);
            await dark(workbench, context, false);
        },
    ],
    [
        "the rule's name in the hover leads to its page",
        async (workbench) => {
            const { page } = workbench;
            const link = page.locator(".monaco-hover:visible .rendered-markdown a").filter({ hasText: "app-run-debug" });
            await link.first().click();
            await page.locator(".tab").filter({ hasText: "app-run-debug" }).first().waitFor();
            await heading(workbench, "What to do");
            await closePage(workbench);
        },
    ],
];

const fixing = [
    [
        "the quick fix menu begins with the preferred fix",
        async (workbench, context) => {
            await openFile(workbench, "hello/app.py", 12, 20);
            const rows = await quickFixes(workbench);
            await picture(workbench, context, "fix", 560);
            const found = await titles(rows);
            assert.equal(found[0], "Read FLASK_DEBUG from the environment");
            assert.ok(found.includes("Write `False`"), `${found}`);
            await rows.first().click();
        },
    ],
    [
        "the fix is saved, and the finding is gone",
        async (workbench, context) => {
            await underlined(workbench, false);
            await saved(workbench, context, "hello/app.py", (text) => text.includes(`app.run(debug=${ENVIRONMENT})`));
            assert.match(context.read("hello/app.py"), /^import os\n/);
            await counted(workbench, 4);
        },
    ],
    [
        "settings hold without a restart",
        async (workbench) => {
            const before = servers(workbench);
            await openFile(workbench, "factory/shop/config.py", 8, 8);
            await underlined(workbench);
            assert.equal((await offered(workbench))[0], "Read FLASK_DEBUG from the environment");
            configure(workbench, { "undebug.variable": "SHOP_DEBUG" });
            await until("SHOP_DEBUG", async () => (await offered(workbench))[0] === "Read SHOP_DEBUG from the environment");
            configure(workbench, { "undebug.variable": undefined, "undebug.preferredFix": "off" });
            await until("Write `False`", async () => (await offered(workbench))[0] === "Write `False`");
            configure(workbench, { "undebug.preferredFix": undefined, "undebug.rules": { "config-debug": "off" } });
            await underlined(workbench, false);
            await counted(workbench, 3);
            configure(workbench, { "undebug.rules": undefined });
            await counted(workbench, 4);
            assert.deepEqual(servers(workbench), before);
        },
    ],
    [
        "a `.flaskenv` is fixed",
        async (workbench, context) => {
            await openFile(workbench, "compose/.flaskenv", 2, 3);
            await underlined(workbench);
            const rows = await quickFixes(workbench);
            assert.equal((await titles(rows))[0], "Set `FLASK_DEBUG` to `0`");
            await rows.first().click();
            await saved(workbench, context, "compose/.flaskenv", (text) => text === "FLASK_APP=app\nFLASK_DEBUG=0\n");
            await counted(workbench, 3);
        },
    ],
    [
        "a Dockerfile is fixed by `Auto Fix`",
        async (workbench, context) => {
            await openFile(workbench, "compose/Dockerfile", 6, 6);
            await underlined(workbench);
            await until("the fix", async () => {
                await workbench.page.keyboard.press("Shift+Alt+Period");
                return underlined(workbench, false, 3000).then(() => true, () => false);
            });
            await saved(workbench, context, "compose/Dockerfile", (text) => text.includes("FLASK_DEBUG=0\n"));
            await counted(workbench, 2);
        },
    ],
    [
        "all findings of a file are fixed at once",
        async (workbench, context) => {
            context.write("both.py", BOTH);
            await counted(workbench, 4);
            await openFile(workbench, "both.py", 1);
            await underlined(workbench);
            await command(workbench, "Undebug: Turn Debug Mode Off in This File");
            await underlined(workbench, false);
            const isFixed = (text) => text.includes(`debug=${ENVIRONMENT}`) && !text.includes('"off"');
            await saved(workbench, context, "both.py", isFixed);
            await counted(workbench, 2);
        },
    ],
    [
        "all files of the workspace are fixed, also those that are not open",
        async (workbench, context) => {
            await command(workbench, "View: Close All Editors");
            // The flag in `compose.yml` outdoes a variable beside it, which is a finding once the flag is gone.
            for (const [size, left] of [["3 changes in 2 files", 1], ["1 change in 1 file", 0]]) {
                await command(workbench, "Undebug: Turn Debug Mode Off in the Workspace");
                const question = workbench.page.locator(".monaco-dialog-box");
                await question.filter({ hasText: size }).waitFor();
                await question.locator(".monaco-button").filter({ hasText: /^Apply$/ }).click();
                await counted(workbench, left);
            }
            const compose = () => context.read("compose/compose.yml");
            await until("compose.yml on disk", () => !compose().includes("--debug") && compose().includes('"0"'));
            await until("config.py on disk", () => context.read("factory/shop/config.py").includes(ENVIRONMENT));
        },
    ],
];

export { untrusted } from "./life.mjs";

export const steps = [...seeing, ...commands, ...fixing, ...otherFiles, ...life];
