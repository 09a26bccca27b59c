import { Brick } from "./brick.ts";
import { closeButton, make } from "./make.ts";
import * as text from "./text.ts";

/** How long a toast stays when nobody is looking at it. */
const lifetime = 6_000;

/** The region of the shell where toasts gather; it is a live region. */
const region = (): Element | null => document.querySelector(".corbel-toasts");

/** databricks-toast moves out of the page's flow and goes by itself, unless it tells of an error. */
export class Toast extends Brick {
  #timer = 0;

  protected override begin(): boolean {
    const close = closeButton(text.dismiss);
    close.addEventListener("click", () => this.remove());
    this.append(close);
    // The region announces what comes into it: a role of the toast's own would have it said twice.
    this.removeAttribute("role");
    region()?.append(this);
    if (this.getAttribute("type") === "error") return true;
    for (const event of ["pointerenter", "focusin"]) this.addEventListener(event, () => clearTimeout(this.#timer));
    for (const event of ["pointerleave", "focusout"]) this.addEventListener(event, () => this.#countDown());
    this.#countDown();
    return true;
  }

  #countDown(): void {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => {
      if (this.matches(":hover, :focus-within")) return;
      this.remove();
    }, lifetime);
  }
}

/** Shows a toast. */
export function toast(type: "info" | "success" | "warning" | "error", message: string): void {
  region()?.append(make("databricks-toast" as "div", { type }, make("p", {}, message)));
}
