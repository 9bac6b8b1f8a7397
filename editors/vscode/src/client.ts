// The connection to the server: which documents it is told of, its settings, and what happens when it dies.
//
// Where the program is was decided in `server`.

import * as vscode from "vscode";
import {
    CancellationToken,
    CloseAction,
    type CloseHandlerResult,
    ErrorAction,
    type ErrorHandler,
    LanguageClient,
    type LanguageClientOptions,
    type Middleware,
} from "vscode-languageclient/node";
import { applyConfirmed } from "./confirm";
import { ruleCommand, withRulePages } from "./rules";
import type { Server } from "./server";
import { chosen } from "./settings";

/** After this many ends within this time the server is left alone. */
const CRASHES = 5;
const WINDOW_MS = 3 * 60_000;

/** The names of the files that the server reads; the language that the editor gives them does not matter. */
const PATTERNS = [
    "**/*.{py,pyw,cfg,ini,env,yml,yaml,service,sh,bash,zsh,mk,make,json,toml,just,tf,hcl,bat,cmd,ps1}",
    "**/{*.,}{dockerfile,Dockerfile,containerfile,Containerfile}{.*,}",
    "**/{.env,.flaskenv,Procfile,procfile}{.*,}",
    "**/{Makefile,makefile,GNUmakefile,Justfile,justfile,.justfile}",
    "**/{ecosystem,pm2}.config.{js,cjs,mjs}",
];
const LANGUAGES = ["python", "dockerfile", "dockercompose", "dotenv"];

/** A client that is not started yet. */
export function newClient(server: Server, output: vscode.LogOutputChannel, gaveUp: () => void): LanguageClient {
    const options: LanguageClientOptions = {
        documentSelector: [
            ...PATTERNS.map((pattern) => ({ scheme: "file", pattern })),
            ...LANGUAGES.flatMap((language) => [
                { scheme: "file", language },
                { scheme: "untitled", language },
            ]),
        ],
        outputChannel: output,
        errorHandler: newErrorHandler(output, gaveUp),
        middleware,
        markdown: { isTrusted: { enabledCommands: ["undebug.explainRule"] } },
    };
    return new LanguageClient("undebug", "Undebug", { command: server.command, args: ["server"] }, options);
}

const middleware: Middleware = {
    workspace: {
        configuration: (params) =>
            params.items.map((item) => chosen(item.scopeUri === undefined ? undefined : vscode.Uri.parse(item.scopeUri))),
        // Only the news is sent; the server then asks for each folder's own settings.
        didChangeConfiguration: (_, next) => next(undefined),
        handleApplyEdit: (params, next) => applyConfirmed(params, (edit) => next(edit, CancellationToken.None)),
    },
    // A rule's name leads to its page in the editor.
    handleDiagnostics: (uri, diagnostics, next) => {
        for (const diagnostic of diagnostics) {
            const code = diagnostic.code;
            if (typeof code === "object") {
                diagnostic.code = { value: code.value, target: ruleCommand(String(code.value)) };
            }
        }
        next(uri, diagnostics);
    },
    provideHover: async (document, position, token, next) => withRulePages(await next(document, position, token)),
};

function newErrorHandler(output: vscode.LogOutputChannel, gaveUp: () => void): ErrorHandler {
    let ends: number[] = [];
    return {
        error: () => ({ action: ErrorAction.Continue, handled: true }),
        closed: (): CloseHandlerResult => {
            const now = Date.now();
            ends = [...ends.filter((end) => now - end < WINDOW_MS), now];
            if (ends.length < CRASHES) {
                tell(output, "The Undebug server stopped unexpectedly and was started again.");
                return { action: CloseAction.Restart, handled: true };
            }
            ends = [];
            gaveUp();
            tell(output, `The Undebug server stopped ${CRASHES} times within three minutes and is not started again.`, true);
            return { action: CloseAction.DoNotRestart, handled: true };
        },
    };
}

/** Shows a message without waiting for an answer. */
function tell(output: vscode.LogOutputChannel, message: string, isOver = false): void {
    const buttons = isOver ? ["Restart", "Show Output"] : ["Show Output"];
    const show = isOver ? vscode.window.showErrorMessage : vscode.window.showWarningMessage;
    void show(message, ...buttons).then((answer) => {
        if (answer === "Restart") {
            void vscode.commands.executeCommand("undebug.restart");
        } else if (answer !== undefined) {
            output.show();
        }
    });
}
