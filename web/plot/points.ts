import type { AlignedData } from "uplot";

/** The points of a chart, ascending. */
export interface Points {
  /** Whether they are over time: then X are seconds since 1970. */
  times: boolean;
  names: string[];
  data: AlignedData;
}

/** What the server answers, see docs/elements.md. */
interface Answer {
  times?: boolean;
  x?: (number | null)[];
  series?: { name: string; values: (number | null)[] }[];
}

/** How long the points may take, in milliseconds, and how many series have a colour. */
const timeout = 30_000;
const mostSeries = 9;

/** Fetches the points; null when there are none to be had. */
export async function load(src: string): Promise<Points | null> {
  try {
    const url = new URL(src, document.baseURI);
    if (url.origin !== location.origin) return null;
    const response = await fetch(url, { headers: { Accept: "application/json" }, signal: AbortSignal.timeout(timeout) });
    if (!response.ok || response.redirected) return null;
    return arrange((await response.json()) as Answer);
  } catch {
    return null;
  }
}

/** Leaves out what has no place, and puts the rest in order: the plot looks for its points by halves. */
function arrange({ times = false, x = [], series = [] }: Answer): Points | null {
  const places = x.map((_, at) => at).filter((at) => x[at] !== null);
  const at = (place: number): number => x[place] ?? 0;
  if (places.some((place, i) => i > 0 && at(place) < at(places[i - 1] ?? 0))) places.sort((a, b) => at(a) - at(b));
  const kept = series.slice(0, mostSeries);
  if (places.length === 0 || kept.length === 0) return null;
  return {
    times,
    names: kept.map(({ name }) => name),
    data: [places.map(at), ...kept.map(({ values }) => places.map((place) => values[place] ?? null))],
  };
}
