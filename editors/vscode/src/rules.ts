// The pages of the rules: virtual Markdown documents, shown rendered.
//
// Their words are the server program's own (`undebug explain`); nothing about a rule is written here.

import * as vscode from "vscode";
import { run } from "./server";

/** The scheme of the pages. */
export const SCHEME = "undebug-rule";

/** The server's links to its rules on the web. */
const LINK = /\]\(https:\/\/undebug\.dev\/rules\/([a-z-]+)\)/g;

/** The first line of a finding's hover: the editor shows the same message above it. */
const REPEATED = /^\*\*[a-z-]+\*\*: .*\n\n/gm;

interface Rule {
    readonly name: string;
    readonly summary: string;
}

/** Serves the pages from the program that `command` names. */
export function newPages(command: () => string | undefined): vscode.TextDocumentContentProvider {
    return {
        provideTextDocumentContent: async (uri) => {
            const program = command();
            if (program === undefined) {
                return "The server program was not found.";
            }
            return run(program, ["explain", uri.path.replace(/^\//, "").replace(/\.md$/, "")]);
        },
    };
}

/** Shows the page of a rule; of one that is chosen when none is named. */
export async function explain(command: string, name: unknown): Promise<void> {
    const rule = typeof name === "string" ? name : await choose(command);
    if (rule === undefined) {
        return;
    }
    const page = vscode.Uri.from({ scheme: SCHEME, path: `/${rule}.md` });
    await vscode.workspace.openTextDocument(page);
    await vscode.commands.executeCommand("markdown.showPreviewToSide", page);
}

/** The link that shows a rule's page. */
export function ruleCommand(name: string): vscode.Uri {
    return vscode.Uri.parse(`command:undebug.explainRule?${encodeURIComponent(JSON.stringify([name]))}`);
}

/** A hover whose links lead to the pages, without what the editor shows already. */
export function withRulePages(hover: vscode.Hover | null | undefined): vscode.Hover | null | undefined {
    for (const part of hover?.contents ?? []) {
        if (part instanceof vscode.MarkdownString) {
            const value = part.value.replaceAll(REPEATED, "");
            part.value = value.replaceAll(LINK, (_, name: string) => `](${ruleCommand(name).toString(true)})`);
        }
    }
    return hover;
}

/** The rule at the cursor stands first. */
async function choose(command: string): Promise<string | undefined> {
    const rules = JSON.parse(await run(command, ["rules", "--output-format", "json"])) as Rule[];
    const here = new Set(rulesAtCursor());
    const items = rules.map((rule) => ({ label: rule.name, detail: rule.summary }));
    items.sort((one, other) => Number(here.has(other.label)) - Number(here.has(one.label)));
    const choice = await vscode.window.showQuickPick(items, { placeHolder: "Which rule?", matchOnDetail: true });
    return choice?.label;
}

function rulesAtCursor(): string[] {
    const editor = vscode.window.activeTextEditor;
    if (editor === undefined) {
        return [];
    }
    return vscode.languages
        .getDiagnostics(editor.document.uri)
        .filter((diagnostic) => diagnostic.source === "undebug" && diagnostic.range.intersection(editor.selection))
        .map((diagnostic) => String(typeof diagnostic.code === "object" ? diagnostic.code.value : diagnostic.code));
}
