// The editor's settings as the server reads them.
//
// Only what somebody chose is passed on: a default would win over the project's own settings file.

import * as vscode from "vscode";

/** The settings that are the server's; the others are the extension's. */
const KEYS = ["rules", "preferredFix", "variable", "workspace"] as const;

/** What was chosen for a folder, or for all of them. */
export function chosen(scope: vscode.Uri | undefined): Record<string, unknown> {
    const settings = vscode.workspace.getConfiguration("undebug", scope ?? null);
    const choices: Record<string, unknown> = {};
    for (const key of KEYS) {
        const found = settings.inspect(key);
        const isChosen =
            found?.globalValue !== undefined ||
            found?.workspaceValue !== undefined ||
            found?.workspaceFolderValue !== undefined;
        const value: unknown = settings.get(key);
        if (isChosen && value !== null) {
            choices[key] = value;
        }
    }
    return choices;
}
