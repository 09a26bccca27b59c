/** The shell's menus: the navigation on a phone and the user's menu. Both are details. */
const menus = "details.corbel-drawer[open], details.corbel-menu[open]";

/** Closes menus on Escape, on a click or focus elsewhere, and when a link of theirs leads away. */
export function startMenus(): void {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of opened()) {
      const held = menu.contains(document.activeElement);
      menu.open = false;
      if (held) menu.querySelector("summary")?.focus();
    }
  });
  for (const type of ["click", "focusin"]) {
    document.addEventListener(type, ({ target }) => {
      for (const menu of opened()) {
        if (target instanceof Element && menu.contains(target) && !target.closest("a")) continue;
        if (type === "focusin" && target instanceof Node && menu.contains(target)) continue;
        menu.open = false;
      }
    });
  }
  // A page that comes back from the browser's memory is as it was left.
  addEventListener("pageshow", () => opened().forEach((menu) => (menu.open = false)));
}

const opened = (): HTMLDetailsElement[] => [...document.querySelectorAll<HTMLDetailsElement>(menus)];
