import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import type { Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

/** What words are is said by tokens, which know light and dark. */
export const highlighting = syntaxHighlighting(
  HighlightStyle.define([
    { tag: tags.keyword, color: "var(--info)", fontWeight: "600" },
    { tag: [tags.string, tags.special(tags.string)], color: "var(--success)" },
    { tag: [tags.number, tags.bool, tags.null], color: "var(--warning)" },
    { tag: [tags.typeName, tags.standard(tags.name)], color: "var(--on-info-fill)" },
    { tag: tags.special(tags.name), color: "var(--error)" },
    { tag: tags.comment, color: "var(--text-secondary)", fontStyle: "italic" },
  ]),
);

/** Looks like the textarea whose place it takes, and is as high. */
export const look = (height: number): Extension =>
  EditorView.theme({
    "&": {
      height: `${height}px`,
      minHeight: "60px",
      border: "1px solid var(--control)",
      borderRadius: "var(--radius)",
      background: "var(--bg)",
      color: "var(--text)",
      overflow: "hidden",
      resize: "vertical",
    },
    "&.cm-focused": { outline: "2px solid var(--focus)", outlineOffset: "-1px" },
    ".cm-scroller": { fontFamily: "var(--font-code)", lineHeight: "var(--line)", fontSize: "var(--size-base)" },
    ".cm-content": { padding: "var(--space-1) 0", caretColor: "var(--text)" },
    // Beside the outline around the whole editor, the text has a mark of its own.
    ".cm-content:focus-visible": { boxShadow: "inset 2px 0 0 var(--focus)" },
    ".cm-gutters": { border: "0", background: "var(--bg-secondary)", color: "var(--text-secondary)" },
    ".cm-placeholder": { color: "var(--text-secondary)" },
    ".cm-specialChar": { color: "var(--error)" },
    ".cm-matchingBracket, &.cm-focused .cm-matchingBracket": { background: "var(--selected)", color: "inherit" },
    ".cm-nonmatchingBracket, &.cm-focused .cm-nonmatchingBracket": { background: "var(--error-bg)", color: "inherit" },
    ".error": { textDecoration: "underline wavy var(--danger)", textUnderlineOffset: "3px", background: "var(--error-bg)" },
    ".cm-tooltip": {
      border: "1px solid var(--border)",
      borderRadius: "var(--radius)",
      background: "var(--bg-raised)",
      color: "var(--text)",
      boxShadow: "var(--shadow-2)",
    },
    ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--font-code)", maxHeight: "12em" },
    ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "2px var(--space-2)", lineHeight: "var(--line)" },
    ".cm-tooltip-autocomplete ul li[aria-selected]": { background: "var(--selected)", color: "var(--selected-text)" },
    ".cm-completionDetail": { color: "var(--text-secondary)", fontStyle: "normal" },
    "li[aria-selected] .cm-completionDetail": { color: "inherit" },
    ".cm-completionIcon": { width: "16px", opacity: "1", paddingRight: "var(--space-1)" },
    ...icons(["catalog", "schema", "table", "view", "volume", "function", "model"]),
    "@media (max-width: 767px)": { ".cm-scroller": { fontSize: "16px" } },
    "@media (forced-colors: active)": {
      ".cm-tooltip-autocomplete ul li[aria-selected]": { outline: "2px solid Highlight", outlineOffset: "-2px" },
    },
  });

function icons(kinds: string[]): Record<string, Record<string, string>> {
  const styles: Record<string, Record<string, string>> = {};
  for (const kind of kinds) {
    styles[`.cm-completionIcon-${kind}::after`] = {
      content: '""',
      display: "inline-block",
      width: "12px",
      height: "12px",
      background: "currentColor",
      mask: `var(--icon-${kind}) center / contain no-repeat`,
    };
  }
  return styles;
}
