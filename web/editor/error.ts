import { StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, type DecorationSet } from "@codemirror/view";

/** Underlines what the server says is wrong, until that is changed. data-error-start and -end count as strings do. */
export function markError(view: EditorView, textarea: HTMLTextAreaElement): void {
  const start = Number(textarea.dataset["errorStart"] ?? NaN);
  const end = Number(textarea.dataset["errorEnd"] ?? NaN);
  // A draft is another text than the one that the server has read.
  if (!(start < end) || end > view.state.doc.length || view.state.doc.length !== textarea.value.length) return;
  view.dispatch({
    effects: [StateEffect.appendConfig.of(error), setError.of({ start, end }), EditorView.scrollIntoView(start, { y: "center" })],
  });
}

const setError = StateEffect.define<{ start: number; end: number }>();
const mark = Decoration.mark({ class: "error" });

const error = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, transaction) {
    for (const effect of transaction.effects) {
      if (effect.is(setError)) return Decoration.set(mark.range(effect.value.start, effect.value.end));
    }
    if (!transaction.docChanged || marks.size === 0) return marks;
    let touched = false;
    marks.between(0, Infinity, (from, to) => {
      touched = transaction.changes.touchesRange(from, to) !== false;
    });
    return touched ? Decoration.none : marks.map(transaction.changes);
  },
  provide: (field) => EditorView.decorations.from(field),
});
