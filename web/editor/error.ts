import { StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, type DecorationSet } from "@codemirror/view";

interface Place {
  start: number;
  end: number;
}

/**
 * Underlines what the server says is wrong, until that is changed. data-error-start and -end count as strings do; the server sets
 * them on the textarea, a page's script on the element, now or later.
 */
export function markErrors(view: EditorView, element: HTMLElement, textarea: HTMLTextAreaElement): void {
  view.dispatch({ effects: StateEffect.appendConfig.of(error) });
  const mark = (): void => {
    const place = placeIn(element) ?? placeIn(textarea);
    // A draft is another text than the one that the server has read.
    const fits = place && place.end <= view.state.doc.length && view.state.doc.length === textarea.value.length;
    view.dispatch({ effects: setError.of(fits ? place : null) });
    if (fits) view.dispatch({ effects: EditorView.scrollIntoView(place.start, { y: "center" }) });
  };
  mark();
  new MutationObserver(mark).observe(element, { subtree: true, attributeFilter: ["data-error-start", "data-error-end"] });
}

function placeIn({ dataset }: HTMLElement): Place | null {
  const start = Number(dataset["errorStart"] ?? NaN);
  const end = Number(dataset["errorEnd"] ?? NaN);
  return start >= 0 && start < end ? { start, end } : null;
}

const setError = StateEffect.define<Place | null>();
const underline = Decoration.mark({ class: "error" });

const error = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, transaction) {
    for (const effect of transaction.effects) {
      if (!effect.is(setError)) continue;
      return effect.value ? Decoration.set(underline.range(effect.value.start, effect.value.end)) : Decoration.none;
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
