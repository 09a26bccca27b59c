import { Brick } from "./brick.ts";
import { closeButton } from "./make.ts";

/** databricks-banner with the attribute dismissible can be closed. */
export class Banner extends Brick {
  protected override begin(): void {
    if (!this.hasAttribute("dismissible")) return;
    const close = closeButton("Dismiss");
    close.addEventListener("click", () => this.remove());
    this.append(close);
  }
}
