// A real VS Code workbench (code-server) with a real browser before it, and the moves of a user.
//
// It knows nothing of Undebug but where its package is.

import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import net from "node:net";
import path from "node:path";
import { chromium } from "playwright-core";

/** How long anything in the window may take. */
export const PATIENCE = 60_000;

const SETTINGS = {
    "chat.disableAIFeatures": true,
    "editor.fontFamily": "DejaVu Sans Mono",
    "editor.minimap.enabled": false,
    "extensions.autoCheckUpdates": false,
    "extensions.ignoreRecommendations": true,
    "files.autoSave": "off",
    "files.simpleDialog.enable": true,
    "remote.autoForwardPorts": false,
    "telemetry.telemetryLevel": "off",
    "window.commandCenter": false,
    "window.menuBarVisibility": "hidden",
    "workbench.activityBar.location": "hidden",
    "workbench.colorTheme": "Light Modern",
    "workbench.layoutControl.enabled": false,
    "workbench.secondarySideBar.defaultVisibility": "hidden",
    "workbench.startupEditor": "none",
    "workbench.tips.enabled": false,
};

/** Starts the server and the browser; `home` is a folder for all that they write, empty at the first time. */
export async function open({ program, vsix, folder, home, isTrusting = true }) {
    const workbench = { folder, settings: {} };
    mkdirSync(path.join(home, "data/User"), { recursive: true });
    mkdirSync(path.join(home, "bin"), { recursive: true });
    mkdirSync(path.join(folder, ".vscode"), { recursive: true });
    writeFileSync(path.join(home, "data/User/settings.json"), JSON.stringify(SETTINGS, null, 2));
    writeFileSync(path.join(home, "config.yaml"), "auth: none\n");
    const common = [
        ...["--config", path.join(home, "config.yaml"), "--user-data-dir", path.join(home, "data")],
        ...["--extensions-dir", path.join(home, "extensions")],
    ];
    execFileSync(program, [...common, "--install-extension", vsix], { stdio: "pipe", timeout: 180_000 });
    const port = await freePort();
    workbench.url = `http://127.0.0.1:${port}/?folder=${encodeURIComponent(folder)}`;
    const quiet = ["--disable-telemetry", "--disable-update-check", ...(isTrusting ? ["--disable-workspace-trust"] : [])];
    const args = [...common, "--auth", "none", "--bind-addr", `127.0.0.1:${port}`, ...quiet];
    // The editor takes PATH from a login shell; here a test may put a program there.
    writeFileSync(path.join(home, ".profile"), `PATH='${path.join(home, "bin")}':$PATH\n`);
    const env = { ...process.env, HOME: home, SHELL: "/bin/bash" };
    workbench.server = spawn(program, args, { detached: true, stdio: "ignore", env });
    await listening(port);
    workbench.browser = await chromium.launch({
        executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
        args: ["--no-sandbox", "--disable-gpu"],
    });
    const view = { viewport: { width: 1080, height: 660 }, deviceScaleFactor: 1.5 };
    const page = await workbench.browser.newPage(view);
    workbench.page = page;
    page.setDefaultTimeout(PATIENCE);
    await page.goto(workbench.url);
    await page.waitForSelector(".monaco-workbench .statusbar-item");
    await page.locator(".part.sidebar").waitFor();
    if (isTrusting) {
        await page.keyboard.press("Control+B");
    }
    return workbench;
}

/** Ends the browser, and the server with all that it started. */
export async function close(workbench) {
    await workbench.browser?.close();
    if (workbench.server) {
        process.kill(-workbench.server.pid, "SIGTERM");
    }
}

/** Changes the folder's settings on disk, which the window watches; `undefined` removes one. */
export function configure(workbench, changes) {
    Object.assign(workbench.settings, changes);
    writeFileSync(path.join(workbench.folder, ".vscode/settings.json"), JSON.stringify(workbench.settings, null, 2));
}

/** Opens a file of the folder by its name, and puts the cursor at a line and column when these are given. */
export async function openFile(workbench, name, line, column = 1) {
    const place = line === undefined ? "" : `:${line}:${column}`;
    await pick(workbench, "Control+P", `${name}${place}`, path.basename(name));
    const { page } = workbench;
    await page.locator(".tab.active").filter({ hasText: path.basename(name) }).first().waitFor();
    await page.locator(".editor-group-container.active .monaco-editor").first().waitFor();
}

/** Runs a command by its title. */
export async function command(workbench, title) {
    await pick(workbench, "F1", `>${title}`, title);
}

/** Chooses the first row with `label` in what a key opens. A list that comes too early lacks the row: it is asked again. */
async function pick({ page }, key, words, label) {
    const row = page.locator(".quick-input-list .monaco-list-row").filter({ hasText: label }).first();
    await until(`${label} in the list`, async () => {
        await page.keyboard.press("Escape");
        await page.keyboard.press(key);
        await page.locator(".quick-input-widget input[type=text]").fill(words);
        return row.click({ timeout: 3000 }).then(() => true, () => false);
    });
}

/** The rows of the quick fix menu at the cursor. New diagnostics close the menu: it is asked again. */
export async function quickFixes({ page }) {
    const rows = page.locator(".action-widget:not(.action-list-submenu-panel) .monaco-list-row.action");
    await until("the quick fix menu", async () => {
        await page.keyboard.press("Control+.");
        return rows.first().waitFor({ timeout: 2000 }).then(() => true, () => false);
    });
    return rows;
}

/** Makes the panel higher. */
export async function raisePanel({ page }, pixels) {
    const box = await page.locator(".part.panel").boundingBox();
    await page.mouse.move(box.x + box.width / 2, box.y - 1);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2, box.y - pixels, { steps: 5 });
    await page.mouse.up();
    await page.mouse.move(box.x + box.width / 2, 5);
}

/** Saves the active file. */
export async function save({ page }) {
    await page.keyboard.press("Control+S");
}

/** The ids of the processes below one, whose command line has these words. */
export function descendants(pid, words) {
    const parents = new Map();
    for (const entry of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
        try {
            const stat = readFileSync(`/proc/${entry}/stat`, "utf8");
            parents.set(Number(entry), Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]));
        } catch {
            // It ended meanwhile.
        }
    }
    const isBelow = (child) => {
        for (let at = child; at > 1; at = parents.get(at) ?? 0) {
            if (at === pid) {
                return true;
            }
        }
        return false;
    };
    return [...parents.keys()].filter((child) => {
        try {
            const line = readFileSync(`/proc/${child}/cmdline`, "utf8").replaceAll("\0", " ");
            return isBelow(child) && line.includes(words);
        } catch {
            return false;
        }
    });
}

/** Waits until `condition` returns something true, and returns it. */
export async function until(what, condition, patience = PATIENCE) {
    const end = Date.now() + patience;
    let last;
    while (Date.now() < end) {
        last = await condition();
        if (last) {
            return last;
        }
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`not in time: ${what}`);
}

async function listening(port) {
    const answers = () =>
        new Promise((resolve) => {
            const socket = net.connect(port, "127.0.0.1", () => resolve(true));
            socket.on("error", () => resolve(false));
            socket.on("connect", () => socket.end());
        });
    await until("code-server listens", answers);
}

function freePort() {
    return new Promise((resolve) => {
        const server = net.createServer().listen(0, "127.0.0.1", () => {
            const { port } = server.address();
            server.close(() => resolve(port));
        });
    });
}
