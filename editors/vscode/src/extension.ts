// The extension: starts the server, and offers commands and a status.
//
// It finds and fixes nothing by itself; that is the server's part.

import * as vscode from "vscode";
import { ExecuteCommandRequest, type LanguageClient, State as ClientState } from "vscode-languageclient/node";
import { newClient } from "./client";
import { SCHEME, explain, newPages } from "./rules";
import { type Server, findServer } from "./server";
import { type Status, countFindings, newStatus } from "./status";

interface Session {
    readonly context: vscode.ExtensionContext;
    readonly output: vscode.LogOutputChannel;
    readonly status: Status;
    client: LanguageClient | undefined;
    server: Server | undefined;
    /** Starts and stops come one after the other. */
    turn: Promise<void>;
}

let session: Session | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
    const output = vscode.window.createOutputChannel("Undebug", { log: true });
    const status = newStatus();
    const own: Session = { context, output, status, client: undefined, server: undefined, turn: Promise.resolve() };
    session = own;
    const commands: Record<string, (argument: unknown) => unknown> = {
        "undebug.fixFile": fixFile,
        "undebug.fixEverywhere": () => fixEverywhere(own),
        "undebug.explainRule": (name) => own.server && explain(own.server.command, name),
        "undebug.restart": () => restart(own),
        "undebug.showOutput": () => output.show(),
        "undebug.showMenu": showMenu,
    };
    context.subscriptions.push(
        output,
        status,
        vscode.workspace.registerTextDocumentContentProvider(SCHEME, newPages(() => own.server?.command)),
        vscode.workspace.onDidChangeConfiguration((change) => {
            if (change.affectsConfiguration("undebug.server.path")) {
                void restart(own);
            }
        }),
        ...Object.entries(commands).map(([name, command]) => vscode.commands.registerCommand(name, command)),
    );
    await restart(own);
}

export async function deactivate(): Promise<void> {
    await session?.client?.dispose();
}

function restart(own: Session): Promise<void> {
    own.turn = own.turn.then(() => startAnew(own)).catch((error: unknown) => {
        fail(own, `The Undebug server did not start: ${error instanceof Error ? error.message : String(error)}`);
    });
    return own.turn;
}

async function startAnew(own: Session): Promise<void> {
    own.status.show({ kind: "starting" });
    await own.client?.dispose();
    own.client = undefined;
    own.server = undefined;
    const found = await findServer(own.context.extensionUri);
    if ("message" in found) {
        fail(own, found.message);
        return;
    }
    own.output.info(`${found.command} (${found.origin}), version ${found.version}`);
    own.server = found;
    const why = "it stopped too often";
    const client = newClient(found, own.output, () => own.status.show({ kind: "stopped", why }));
    client.onDidChangeState((change) => {
        if (change.newState === ClientState.Starting) {
            own.status.show({ kind: "starting" });
        } else if (change.newState === ClientState.Running) {
            own.status.show({ kind: "running", server: found });
        }
    });
    own.client = client;
    await client.start();
}

function fail(own: Session, message: string): void {
    own.output.error(message);
    own.status.show({ kind: "stopped", why: message });
    void vscode.window.showErrorMessage(message, "Open Settings", "Show Output").then((answer) => {
        if (answer === "Open Settings") {
            void vscode.commands.executeCommand("workbench.action.openSettings", "undebug.server.path");
        } else if (answer === "Show Output") {
            own.output.show();
        }
    });
}

async function fixFile(): Promise<void> {
    await vscode.commands.executeCommand("editor.action.sourceAction", { kind: "source.fixAll.undebug", apply: "first" });
}

async function fixEverywhere(own: Session): Promise<void> {
    if (own.client?.isRunning() !== true) {
        void vscode.window.showWarningMessage("Undebug does not run.");
        return;
    }
    if (countFindings() === 0) {
        void vscode.window.showInformationMessage("Undebug has no findings in this workspace.");
        return;
    }
    await own.client.sendRequest(ExecuteCommandRequest.type, { command: "undebug.fixWorkspace", arguments: [] });
}

async function showMenu(): Promise<void> {
    const items = [
        { label: "$(warning) Show the problems", command: "workbench.actions.view.problems" },
        { label: "$(wrench) Turn debug mode off in this file", command: "undebug.fixFile" },
        { label: "$(tools) Turn debug mode off in the workspace", command: "undebug.fixEverywhere" },
        { label: "$(book) Explain a rule", command: "undebug.explainRule" },
        { label: "$(debug-restart) Restart the server", command: "undebug.restart" },
        { label: "$(output) Show the output", command: "undebug.showOutput" },
    ];
    const choice = await vscode.window.showQuickPick(items, { placeHolder: "Undebug" });
    if (choice !== undefined) {
        await vscode.commands.executeCommand(choice.command);
    }
}
