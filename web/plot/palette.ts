import { make } from "../elements/make.ts";

/** The tokens' colours as a canvas takes them: light or dark, as the page is now. */
export class Palette {
  readonly #probe = make("i", { hidden: "" });

  constructor(root: ShadowRoot) {
    root.append(this.#probe);
  }

  colour(token: string): string {
    // What series mean is said by their colours, which a contrast theme would make one.
    this.#probe.style.setProperty("forced-color-adjust", token.startsWith("--chart") ? "none" : "auto");
    this.#probe.style.color = `var(${token})`;
    return getComputedStyle(this.#probe).color;
  }

  get font(): string {
    return getComputedStyle(this.#probe).fontFamily;
  }
}
