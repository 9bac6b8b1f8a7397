// Packages the extension for one platform, with the server program inside:
//
//     npm run package                                          this machine, with target/release/undebug
//     npm run package -- --target darwin-arm64 --binary PATH   another one
//     npm run package -- --no-binary                           any platform: the program is taken from PATH
//
// It builds no server and publishes nothing.

import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const { values } = parseArgs({
    options: {
        target: { type: "string", default: `${process.platform}-${process.arch}` },
        binary: { type: "string", default: path.join(root, "../../target/release/undebug") },
        "no-binary": { type: "boolean", default: false },
        out: { type: "string" },
        images: { type: "string" },
    },
});

const run = (program, args) => execFileSync(program, args, { cwd: root, stdio: "inherit" });
const bin = path.join(root, "bin");
rmSync(bin, { recursive: true, force: true });
const options = [];
if (!values["no-binary"]) {
    const program = path.join(bin, values.target.startsWith("win32") ? "undebug.exe" : "undebug");
    mkdirSync(bin);
    copyFileSync(values.binary, program);
    chmodSync(program, 0o755);
    options.push("--target", values.target);
}
if (values.out !== undefined) {
    options.push("--out", path.resolve(process.env.INIT_CWD ?? ".", values.out));
}
// The pictures of the README are not in the package: the gallery shows them from where they are published.
options.push(...(values.images === undefined ? ["--no-rewrite-relative-links"] : ["--baseImagesUrl", values.images]));
run("npm", ["run", "--silent", "check"]);
run("npm", ["run", "--silent", "build"]);
run(path.join(root, "node_modules/.bin/vsce"), ["package", "--no-dependencies", "--allow-missing-repository", ...options]);
