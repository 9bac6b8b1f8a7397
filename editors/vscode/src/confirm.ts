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
            return apply({ ...params, edit: unquestioned(params.edit), metadata: { isRefactoring: true } });
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

/** The same edit without annotations. */
function unquestioned(edit: WorkspaceEdit): WorkspaceEdit {
    const documentChanges = (edit.documentChanges ?? []).map((change) =>
        TextDocumentEdit.is(change)
            ? { ...change, edits: change.edits.map((each) => ({ ...each, annotationId: undefined })) }
            : change,
    );
    return { documentChanges } as WorkspaceEdit;
}
