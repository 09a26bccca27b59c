import { Brick } from "./brick.ts";
import { load, LoadError } from "./load.ts";
import { make, set } from "./make.ts";
import * as text from "./text.ts";

/** How long after a letter the next one continues the word. */
const typingPause = 500;

/**
 * databricks-tree makes nested lists of links a tree (WAI-ARIA's tree pattern): the links are its items, one of them in the
 * tab order. A branch whose li has a data-src is fetched when it is opened first.
 */
export class Tree extends Brick {
  #typed = "";
  #typedAt = 0;
  readonly #abort = new AbortController();

  protected override begin(): boolean {
    const root = this.querySelector("ul");
    if (!root) return false;
    set(root, { role: "tree", "aria-label": this.getAttribute("label") });
    this.#adopt(root);
    const current = this.querySelector<HTMLElement>("[aria-current]");
    this.#select(current ?? this.#items()[0]);
    if (current) this.#reveal(current);
    this.addEventListener("keydown", (event) => this.#onKey(event));
    this.addEventListener("click", (event) => this.#onClick(event));
    this.addEventListener("focusin", (event) => this.#select(itemAt(event.target)));
    return true;
  }

  disconnectedCallback(): void {
    this.#abort.abort();
  }

  /** Gives the lists below a list their roles. */
  #adopt(list: Element): void {
    for (const branch of list.querySelectorAll("li")) {
      const item = itemOf(branch);
      if (!item) continue;
      branch.role = "none";
      set(item, { role: "treeitem", tabindex: "-1" });
      const children = listOf(branch);
      if (children) children.role = "group";
      if (!children && !branch.dataset["src"]) continue;
      set(item, { "aria-expanded": String(!!children) });
      // For the mouse; the keyboard has its arrows.
      item.before(make("button", { type: "button", class: "toggle", tabindex: "-1", "aria-hidden": "true" }));
    }
  }

  /** Makes an item the one in the tab order. */
  #select(item: HTMLElement | null | undefined): void {
    if (!item) return;
    for (const other of this.querySelectorAll("[role=treeitem][tabindex='0']")) set(other, { tabindex: "-1" });
    set(item, { tabindex: "0" });
  }

  /** Scrolls the tree, and not the page, to an item that is out of its sight. */
  #reveal(item: Element): void {
    const below = item.getBoundingClientRect().bottom - this.getBoundingClientRect().top;
    if (below > this.clientHeight) this.scrollTop += below - this.clientHeight / 2;
  }

  /** The items that can be seen, from top to bottom. */
  #items(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>("[role=treeitem]")].filter((item) => !item.closest("ul[hidden]"));
  }

  #onClick(event: Event): void {
    const target = event.target as Element;
    const branch = target.closest("li");
    if (target.closest("[data-retry]")) {
      event.preventDefault();
      const owner = branch?.parentElement?.closest("li");
      if (owner) void this.#open(owner);
    } else if (branch && target.closest(".toggle")) {
      itemOf(branch)?.focus();
      if (isOpen(branch)) this.#close(branch);
      else void this.#open(branch);
    }
  }

  #onKey(event: KeyboardEvent): void {
    const item = itemAt(event.target);
    const branch = item?.closest("li");
    if (!item || !branch || event.ctrlKey || event.metaKey || event.altKey) return;
    const items = this.#items();
    const at = items.indexOf(item);
    if (event.key.length > 1) this.#typed = "";
    switch (event.key) {
      case "ArrowDown":
        items[at + 1]?.focus();
        break;
      case "ArrowUp":
        items[at - 1]?.focus();
        break;
      case "Home":
        items[0]?.focus();
        break;
      case "End":
        items.at(-1)?.focus();
        break;
      case "ArrowRight":
        if (isOpen(branch)) itemOf(listOf(branch)?.querySelector("li"))?.focus();
        else if (item.ariaExpanded) void this.#open(branch);
        break;
      case "ArrowLeft":
        if (isOpen(branch)) this.#close(branch);
        else itemOf(branch.parentElement?.closest("li"))?.focus();
        break;
      case " ":
        item.click();
        break;
      default:
        if (event.key.length !== 1) return;
        this.#type(event.key, items, at, event.timeStamp);
    }
    event.preventDefault();
  }

  /** Moves to the next item that begins with what is typed. */
  #type(letter: string, items: HTMLElement[], at: number, now: number): void {
    if (now - this.#typedAt > typingPause) this.#typed = "";
    const from = this.#typed ? at : at + 1;
    this.#typed += letter.toLowerCase();
    this.#typedAt = now;
    [...items.slice(from), ...items.slice(0, from)]
      .find((item) => (item.textContent ?? "").trim().toLowerCase().startsWith(this.#typed))
      ?.focus();
  }

  #close(branch: Element): void {
    const list = listOf(branch);
    if (!list) return;
    if (list.contains(document.activeElement)) itemOf(branch)?.focus();
    else if (list.querySelector("[tabindex='0']")) this.#select(itemOf(branch));
    list.hidden = true;
    itemOf(branch)?.setAttribute("aria-expanded", "false");
  }

  async #open(branch: HTMLElement): Promise<void> {
    const item = itemOf(branch);
    if (!item || item.ariaBusy) return;
    const src = branch.dataset["src"];
    let list = listOf(branch);
    if (src && (!list || list.querySelector(":scope > .failed"))) {
      item.ariaBusy = "true";
      const held = list?.contains(document.activeElement) ?? false;
      const loaded = await this.#load(src, item);
      item.ariaBusy = null;
      if (!loaded) return;
      if (list) list.replaceWith(loaded);
      else branch.append(loaded);
      list = loaded;
      this.#adopt(list);
      list.role = "group";
      if (held) (itemOf(list.querySelector("li")) ?? item).focus();
    }
    if (list) list.hidden = false;
    set(item, { "aria-expanded": "true" });
  }

  /** Returns the list that a branch fetches, one that says why there is none, or null when the tree has gone. */
  async #load(src: string, item: Element): Promise<HTMLUListElement | null> {
    try {
      const list = (await load(src, this.#abort.signal)).querySelector("ul");
      return list?.querySelector("li") ? list : note({ "aria-disabled": "true" }, text.empty);
    } catch (error) {
      if (!(error instanceof LoadError)) return null;
      const list = note({ href: "", "data-retry": "" }, text.branchNotLoaded);
      list.firstElementChild!.className = "failed";
      const id = error.requestId ? ` ${text.requestIdIs}${error.requestId}.` : "";
      set(list.querySelector("a")!, {
        title: error.message + id,
        "aria-label": text.branchFailed(item.textContent ?? "", error.message + id),
      });
      return list;
    }
  }
}

/** A list of one item that is no part of the catalog. */
function note(attributes: Record<string, string>, words: string): HTMLUListElement {
  return make("ul", {}, make("li", { class: "note" }, make("a", attributes, words)));
}

const itemAt = (target: EventTarget | null): HTMLElement | null =>
  target instanceof Element ? target.closest<HTMLElement>("[role=treeitem]") : null;

const itemOf = (branch: Element | null | undefined): HTMLElement | null => branch?.querySelector<HTMLElement>(":scope > a") ?? null;

const listOf = (branch: Element): HTMLUListElement | null => branch.querySelector<HTMLUListElement>(":scope > ul");

const isOpen = (branch: Element): boolean => itemOf(branch)?.ariaExpanded === "true";
