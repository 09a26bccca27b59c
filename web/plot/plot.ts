/** The module of charts with many points: uPlot in the place of the server's drawing. Loaded by the pages that have one. */
import uPlot from "uplot";
import base from "uplot/dist/uPlot.min.css";
import { make } from "../elements/make.ts";
import { load, type Points } from "./points.ts";
import { Palette } from "./palette.ts";
import styles from "./plot.css";

/** The height of the plot, in pixels: that of the drawing whose place it takes, within these. */
const lowest = 160;
const highest = 360;

/** Puts a plot of all points in the place of the chart's drawing, which stays where they cannot be had. */
export async function plot(chart: HTMLElement): Promise<void> {
  const svg = chart.querySelector("svg");
  const points = await load(chart.getAttribute("src") ?? "");
  if (!svg || !points || !chart.isConnected) return;
  const host = make("div", { class: "host", role: "img", "aria-label": svg.ariaLabel ?? "" });
  const root = host.attachShadow({ mode: "open" });
  for (const text of [base, styles]) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    root.adoptedStyleSheets.push(sheet);
  }
  const height = Math.round(Math.min(Math.max(svg.getBoundingClientRect().height, lowest), highest));
  const palette = new Palette(root);
  svg.before(host);
  const drawn = new uPlot(options(points, palette, chart.getAttribute("kind") === "scatter", host.clientWidth, height), points.data, (self, init) => {
    root.append(self.root);
    init();
  });
  for (const replaced of chart.querySelectorAll<HTMLElement>("svg, .legend, .cut")) replaced.style.display = "none";
  follow(chart, host, drawn, height);
}

function options(points: Points, palette: Palette, dots: boolean, width: number, height: number): uPlot.Options {
  const axis: uPlot.Axis = {
    stroke: () => palette.colour("--text-secondary"),
    grid: { stroke: () => palette.colour("--border"), width: 1 },
    ticks: { stroke: () => palette.colour("--border"), width: 1 },
    font: `12px ${palette.font}`,
  };
  return {
    width,
    height,
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "UTC"),
    scales: { x: { time: points.times } },
    legend: { live: true },
    cursor: { drag: { x: true, y: false } },
    axes: [axis, { ...axis, size: 72 }],
    series: [
      { label: points.times ? "Time (UTC)" : "X" },
      ...points.names.map((name, at): uPlot.Series => {
        const stroke = (): string => palette.colour(`--chart-${at + 1}`);
        const line: uPlot.Series = { label: name || "Value", stroke, width: 1.5, spanGaps: false };
        return dots ? { ...line, paths: () => null, points: { show: true, size: 4, fill: stroke, stroke } } : line;
      }),
    ],
  };
}

/** Draws again when the room or the colours change, until the chart leaves the page. */
function follow(chart: HTMLElement, host: HTMLElement, drawn: uPlot, height: number): void {
  const redraw = (): void => drawn.redraw(false, true);
  const sizes = new ResizeObserver(() => {
    if (!chart.isConnected) return stop();
    if (host.clientWidth > 0 && host.clientWidth !== drawn.width) drawn.setSize({ width: host.clientWidth, height });
  });
  const themes = new MutationObserver(redraw);
  const schemes = ["(prefers-color-scheme: dark)", "(forced-colors: active)"].map((query) => matchMedia(query));
  const stop = (): void => {
    sizes.disconnect();
    themes.disconnect();
    for (const scheme of schemes) scheme.removeEventListener("change", redraw);
    drawn.destroy();
  };
  sizes.observe(host);
  themes.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  for (const scheme of schemes) scheme.addEventListener("change", redraw);
}
