import { Brick } from "./brick.ts";

/** The address of the plot's module: the bundle fills it in. */
declare const plotModule: string;

/** databricks-chart with a src has more points than its drawing: a module loads all of them and draws them in its place. */
export class Chart extends Brick {
  protected override begin(): boolean {
    if (!this.hasAttribute("src")) return false;
    (import(plotModule) as Promise<typeof import("../plot/plot.ts")>).then(
      ({ plot }) => plot(this),
      () => undefined,
    );
    return true;
  }
}
