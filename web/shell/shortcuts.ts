/** Where the browser remembers that single keys are no shortcuts. */
const storageKey = "corbel.shortcuts";

/** "/" goes to the page's search, "?" shows the list of shortcuts. The list has a switch, for who speaks to the computer. */
export function startShortcuts(): void {
  const dialog = document.querySelector<HTMLDialogElement>("#corbel-shortcuts");
  const opener = document.querySelector<HTMLElement>("[data-shortcuts]");
  const enabled = dialog?.querySelector<HTMLInputElement>("input[type=checkbox]");
  if (!dialog || !enabled || !opener) return;
  enabled.checked = localStorage.getItem(storageKey) !== "off";
  enabled.addEventListener("change", () => localStorage.setItem(storageKey, enabled.checked ? "on" : "off"));
  opener.hidden = false;
  opener.addEventListener("click", () => dialog.showModal());
  document.addEventListener("keydown", (event) => {
    if (!enabled.checked || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.composedPath()[0])) return;
    if (event.key === "?") dialog.showModal();
    else if (event.key !== "/" || !focusSearch()) return;
    event.preventDefault();
  });
}

const isTyping = (target: EventTarget | undefined): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || target.matches("input, select, textarea"));

function focusSearch(): boolean {
  const search = [...document.querySelectorAll<HTMLInputElement>("input[type=search]")].find((input) => input.checkVisibility());
  search?.focus();
  search?.select();
  return !!search;
}
