// Screenshots for the README files.
//
// They are taken only when they are asked for: what the window looks like is no test.

import path from "node:path";

/** Takes the screenshot of that name. */
export async function picture({ page }, { root, pictures }, name) {
    if (pictures) {
        // What is still fading in or out is over then.
        await page.waitForTimeout(700);
        await page.screenshot({ path: path.join(root, "editors/vscode/media", `${name}.png`) });
    }
}
