// The item in the status bar: the number of findings and how the server is.
//
// It decides nothing; whoever changes the state tells it.

import * as vscode from "vscode";
import type { Server } from "./server";

/** How the server is. */
export type State =
    | { readonly kind: "starting" }
    | { readonly kind: "running"; readonly server: Server }
    | { readonly kind: "stopped"; readonly why: string };

/** The item; `show` tells it a new state. */
export interface Status extends vscode.Disposable {
    show(state: State): void;
}

/** An item that follows the diagnostics by itself. */
export function newStatus(): Status {
    const item = vscode.window.createStatusBarItem("undebug.status", vscode.StatusBarAlignment.Left, 0);
    item.name = "Undebug";
    item.command = "undebug.showMenu";
    let state: State = { kind: "starting" };
    const draw = (): void => {
        const { text, tooltip, isBad } = face(state);
        item.text = text;
        item.tooltip = new vscode.MarkdownString(tooltip);
        item.backgroundColor = isBad ? new vscode.ThemeColor("statusBarItem.errorBackground") : undefined;
        item.accessibilityInformation = { label: tooltip.replaceAll("`", "") };
    };
    const listener = vscode.languages.onDidChangeDiagnostics(draw);
    draw();
    item.show();
    return {
        show: (next) => {
            state = next;
            draw();
        },
        dispose: () => {
            listener.dispose();
            item.dispose();
        },
    };
}

function face(state: State): { text: string; tooltip: string; isBad: boolean } {
    switch (state.kind) {
        case "starting":
            return { text: "$(sync~spin) Undebug", tooltip: "Undebug is starting", isBad: false };
        case "stopped":
            return { text: "$(error) Undebug", tooltip: `Undebug does not run: ${state.why}`, isBad: true };
        case "running": {
            const count = countFindings();
            const what = count === 0 ? "no findings" : count === 1 ? "1 finding" : `${count} findings`;
            const { version, origin, command } = state.server;
            const tooltip = `Undebug ${version}: ${what}\n\n\`${command}\` (${origin})`;
            return { text: count === 0 ? "$(shield) Undebug" : `$(shield) Undebug: ${count}`, tooltip, isBad: false };
        }
    }
}

/** The number of findings in all files. */
export function countFindings(): number {
    let count = 0;
    for (const [, diagnostics] of vscode.languages.getDiagnostics()) {
        count += diagnostics.filter((diagnostic) => diagnostic.source === "undebug").length;
    }
    return count;
}
