import { Brick } from "./brick.ts";
import { make } from "./make.ts";

/** databricks-button around text alone gets the button that it stands for. */
export class Button extends Brick {
  protected override begin(): void {
    if (this.querySelector("a, button, input")) return;
    const disabled = this.hasAttribute("disabled") ? "" : null;
    this.replaceChildren(make("button", { type: "button", disabled }, ...this.childNodes));
  }
}
