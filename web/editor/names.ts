import type { EditorState } from "@codemirror/state";

/** A name that ends at a place: main.samples.tr has the path main, samples and the text tr. */
export interface Names {
  path: string[];
  text: string;
  /** Where the text begins. */
  from: number;
}

/** How much of the text around a place is looked at, in characters: a statement of usual length. */
const reach = 20_000;

/** How long a name may be, with its path. */
const longest = 800;

const part = "(?:`(?:[^`\\n]|``)*`|[\\p{L}\\p{N}_$]+)";
const pathBefore = new RegExp(`((?:${part}\\s*\\.\\s*)*)(\`?[\\p{L}\\p{N}_$]*)$`, "u");
const tables = new RegExp(`\\b(?:from|join|into|update|table)\\s+(${part}(?:\\s*\\.\\s*${part})*)(?:\\s+(?:as\\s+)?(${part}))?`, "giu");
const parts = new RegExp(part, "gu");
const plain = /^[a-z_][a-z0-9_]*$/i;

const unquote = (name: string): string => (name.startsWith("`") ? name.slice(1, -1).replaceAll("``", "`") : name);
const split = (path: string): string[] => [...path.matchAll(parts)].map(([name]) => unquote(name));

export const names = {
  /** The name before a place. */
  before(state: EditorState, at: number): Names {
    const line = state.doc.lineAt(at);
    const text = state.sliceDoc(Math.max(line.from, at - longest), at);
    const [, path = "", typed = ""] = pathBefore.exec(text) ?? [];
    return { path: split(path), text: typed, from: at - typed.length };
  },

  /** Quotes a name that could not stand alone, or any. */
  quote: (name: string, always: boolean): string => (!always && plain.test(name) ? name : `\`${name.replaceAll("`", "``")}\``),
};

/** What may follow a table's name and is no alias. */
const noAlias = /^(where|join|inner|left|right|full|cross|natural|anti|semi|on|using|group|order|having|limit|union|except|intersect|set|values|select|lateral|tablesample|version|timestamp|qualify|window|pivot|unpivot|cluster|sort|distribute|offset)$/i;

/** The tables that the statement around a place names: by their aliases and last names, in lower case. */
export function tablesNear(state: EditorState, at: number): Map<string, string[]> {
  const begin = Math.max(0, at - reach);
  const text = state.sliceDoc(begin, Math.min(state.doc.length, at + reach));
  const found = new Map<string, string[]>();
  for (const match of text.matchAll(tables)) {
    const [whole, name = "", alias] = match;
    // The one that is being typed is none yet.
    if (begin + match.index + whole.length === at) continue;
    const path = split(name);
    found.set((path.at(-1) ?? "").toLowerCase(), path);
    if (alias && !noAlias.test(alias)) found.set(unquote(alias).toLowerCase(), path);
  }
  return found;
}
