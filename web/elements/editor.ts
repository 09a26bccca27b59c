import { Brick } from "./brick.ts";
import { draftPrefix } from "./draft.ts";

/** The address of the editor's module: the bundle fills it in. */
declare const editorModule: string;

/** What tells that somebody is there. */
const signs = ["pointermove", "pointerdown", "keydown", "focusin"];

/** databricks-editor makes an editor of its textarea as soon as there is a use for one. Until then, and without the module, it is one. */
export class Editor extends Brick {
  protected override begin(): boolean {
    const textarea = this.querySelector("textarea");
    if (!textarea) return false;
    void this.#load(textarea).catch(() => undefined);
    return true;
  }

  /** The page is painted first, and each step is short, with room between for what the user does meanwhile. */
  async #load(textarea: HTMLTextAreaElement): Promise<void> {
    let composing = false;
    textarea.addEventListener("compositionstart", () => (composing = true));
    textarea.addEventListener("compositionend", () => (composing = false));
    if (!hasUse(textarea)) await anyOf(signs, window);
    await new Promise(requestAnimationFrame);
    await pause();
    const { edit } = (await import(editorModule)) as typeof import("../editor/editor.ts");
    await pause();
    if (composing) await anyOf(["compositionend"], textarea);
    edit(this);
  }
}

/** Whether there is something to show: an empty statement looks the same in a textarea. */
const hasUse = (textarea: HTMLTextAreaElement): boolean =>
  textarea.value !== "" || document.activeElement === textarea || hasDraft();

function hasDraft(): boolean {
  try {
    return Object.keys(sessionStorage).some((key) => key.startsWith(draftPrefix));
  } catch {
    return false; // the browser keeps nothing for this site
  }
}

const anyOf = (events: string[], target: EventTarget): Promise<void> =>
  new Promise((done) => {
    for (const event of events) target.addEventListener(event, () => done(), { once: true, capture: true, passive: true });
  });

const pause = (): Promise<void> => new Promise((done) => setTimeout(done));
