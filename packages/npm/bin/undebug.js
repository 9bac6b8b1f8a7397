#!/usr/bin/env node
// Starts the binary of this platform's package, which npm chose by `os` and `cpu`. It does nothing else.
"use strict";

const { spawn } = require("node:child_process");

const name = `@undebug/${process.platform}-${process.arch}`;
const file = process.platform === "win32" ? "undebug.exe" : "undebug";

function binary() {
  try {
    return require.resolve(`${name}/bin/${file}`);
  } catch {
    console.error(`undebug: the package ${name} is not installed; it is an optional dependency: install without --omit=optional`);
    process.exit(2);
  }
}

const child = spawn(binary(), process.argv.slice(2), { stdio: "inherit" });
// The terminal sends an interrupt to both; the child decides what it means.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("error", (error) => {
  console.error(`undebug: ${error.message}`);
  process.exit(2);
});
child.on("exit", (code) => process.exit(code ?? 2));
