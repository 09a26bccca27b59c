type Child = Node | string;

/** Makes an element with attributes (a value of null leaves one out) and children. */
export function make<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Record<string, string | null> = {},
  ...children: Child[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  set(element, attributes);
  element.append(...children);
  return element;
}

/** Sets attributes; a value of null removes one. */
export function set(element: Element, attributes: Record<string, string | null>): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null) element.removeAttribute(name);
    else element.setAttribute(name, value);
  }
}

let made = 0;

/** Returns an id that no other element of the page has. */
export const newId = (): string => `corbel-${(made += 1)}`;

/** A small button with a cross, for what can be closed. */
export const closeButton = (label: string): HTMLButtonElement =>
  make("button", { type: "button", class: "dismiss", "aria-label": label });
