import { Brick } from "./brick.ts";
import { make } from "./make.ts";

/** databricks-button around text alone gets the button that it stands for. */
export class Button extends Brick {
  protected override begin(): boolean {
    if (this.querySelector("a, button, input")) return false;
    const disabled = this.hasAttribute("disabled") ? "" : null;
    this.replaceChildren(make("button", { type: "button", disabled }, ...this.childNodes));
    return true;
  }
}
