/**
 * What the elements share. An element is written by the server and complete without script; a brick adds behaviour to it
 * once everything inside it is there, whether the parser brings it, a fragment or a script.
 */
export abstract class Brick extends HTMLElement {
  #begun = false;

  connectedCallback(): void {
    whenParsed(this, () => {
      if (this.#begun || !this.isConnected) return;
      this.#begun = true;
      const source = this.outerHTML;
      if (this.begin()) sources.set(this, source);
    });
  }

  /** Adds the behaviour, once in the life of the element. Returns whether the content is no longer as the server wrote it. */
  protected abstract begin(): boolean;
}

const sources = new WeakMap<Element, string>();

/** The markup that an element had before its behaviour changed it, if it has any. */
export const sourceOf = (element: Element): string | undefined => sources.get(element);

const waiting = new Map<Element, () => void>();

/** Calls back when the parser has left the element: pages are streamed, and an element is connected before its content. */
function whenParsed(element: Element, callback: () => void): void {
  if (isParsed(element)) {
    callback();
    return;
  }
  if (waiting.size === 0) {
    observer.observe(document, { childList: true, subtree: true });
    document.addEventListener("DOMContentLoaded", settle, { once: true });
  }
  waiting.set(element, callback);
}

const observer = new MutationObserver(settle);

function settle(): void {
  for (const [element, callback] of waiting) {
    if (!isParsed(element)) continue;
    waiting.delete(element);
    callback();
  }
  if (waiting.size === 0) observer.disconnect();
}

function isParsed(element: Element): boolean {
  for (let node: Node | null = element; node; node = node.parentNode) {
    if (node.nextSibling) return true;
  }
  return document.readyState !== "loading";
}
