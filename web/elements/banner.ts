import { Brick } from "./brick.ts";
import { closeButton } from "./make.ts";
import * as text from "./text.ts";

/** databricks-banner with the attribute dismissible can be closed. */
export class Banner extends Brick {
  protected override begin(): boolean {
    if (!this.hasAttribute("dismissible")) return false;
    const close = closeButton(text.dismiss);
    close.addEventListener("click", () => this.remove());
    this.append(close);
    return true;
  }
}
