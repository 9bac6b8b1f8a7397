// Finds the `undebug` program and makes sure that it is one.
//
// It starts no server and shows no message; what is wrong comes back as words.

import { execFile } from "node:child_process";
import * as fs from "node:fs/promises";
import * as os from "node:os";
import * as path from "node:path";
import * as vscode from "vscode";

/** Where the program was found. */
export type Origin = "setting" | "bundled" | "PATH";

/** A program that answered as Undebug does. */
export interface Server {
    readonly command: string;
    readonly origin: Origin;
    readonly version: string;
}

/** Why there is no program to start, and what to do about it. */
export interface Trouble {
    readonly message: string;
}

/** How long the program may take to say its version. */
const PATIENCE_MS = 10_000;

const NAME = process.platform === "win32" ? "undebug.exe" : "undebug";

/** Looks in the setting, in the extension and on `PATH`, in this order. A setting that is wrong is never passed over. */
export async function findServer(extension: vscode.Uri): Promise<Server | Trouble> {
    const setting = configuredPath();
    if (setting !== undefined) {
        return probe(setting, "setting");
    }
    const bundled = vscode.Uri.joinPath(extension, "bin", NAME).fsPath;
    if (await isFile(bundled)) {
        return probe(bundled, "bundled");
    }
    const found = await onPath();
    if (found !== undefined) {
        return probe(found, "PATH");
    }
    return {
        message:
            "The Undebug server was not found: this package brings none for this platform, and `undebug` is not on PATH. " +
            "Install it with `cargo install --path crates/cli`, or set `undebug.server.path`.",
    };
}

/** Runs the program and returns what it prints. */
export function run(command: string, args: readonly string[]): Promise<string> {
    return new Promise((resolve, reject) => {
        execFile(command, args, { timeout: PATIENCE_MS, windowsHide: true }, (error, stdout) => {
            if (error) {
                reject(error);
            } else {
                resolve(stdout);
            }
        });
    });
}

function configuredPath(): string | undefined {
    const value = vscode.workspace.getConfiguration("undebug").get<string | null>("server.path")?.trim();
    if (!value) {
        return undefined;
    }
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? "";
    const home = value === "~" || value.startsWith("~/") ? os.homedir() + value.slice(1) : value;
    return home.replaceAll("${workspaceFolder}", folder);
}

async function probe(command: string, origin: Origin): Promise<Server | Trouble> {
    const where = origin === "setting" ? `\`${command}\` (from \`undebug.server.path\`)` : `\`${command}\``;
    const remedy =
        origin === "setting"
            ? "Correct the setting, or remove it to use the server of this extension."
            : "Install the extension again, or set `undebug.server.path` to a program that works.";
    let answer: string;
    try {
        answer = await run(command, ["--version"]);
    } catch (error) {
        return { message: `The Undebug server cannot be started: ${where} ${reason(error)}. ${remedy}` };
    }
    const version = /^undebug (\d+\.\d+\.\S+)/.exec(answer)?.[1];
    if (version === undefined) {
        return { message: `The Undebug server cannot be started: ${where} is another program. ${remedy}` };
    }
    return { command, origin, version };
}

function reason(error: unknown): string {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    switch (code) {
        case "ENOENT":
        case "ENOTDIR":
            return "does not exist";
        case "EACCES":
            return "is not a program that may be run";
        default:
            return typeof code === "number" ? `ends with exit code ${code}` : "does not answer";
    }
}

async function onPath(): Promise<string | undefined> {
    for (const folder of (process.env["PATH"] ?? "").split(path.delimiter)) {
        const candidate = path.join(folder, NAME);
        if (folder !== "" && (await isFile(candidate))) {
            return candidate;
        }
    }
    return undefined;
}

async function isFile(candidate: string): Promise<boolean> {
    try {
        return (await fs.stat(candidate)).isFile();
    } catch {
        return false;
    }
}
