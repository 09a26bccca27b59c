/** The module of databricks-editor: CodeMirror in the place of its textarea. Loaded by the pages that have one. */
import { autocompletion, closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { history, historyKeymap, indentLess, indentMore, moveLineDown, moveLineUp, standardKeymap, toggleComment } from "@codemirror/commands";
import { bracketMatching, indentOnInput } from "@codemirror/language";
import { Compartment, EditorState, Prec, type Extension } from "@codemirror/state";
import { EditorView, highlightSpecialChars, keymap, lineNumbers, placeholder, type KeyBinding } from "@codemirror/view";
import { make, set } from "../elements/make.ts";
import { completeNames, type Scope } from "./completion.ts";
import { Draft } from "./draft.ts";
import { markErrors } from "./error.ts";
import { sql } from "./dialect.ts";
import { editorKeys } from "../elements/text.ts";
import { highlighting, look } from "./look.ts";

/** How long after the last letter the textarea gets the text, in milliseconds. */
const pause = 300;

/** Puts an editor in the place of the element's textarea. The form still sends the textarea. */
export function edit(element: HTMLElement): void {
  const textarea = element.querySelector("textarea");
  if (!textarea || !element.isConnected) return;
  const label = element.querySelector("label");
  const height = textarea.offsetHeight;
  const host = make("div", { class: "host" });
  const root = host.attachShadow({ mode: "open" });
  const note = make("p", { id: "note", hidden: "" }, describe(element));
  root.append(note);
  const draft = new Draft(textarea);
  const link = new Link(textarea, draft);
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: textarea.value,
      selection: { anchor: textarea.selectionStart, head: textarea.selectionEnd },
      extensions: [
        extensions(textarea, element.getAttribute("completions")),
        look(height),
        EditorView.contentAttributes.of({
          "aria-label": (label?.textContent ?? textarea.name).trim(),
          "aria-describedby": note.id,
        }),
        EditorView.contentAttributes.of(() => (textarea.ariaInvalid ? { "aria-invalid": "true" } : {}) as Record<string, string>),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) link.changed();
        }),
        EditorView.domEventObservers({ blur: () => link.write() }),
      ],
    }),
  });
  link.view = view;
  const held = document.activeElement === textarea;
  textarea.style.display = "none";
  // A control that cannot be seen must not hold its form back: the server says what is missing.
  textarea.required = false;
  textarea.after(host);
  label?.addEventListener("click", () => view.focus());
  const written = textarea.value !== textarea.defaultValue;
  const restored = written ? null : draft.restore();
  if (written) draft.keep(textarea.value);
  if (restored !== null) view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: restored }, userEvent: "input" });
  markErrors(view, element, textarea);
  new MutationObserver(() => {
    note.textContent = describe(element);
    view.dispatch({});
  }).observe(element, { childList: true, subtree: true, attributeFilter: ["aria-invalid"] });
  if (held) view.focus();
}

/** Says what a screen reader says after the label: hint and error, and how to leave. */
function describe(element: Element): string {
  const notes = [...element.querySelectorAll(":scope > small")].map((small) => small.textContent ?? "");
  return [...notes, editorKeys].join(" ");
}

function extensions(textarea: HTMLTextAreaElement, completions: string | null): Extension {
  const fixed = textarea.disabled || textarea.readOnly;
  return [
    lineNumbers(),
    highlightSpecialChars(),
    history(),
    closeBrackets(),
    dressed(textarea.value),
    autocompletion({
      override: [completeNames(completions, () => scopeOf(textarea.form))],
      activateOnTypingDelay: 150,
      maxRenderedOptions: 60,
    }),
    placeholder(textarea.placeholder),
    EditorView.perLineTextDirection.of(true),
    EditorView.contentAttributes.of({ spellcheck: "false", autocapitalize: "off", autocorrect: "off" }),
    EditorState.readOnly.of(fixed),
    EditorView.editable.of(!textarea.disabled),
    // What cannot be changed may still be longer than its room: it is scrolled by keyboard.
    EditorView.contentAttributes.of({ tabindex: "0", ...(textarea.disabled ? { "aria-disabled": "true" } : {}) }),
    Prec.highest(keymap.of([{ key: "Mod-Enter", run: () => submit(textarea) }])),
    keymap.of([...closeBracketsKeymap, ...lineKeymap, ...standardKeymap, ...historyKeymap]),
    tabulation(),
  ];
}

/** Longer texts, in characters, have neither colours nor broken lines: making them would take the time in which somebody types. */
const longest = 50_000;

/** Knows the words of SQL and breaks lines, as long as the text is of a size that people write. */
function dressed(text: string): Extension {
  const clothes = new Compartment();
  const all = [sql.language, highlighting, bracketMatching(), indentOnInput(), EditorView.lineWrapping];
  const none: Extension = [];
  const of = (length: number): Extension => (length > longest ? none : all);
  return [
    EditorState.transactionExtender.of(({ startState, newDoc }) => {
      const wanted = of(newDoc.length);
      return of(startState.doc.length) === wanted ? null : { effects: clothes.reconfigure(wanted) };
    }),
    clothes.of(of(text.length)),
  ];
}

const lineKeymap: KeyBinding[] = [
  { key: "Mod-/", run: toggleComment },
  { key: "Alt-ArrowUp", run: moveLineUp },
  { key: "Alt-ArrowDown", run: moveLineDown },
];

/** Presses the form's first submit button, as Enter does in an input. */
function submit(textarea: HTMLTextAreaElement): boolean {
  const form = textarea.form;
  if (!form || textarea.disabled) return false;
  const buttons = [...form.elements].filter((control): control is HTMLButtonElement => control.matches("button:not([type=button], [type=reset])"));
  const button = buttons[0];
  if (button?.disabled) return true;
  form.requestSubmit(button);
  return true;
}

/** Tab indents once something was typed, and moves on before: walking through a page by keyboard does not end here. */
function tabulation(): Extension {
  let typed = false;
  return [
    EditorView.updateListener.of((update) => {
      if (update.docChanged && update.view.hasFocus) typed = true;
    }),
    EditorView.domEventObservers({
      blur: () => void (typed = false),
      // The next Tab moves on, whatever else Escape does.
      keydown: ({ key }, view) => void (key === "Escape" && view.setTabFocusMode(leaving)),
    }),
    keymap.of([{ key: "Tab", run: (view) => typed && indentMore(view), shift: (view) => typed && indentLess(view) }]),
  ];
}

/** How long after Escape Tab moves on, in milliseconds. */
const leaving = 2_000;

/** What the form says about where names are looked up. */
function scopeOf(form: HTMLFormElement | null): Scope {
  const value = (name: string): string => {
    const control = form?.elements.namedItem(name);
    return control instanceof HTMLSelectElement || control instanceof HTMLInputElement ? control.value : "";
  };
  return { catalog: value("catalog"), schema: value("schema") };
}

/** Keeps the textarea, which the form sends, the same as the editor: after a pause unless it is long, when the focus leaves, and before it is sent. */
class Link {
  view: EditorView | null = null;
  #timer = 0;
  #isDue = false;

  constructor(
    private readonly textarea: HTMLTextAreaElement,
    private readonly draft: Draft,
  ) {
    const write = (): void => this.write();
    textarea.form?.addEventListener("submit", write, { capture: true });
    textarea.form?.addEventListener("formdata", ({ formData }) => {
      this.write();
      if (textarea.name && !textarea.disabled) formData.set(textarea.name, textarea.value);
    });
    addEventListener("pagehide", write);
  }

  changed(): void {
    clearTimeout(this.#timer);
    this.#isDue = true;
    // Copying a long text would hold up the next letter.
    if ((this.view?.state.doc.length ?? 0) > longest) return;
    this.#timer = window.setTimeout(() => requestIdleCallback(() => this.write(), { timeout: pause }), pause);
  }

  write(): void {
    clearTimeout(this.#timer);
    if (!this.#isDue || !this.view) return;
    this.#isDue = false;
    this.textarea.value = this.view.state.doc.toString();
    this.draft.keep(this.textarea.value);
    set(this.textarea, { "aria-invalid": null });
    this.textarea.dispatchEvent(new Event("input", { bubbles: true }));
  }
}
