import { draftPrefix } from "../elements/draft.ts";

/** The longest text that is kept, in characters: browsers give a site about 5 MB. */
const longest = 2_000_000;

/**
 * What was typed and not sent. It is kept for the tab, the user and the page, so that neither a session that has ended nor a
 * reload loses it, and comes back when the page comes with the text that it had before: the textarea's default value. A script that
 * sends the form without leaving the page makes what it has sent the default.
 */
export class Draft {
  readonly #key: string;
  readonly #textarea: HTMLTextAreaElement;

  constructor(textarea: HTMLTextAreaElement) {
    this.#textarea = textarea;
    const user = document.querySelector(".corbel-account")?.textContent ?? "";
    this.#key = [draftPrefix, user, location.pathname, textarea.name].join("\n");
  }

  get #base(): string {
    return this.#textarea.defaultValue;
  }

  /** Returns the text to go on with, or null to go on with what the server sent. */
  restore(): string | null {
    const kept = this.#read();
    if (!kept) return null;
    if (kept.text !== this.#base && kept.base === this.#base) return kept.text;
    // It was sent, or the page is about something else now.
    if (kept.text === this.#base) this.#remove();
    return null;
  }

  keep(text: string): void {
    if (text === this.#base || text.length > longest) {
      this.#remove();
      return;
    }
    try {
      sessionStorage.setItem(this.#key, JSON.stringify({ base: this.#base, text }));
    } catch {
      // The browser's room is full: the text is still in the page.
      this.#remove();
    }
  }

  #read(): { base: string; text: string } | null {
    try {
      return JSON.parse(sessionStorage.getItem(this.#key) ?? "null") as { base: string; text: string } | null;
    } catch {
      return null;
    }
  }

  #remove(): void {
    sessionStorage.removeItem(this.#key);
  }
}
