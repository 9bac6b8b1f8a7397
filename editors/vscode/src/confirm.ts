// Asks before edits of the whole workspace are applied.
//
// The editor's own preview begins with every change deselected; here one answer is enough, and the preview a choice.

import * as vscode from "vscode";
import {
    type ApplyWorkspaceEditParams,
    type ApplyWorkspaceEditResult,
    type HandlerResult,
    TextDocumentEdit,
    type WorkspaceEdit,
} from "vscode-languageclient/node";

type Apply = (params: ApplyWorkspaceEditParams) => HandlerResult<ApplyWorkspaceEditResult, void>;

const APPLY = "Apply";
const REVIEW = "Review Each Change";

/** Applies an edit, after a question where the server wants one. */
export async function applyConfirmed(
    params: ApplyWorkspaceEditParams,
    apply: Apply,
): Promise<Awaited<HandlerResult<ApplyWorkspaceEditResult, void>>> {
    const annotation = Object.values(params.edit.changeAnnotations ?? {}).find((each) => each.needsConfirmation);
    if (annotation === undefined) {
        return apply(params);
    }
    const detail = `${size(params.edit)}. Files that are not open are saved.`;
    const answer = await vscode.window.showWarningMessage(
        `${annotation.label}?`,
        { modal: true, detail },
        APPLY,
        REVIEW,
    );
    switch (answer) {
        case APPLY:
            return applySaved(unquestioned(params), apply);
        case REVIEW:
            return apply(params);
        default:
            return { applied: false };
    }
}

function size(edit: WorkspaceEdit): string {
    const files = (edit.documentChanges ?? []).filter((change) => TextDocumentEdit.is(change));
    const changes = files.reduce((sum, file) => sum + file.edits.length, 0);
    const count = (number: number, word: string): string => `${number} ${word}${number === 1 ? "" : "s"}`;
    return `${count(changes, "change")} in ${count(files.length, "file")}`;
}

/** Applies an edit, and saves the files that nobody had open. The editor itself would leave a single one unsaved. */
async function applySaved(
    params: ApplyWorkspaceEditParams,
    apply: Apply,
): Promise<Awaited<HandlerResult<ApplyWorkspaceEditResult, void>>> {
    const open = new Set<string>();
    for (const tab of vscode.window.tabGroups.all.flatMap((group) => group.tabs)) {
        if (tab.input instanceof vscode.TabInputText) {
            open.add(tab.input.uri.toString());
        }
    }
    const edited = (params.edit.documentChanges ?? []).filter((change) => TextDocumentEdit.is(change));
    const unseen = new Set(edited.map((change) => vscode.Uri.parse(change.textDocument.uri).toString()));
    const result = await apply(params);
    for (const document of vscode.workspace.textDocuments) {
        const uri = document.uri.toString();
        if (document.isDirty && unseen.has(uri) && !open.has(uri)) {
            await document.save();
        }
    }
    return result;
}

/** The same edit without annotations. */
function unquestioned(params: ApplyWorkspaceEditParams): ApplyWorkspaceEditParams {
    const documentChanges = (params.edit.documentChanges ?? []).map((change) =>
        TextDocumentEdit.is(change)
            ? { ...change, edits: change.edits.map((each) => ({ ...each, annotationId: undefined })) }
            : change,
    );
    return { ...params, edit: { documentChanges } as WorkspaceEdit };
}
