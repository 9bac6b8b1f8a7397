// The steps about the server's life: it dies, it is not there, it ends with the window.
//
// What it finds is tested before.

import assert from "node:assert/strict";
import { copyFileSync, readdirSync, readlinkSync, renameSync } from "node:fs";
import path from "node:path";
import { command, configure, descendants, openFile, until } from "./workbench.mjs";

/** The ids of the language servers of a workbench. */
export function servers(workbench) {
    return descendants(workbench.server.pid, "undebug server");
}

/** Waits for a message in a corner of the window. */
async function told({ page }, words) {
    await page.locator(".notifications-toasts .notification-list-item").filter({ hasText: words }).first().waitFor();
}

function status({ page }, words) {
    return page.locator("[id$='undebug.status']").filter({ hasText: words }).first().waitFor();
}

export const life = [
    [
        "a server that dies is started again, with a message",
        async (workbench, context) => {
            context.write("late.py", 'from flask import Flask\n\nFlask("late").run(debug=True)\n');
            await status(workbench, "Undebug: 1");
            const [first] = servers(workbench);
            process.kill(first, "SIGKILL");
            await told(workbench, "stopped unexpectedly and was started again");
            const isNew = () => servers(workbench).some((pid) => pid !== first);
            await until("another server", isNew);
            await status(workbench, "Undebug: 1");
            await openFile(workbench, "late.py", 3, 20);
            await workbench.page.locator(".squiggly-warning").first().waitFor();
        },
    ],
    [
        "a wrong path is told in one message, with what to do",
        async (workbench) => {
            configure(workbench, { "undebug.server.path": "/no/such/undebug" });
            await told(workbench, "`/no/such/undebug` (from `undebug.server.path`) does not exist. Correct the setting");
            await until("no server", () => servers(workbench).length === 0);
            await command(workbench, "Notifications: Clear All Notifications");
            configure(workbench, { "undebug.server.path": process.execPath });
            await told(workbench, "is another program. Correct the setting");
            configure(workbench, { "undebug.server.path": undefined });
            await status(workbench, "Undebug: 1");
        },
    ],
    [
        "a package without a server takes the one on PATH, and says so where there is none",
        async (workbench, { home }) => {
            const extensions = path.join(home, "extensions");
            const own = readdirSync(extensions).find((name) => name.startsWith("undebug.undebug-"));
            const bundled = path.join(extensions, own, "bin/undebug");
            const onPath = path.join(home, "bin/undebug");
            renameSync(bundled, `${bundled}.away`);
            await command(workbench, "Undebug: Restart the Server");
            await told(workbench, "brings none for this platform, and `undebug` is not on PATH. Install it with");
            copyFileSync(`${bundled}.away`, onPath);
            await command(workbench, "Undebug: Restart the Server");
            await status(workbench, "Undebug: 1");
            const [pid] = servers(workbench);
            assert.equal(readlinkSync(`/proc/${pid}/exe`), onPath);
            renameSync(`${bundled}.away`, bundled);
        },
    ],
    [
        "the server ends with the window",
        async (workbench) => {
            assert.equal(servers(workbench).length, 1);
            await workbench.page.close();
            const all = servers(workbench);
            process.kill(-workbench.server.pid, "SIGTERM");
            const isGone = (pid) => {
                try {
                    return process.kill(pid, 0) && false;
                } catch {
                    return true;
                }
            };
            await until("no server left", () => all.every(isGone));
            workbench.server = undefined;
            await workbench.browser.close();
        },
    ],
];

/** In a window that trusts no folder unasked. */
export const untrusted = [
    [
        "the `undebug.server.path` of a folder is used once the folder is trusted",
        async (workbench) => {
            const { page } = workbench;
            await page.locator(".statusbar-item").filter({ hasText: "Restricted Mode" }).first().waitFor();
            await status(workbench, "Undebug: 1");
            assert.equal(servers(workbench).length, 1);
            // What it would have been, once the folder is trusted.
            await command(workbench, "Workspaces: Manage Workspace Trust");
            await page.locator(".workspace-trust-editor .monaco-button").filter({ hasText: /^Trust$/ }).first().click();
            await told(workbench, "`/no/such/undebug` (from `undebug.server.path`) does not exist");
        },
    ],
];
