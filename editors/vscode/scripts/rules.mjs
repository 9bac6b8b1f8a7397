// Writes the rules into the settings of package.json, from `undebug rules`. With `--check` it only says whether they
// are fresh.

import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const program = process.env.UNDEBUG ?? path.join(root, "../../target/debug/undebug");
const manifest = path.join(root, "package.json");

const before = readFileSync(manifest, "utf8");
const content = JSON.parse(before);
const rules = JSON.parse(execFileSync(program, ["rules", "--output-format", "json"], { encoding: "utf8" }));
content.contributes.configuration.properties["undebug.rules"].properties = Object.fromEntries(
    rules.map((rule) => [
        rule.name,
        {
            type: "string",
            enum: ["off", "information", "warning", "error"],
            markdownDescription: `${rule.summary} Unless it is set: ${rule.on ? "on" : "off"}.`,
        },
    ]),
);
const after = `${JSON.stringify(content, null, 2)}\n`;
if (!process.argv.includes("--check")) {
    writeFileSync(manifest, after);
} else if (after !== before) {
    console.error("the rules in package.json are not those of `undebug rules`: npm run rules");
    process.exitCode = 1;
}
