// Makes the npm packages: `undebug`, which depends on all platforms' packages as optional ones, and one with the binary for
// each platform, of which npm installs the one that fits. It publishes nothing.
//
//     node build.js OUT                       the package `undebug`
//     node build.js OUT linux-x64 BINARY      the package `@undebug/linux-x64`
"use strict";

const fs = require("node:fs");
const path = require("node:path");

const root = path.join(__dirname, "../..");
const platforms = JSON.parse(fs.readFileSync(path.join(__dirname, "platforms.json"), "utf8"));
const version = fs.readFileSync(path.join(root, "Cargo.toml"), "utf8").match(/^version = "(.*)"$/m)[1];

const common = {
  version,
  license: "MIT OR Apache-2.0",
  homepage: "https://undebug.dev/",
};

const [out, platform, binary] = process.argv.slice(2);
if (!out || (platform && !(platform in platforms && binary))) {
  console.error(`usage: node build.js OUT [${Object.keys(platforms).join("|")} BINARY]`);
  process.exit(2);
}
fs.rmSync(out, { recursive: true, force: true });
fs.mkdirSync(path.join(out, "bin"), { recursive: true });
for (const license of ["LICENSE-MIT", "LICENSE-APACHE"]) fs.copyFileSync(path.join(root, license), path.join(out, license));
if (platform) onePlatform();
else front();

function front() {
  fs.copyFileSync(path.join(__dirname, "README.md"), path.join(out, "README.md"));
  fs.copyFileSync(path.join(__dirname, "bin/undebug.js"), path.join(out, "bin/undebug.js"));
  fs.chmodSync(path.join(out, "bin/undebug.js"), 0o755);
  write({
    name: "undebug",
    description: "Finds Flask debug mode left on, in the editor and on the command line, and turns it off",
    keywords: ["flask", "debug", "security", "linter", "lsp"],
    ...common,
    bin: { undebug: "bin/undebug.js" },
    engines: { node: ">=18" },
    optionalDependencies: Object.fromEntries(Object.keys(platforms).map((name) => [`@undebug/${name}`, version])),
  });
}

function onePlatform() {
  const { os, cpu, target } = platforms[platform];
  const file = path.join(out, "bin", os === "win32" ? "undebug.exe" : "undebug");
  fs.copyFileSync(binary, file);
  fs.chmodSync(file, 0o755);
  fs.writeFileSync(path.join(out, "README.md"), `# @undebug/${platform}\n\nThe binary of \`undebug\` for ${target}.\n`);
  write({
    name: `@undebug/${platform}`,
    description: `The binary of undebug for ${platform}`,
    ...common,
    os: [os],
    cpu: [cpu],
    preferUnplugged: true,
  });
}

function write(manifest) {
  fs.writeFileSync(path.join(out, "package.json"), JSON.stringify(manifest, null, 2) + "\n");
}
