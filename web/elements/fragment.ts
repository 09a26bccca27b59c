import { Brick } from "./brick.ts";
import { load, LoadError } from "./load.ts";
import { make, set } from "./make.ts";
import { morph } from "./morph.ts";
import * as text from "./text.ts";

/** How far from the window a lazy fragment begins to load. */
const margin = "200px";

/** The shortest time between two loads, in seconds, whatever refresh says. */
const shortestRefresh = 2;

/**
 * databricks-fragment fetches its content from src: when it comes near (loading=lazy), at once (loading=eager), every so many
 * seconds while it can be seen (refresh), and when a link in it with data-retry is clicked.
 */
export class Fragment extends Brick {
  #abort: AbortController | null = null;
  #timer = 0;
  #inView = false;
  #isDue = false;

  protected override begin(): boolean {
    const mode = this.getAttribute("loading");
    this.#isDue = mode === "lazy";
    this.addEventListener("click", (event) => this.#onClick(event));
    document.addEventListener("visibilitychange", this.#loadIfSeen);
    views.observe(this);
    if (mode === "eager") void this.load();
    else if (mode !== "lazy") this.#schedule();
    return true;
  }

  disconnectedCallback(): void {
    clearTimeout(this.#timer);
    this.#abort?.abort();
    views.unobserve(this);
    document.removeEventListener("visibilitychange", this.#loadIfSeen);
  }

  /** Called when it comes into view or leaves it. */
  set inView(inView: boolean) {
    this.#inView = inView;
    this.#loadIfSeen();
  }

  /** Fetches the content; resolves when it is shown, or an error in its place. */
  async load(): Promise<void> {
    const src = this.getAttribute("src");
    if (!src) return;
    this.#abort?.abort();
    const abort = (this.#abort = new AbortController());
    this.#isDue = false;
    this.ariaBusy = "true";
    try {
      const content = await load(src, abort.signal);
      this.#show(() => morph(this, content));
      // What is there now is not what a later load would begin with.
      this.removeAttribute("loading");
    } catch (error) {
      if (abort.signal.aborted) return;
      this.#fail(error instanceof LoadError ? error : new LoadError(String(error)));
    }
    this.ariaBusy = null;
    this.#schedule();
  }

  #onClick(event: MouseEvent): void {
    const retry = (event.target as Element).closest("[data-retry]");
    if (retry?.closest("databricks-fragment, databricks-tree") !== this) return;
    event.preventDefault();
    void this.load();
  }

  readonly #loadIfSeen = (): void => {
    if (this.#isDue && this.#inView && !document.hidden) void this.load();
  };

  #schedule(): void {
    clearTimeout(this.#timer);
    const seconds = Number(this.getAttribute("refresh"));
    if (!(seconds > 0)) return;
    this.#timer = window.setTimeout(() => {
      this.#isDue = true;
      this.#loadIfSeen();
    }, Math.max(seconds, shortestRefresh) * 1000);
  }

  /** Shows a banner: above what was loaded before, or instead of what holds its place. */
  #fail(error: LoadError): void {
    const failure = make("div", { class: "failure" }, error.content ?? banner(error, this.getAttribute("src") ?? ""));
    const former = this.querySelector(":scope > :is(.failure, .stale)");
    const holdsPlace = this.hasAttribute("loading") || this.querySelector(":scope > databricks-banner[type=error]:only-child");
    this.#show(() => {
      if (holdsPlace) this.replaceChildren(failure);
      else if (former) former.replaceWith(failure);
      else this.prepend(failure);
    });
  }

  /** Changes the content. When that takes the focus away, it goes to Retry or the fragment itself: the keyboard stays here. */
  #show(change: () => void): void {
    const held = this.contains(document.activeElement);
    change();
    if (!held || this.contains(document.activeElement)) return;
    set(this, { tabindex: "-1" });
    (this.querySelector<HTMLElement>("[data-retry]") ?? this).focus({ preventScroll: true });
  }
}

const views = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) (target as Fragment).inView = isIntersecting;
  },
  { rootMargin: margin },
);

function banner(error: LoadError, src: string): Element {
  const content = [make("strong", {}, text.notLoaded), make("p", {}, error.message)];
  if (error.requestId) {
    const href = `/requests?id=${encodeURIComponent(error.requestId)}`;
    content.push(make("small", {}, text.requestIdIs, make("a", { href }, make("code", {}, error.requestId))));
  }
  const retry = make("databricks-button" as "div", { size: "small" }, make("a", { href: src, "data-retry": "" }, text.retry));
  return make("databricks-banner" as "div", { type: "error", role: "alert" }, ...content, make("div", { class: "row" }, retry));
}
