import { Brick } from "./brick.ts";
import { closeButton } from "./make.ts";

/** databricks-banner with the attribute dismissible can be closed. */
export class Banner extends Brick {
  protected override begin(): boolean {
    if (!this.hasAttribute("dismissible")) return false;
    const close = closeButton("Dismiss");
    close.addEventListener("click", () => this.remove());
    this.append(close);
    return true;
  }
}
