// The scenario, a step after another; each begins where the one before it ended.
//
// What is seen is asked of the window, what is written of the disk.

import assert from "node:assert/strict";
import { picture } from "./pictures.mjs";
import { PATIENCE, command, openFile, quickFixes, save, until } from "./workbench.mjs";
import { life } from "./life.mjs";

const ENVIRONMENT = 'os.environ.get("FLASK_DEBUG", "").lower() in ("1", "true", "yes", "on")';

/** The number of findings in the status bar; `undefined` where the server does not run. */
export async function count({ page }) {
    const text = await page.locator("#undebug\\.undebug\\.undebug\\.status, [id$='undebug.status']").first().innerText();
    const found = /Undebug(?:: (\d+))?/.exec(text);
    return found ? Number(found[1] ?? 0) : undefined;
}

/** Waits for a number of findings in the status bar. */
export function counted(workbench, number) {
    return until(`${number} findings`, async () => (await count(workbench)) === number);
}

/** Waits for the underlining of a finding, or for none. */
export async function underlined({ page }, isThere = true) {
    const active = page.locator(".editor-group-container.active");
    const squiggle = active.locator(".squiggly-warning, .squiggly-error, .squiggly-info").first();
    await squiggle.waitFor({ state: isThere ? "attached" : "detached" });
    return squiggle;
}

async function titles(rows) {
    return (await rows.allInnerTexts()).map((title) => title.trim());
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
            const row = workbench.page.locator(".markers-panel .monaco-list-row").filter({ hasText: "read `FLASK_DEBUG` instead" });
            await row.filter({ hasText: "app-run-debug" }).first().waitFor();
            await picture(workbench, context, "problems");
        },
    ],
];

export const steps = [...seeing];
