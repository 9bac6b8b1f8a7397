// Draws the extension's icon from its SVG in a real browser: node tests/editors/vscode/icon.mjs

import path from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const media = fileURLToPath(new URL("../../../editors/vscode/media/", import.meta.url));
const SIZE = 128;

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
const page = await browser.newPage({ viewport: { width: SIZE, height: SIZE }, deviceScaleFactor: 2 });
await page.goto(`file://${path.join(media, "icon.svg")}`);
await page.screenshot({ path: path.join(media, "icon.png"), omitBackground: true });
await browser.close();
