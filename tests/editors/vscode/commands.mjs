// The steps about the commands, the walkthrough and the settings page: what a user reaches by a name.
//
// The commands that fix are among the steps that fix.

import assert from "node:assert/strict";
import { command, openFile, until } from "./workbench.mjs";
import { servers } from "./life.mjs";

/** Waits until a frame of the window, where rendered pages stand, has a heading with these words. */
export function heading({ page }, words) {
    const has = async (frame) => (await frame.locator("h1, h2").filter({ hasText: words }).count()) > 0;
    return until(`the page with ${words}`, async () => {
        const found = await Promise.all(page.frames().map((frame) => has(frame).catch(() => false)));
        return found.includes(true);
    });
}

/** Closes what a rendered page opened at the side. */
export async function closePage(workbench) {
    await command(workbench, "View: Close Editor");
    await command(workbench, "View: Single Column Editor Layout");
}

export const commands = [
    [
        "`Explain a Rule` offers the rule at the cursor first and shows its page",
        async (workbench) => {
            const { page } = workbench;
            await openFile(workbench, "hello/app.py", 12, 20);
            await command(workbench, "Undebug: Explain a Rule");
            const rows = page.locator(".quick-input-list .monaco-list-row");
            await rows.filter({ hasText: "debugger-pin-off" }).first().waitFor();
            assert.match(await rows.first().innerText(), /app-run-debug/);
            await rows.first().click();
            await heading(workbench, "What to do");
            await closePage(workbench);
        },
    ],
    [
        "`Restart the Server` starts another one",
        async (workbench) => {
            const [before] = servers(workbench);
            await command(workbench, "Undebug: Restart the Server");
            await until("another server", () => {
                const now = servers(workbench);
                return now.length === 1 && now[0] !== before;
            });
            const status = workbench.page.locator("[id$='undebug.status']");
            await status.filter({ hasText: "Undebug: 5" }).first().waitFor();
        },
    ],
    [
        "`Show the Output` shows which program runs",
        async (workbench) => {
            await command(workbench, "Undebug: Show the Output");
            const output = workbench.page.locator(".part.panel .view-lines");
            await output.filter({ hasText: /undebug.\(bundled\),.version/ }).first().waitFor();
            await command(workbench, "View: Hide Panel");
        },
    ],
    [
        "the walkthrough is there",
        async (workbench) => {
            const { page } = workbench;
            await command(workbench, "Welcome: Open Walkthrough...");
            await page.locator(".quick-input-list .monaco-list-row").filter({ hasText: "Turn Flask's debug mode off" }).first().click();
            for (const title of ["See where debug mode is on", "Turn it off", "Read why", "Make it yours"]) {
                await page.locator(".gettingStartedContainer .step-title").filter({ hasText: title }).first().waitFor();
            }
            await command(workbench, "View: Close Editor");
        },
    ],
    [
        "the settings have descriptions",
        async (workbench) => {
            const { page } = workbench;
            await command(workbench, "Preferences: Open Settings (UI)");
            const box = page.locator(".settings-editor .settings-header .monaco-editor").first();
            await box.click();
            await page.keyboard.insertText("@ext:undebug.undebug");
            for (const words of ["fix that stands first", "environment variable that the environment fix reads", "each rule's findings"]) {
                const described = page.locator(".settings-editor .setting-item-description").filter({ hasText: words });
                await described.first().waitFor();
            }
            await command(workbench, "View: Close Editor");
        },
    ],
];

/** After all findings are gone. */
export const otherFiles = [
    [
        "a fix that also edits other files and makes one",
        async (workbench, { read }) => {
            const { page } = workbench;
            await openFile(workbench, "compose/Dockerfile", 8, 8);
            const row = page.locator(".action-widget .monaco-list-row.action").filter({ hasText: "Serve with gunicorn" });
            await until("the menu", async () => {
                await page.keyboard.press("Control+Shift+R");
                return row.first().click({ timeout: 2000 }).then(() => true, () => false);
            });
            await until("the change in the editor", async () => {
                const lines = await page.locator(".editor-group-container.active .view-lines").first().innerText();
                return lines.replaceAll("\u00a0", " ").includes('CMD ["gunicorn"');
            });
            await command(workbench, "File: Save All");
            const has = (name, words) => {
                try {
                    return read(`compose/${name}`).includes(words);
                } catch {
                    return false;
                }
            };
            const wanted = { Dockerfile: '"wsgi:app"]', "compose.yml": "wsgi:app", "pyproject.toml": '"gunicorn"', "wsgi.py": "app" };
            for (const [name, words] of Object.entries(wanted)) {
                await until(`${name} on disk`, () => has(name, words));
            }
            await command(workbench, "View: Close All Editors");
        },
    ],
];
