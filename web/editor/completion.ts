import {
  insertCompletionText,
  pickedCompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
  type CompletionSource,
} from "@codemirror/autocomplete";
import { syntaxTree } from "@codemirror/language";
import type { EditorView } from "@codemirror/view";
import { functions, keywords } from "./dialect.ts";
import { names, tablesNear, type Names } from "./names.ts";

/** Where unqualified names are looked up. */
export interface Scope {
  catalog: string;
  schema: string;
}

interface Item {
  label: string;
  kind: string;
  detail?: string;
}

/** How long an answer is good for, in milliseconds, and how many are kept. */
const freshness = 60_000;
const mostKept = 100;
/** How many tables of a statement have their columns offered where no table is named. */
const mostTables = 4;
/** How long an answer may take, in milliseconds. */
const timeout = 5_000;
/** What joins the parts of a path; no name has it. */
const separator = "\x1f";

/** Completes keywords, functions and, asked from that address, names of the catalog. */
export function completeNames(src: string | null, scope: () => Scope): CompletionSource {
  const catalog = src ? new Catalog(src) : null;
  return async (context) => {
    if (isQuoted(context)) return null;
    const name = names.before(context.state, context.pos);
    if (!context.explicit && name.text === "" && name.path.length === 0) return null;
    const abort = new AbortController();
    context.addEventListener("abort", () => abort.abort(), { onDocChange: true });
    const tables = tablesNear(context.state, context.pos);
    const found = catalog ? await gather(catalog, name, tables, scope(), abort.signal) : [];
    const options = name.path.length > 0 ? found : [...found, ...words(name.text)];
    return context.aborted || options.length === 0 ? null : result(name, options);
  };
}

function result(name: Names, options: Completion[]): CompletionResult {
  return { from: name.from, options, validFor: /^`?[\p{L}\p{N}_$]*$/u };
}

/** Comments and strings have no names. */
function isQuoted(context: CompletionContext): boolean {
  return /Comment|String/.test(syntaxTree(context.state).resolveInner(context.pos, -1).name);
}

/** The names that may stand here: what is below the path or, without one, what is in scope and the columns of the statement's tables. */
async function gather(catalog: Catalog, name: Names, tables: Map<string, string[]>, scope: Scope, signal: AbortSignal): Promise<Completion[]> {
  const [first] = name.path;
  const alias = first !== undefined && name.path.length === 1 ? tables.get(first.toLowerCase()) : undefined;
  const paths = name.path.length > 0 ? [alias ?? name.path] : [[], ...distinct(tables).slice(0, mostTables)];
  const answers = await Promise.all(paths.map((path) => catalog.below(path, scope, signal)));
  const seen = new Set<string>();
  const options: Completion[] = [];
  answers.forEach((items, at) => {
    for (const item of items) {
      const key = `${item.kind} ${item.label}`;
      if (seen.has(key)) continue;
      seen.add(key);
      options.push(option(item, at > 0, name.text.startsWith("`")));
    }
  });
  return options;
}

const distinct = (tables: Map<string, string[]>): string[][] => [
  ...new Map([...tables.values()].map((path) => [path.join(separator), path])).values(),
];

function option(item: Item, preferred: boolean, quoted: boolean): Completion {
  return {
    label: names.quote(item.label, quoted),
    type: item.kind,
    boost: preferred ? 2 : 1,
    apply,
    ...(item.detail ? { detail: item.detail } : {}),
  };
}

/** Puts a name in, and not beside the quote that the editor has closed. */
function apply(view: EditorView, completion: Completion, from: number, to: number): void {
  const closed = completion.label.endsWith("`") && view.state.sliceDoc(to, to + 1) === "`";
  view.dispatch({
    ...insertCompletionText(view.state, completion.label, from, closed ? to + 1 : to),
    annotations: pickedCompletion.of(completion),
  });
}

const known = [
  ...keywords.split(" ").map((label): Completion => ({ label: label.toUpperCase(), type: "keyword" })),
  ...functions.split(" ").map((label): Completion => ({ label, type: "function" })),
];
const lowered = known.map((word): Completion => ({ ...word, label: word.label.toLowerCase() }));

/** Keywords go on as they were begun. */
const words = (typed: string): Completion[] => (/^\p{Ll}/u.test(typed) ? lowered : known);

/** What the server says is below a path, kept for a while. */
class Catalog {
  readonly #kept = new Map<string, { at: number; items: Item[] }>();

  constructor(private readonly src: string) {}

  async below(path: string[], { catalog, schema }: Scope, signal: AbortSignal): Promise<Item[]> {
    const url = new URL(this.src, document.baseURI);
    if (url.origin !== location.origin) return [];
    for (const [key, value] of Object.entries({ path: path.join(separator), catalog, schema })) {
      if (value) url.searchParams.set(key, value);
    }
    const kept = this.#kept.get(url.href);
    if (kept && performance.now() - kept.at < freshness) return kept.items;
    const items = await ask(url, signal);
    if (!items) return [];
    if (this.#kept.size >= mostKept) this.#kept.clear();
    this.#kept.set(url.href, { at: performance.now(), items });
    return items;
  }
}

/** Returns null when there is no answer: completion is a help, and never in the way. */
async function ask(url: URL, signal: AbortSignal): Promise<Item[] | null> {
  try {
    const response = await fetch(url, {
      headers: { Accept: "application/json" },
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeout)]),
    });
    if (!response.ok || response.redirected) return null;
    const answer = (await response.json()) as { items?: Item[] };
    return Array.isArray(answer.items) ? answer.items : null;
  } catch {
    return null;
  }
}
