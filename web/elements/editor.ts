import { Brick } from "./brick.ts";

/** The address of the editor's module: the bundle fills it in. */
declare const editorModule: string;

/** databricks-editor makes an editor of its textarea as soon as the module is there that can. Until then, and without, it is one. */
export class Editor extends Brick {
  protected override begin(): boolean {
    (import(editorModule) as Promise<typeof import("../editor/editor.ts")>).then(
      ({ edit }) => edit(this),
      () => undefined,
    );
    return true;
  }
}
