// Screenshots for the README files.
//
// They are taken only when they are asked for: what the window looks like is no test.

import path from "node:path";
import { configure } from "./workbench.mjs";

// What is about this window and not about Undebug: the remote workspace, its ports, the keyboard of a browser.
const NOISE = ["status.host", "status.forwardedPorts", "status.notifications"];
const STYLE = `${NOISE.map((id) => `.statusbar-item[id^="${id}"]`).join(", ")}, .statusbar-item[id*="eyboard"] { display: none !important }`;
const WIDTH = 1080;
const HEIGHT = 660;

/** Takes the screenshot of that name, down to a height. */
export async function picture({ page }, { root, pictures }, name, height = HEIGHT) {
    if (pictures) {
        // What is still fading in or out is over then.
        await page.waitForTimeout(700);
        const clip = { x: 0, y: 0, width: WIDTH, height };
        await page.screenshot({ path: path.join(root, "editors/vscode/media", `${name}.png`), clip, style: STYLE });
    }
}

/** Changes to a dark theme for a screenshot, or back. */
export async function dark(workbench, { pictures }, isDark) {
    if (pictures) {
        configure(workbench, { "workbench.colorTheme": isDark ? "Dark Modern" : undefined });
        await workbench.page.locator(`.monaco-workbench.${isDark ? "vs-dark" : "vs"}`).first().waitFor();
    }
}
