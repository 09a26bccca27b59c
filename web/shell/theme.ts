import { set } from "../elements/make.ts";
import type { Fragment } from "../elements/fragment.ts";
import { toast } from "../elements/toast.ts";

/** The theme switch is a form; with script it changes the page at once, and the server remembers the choice. */
export function startTheme(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    const button = event.submitter;
    if (!form.matches(".corbel-theme") || !(button instanceof HTMLButtonElement)) return;
    event.preventDefault();
    apply(button.value);
    for (const other of form.querySelectorAll("button")) set(other, { "aria-pressed": String(other === button) });
    const body = new URLSearchParams({ theme: button.value, back: "/" });
    fetch(form.action, { method: "POST", body, redirect: "manual" }).then(
      (response) => {
        if (response.status >= 400) fail();
        else showChoice();
      },
      fail,
    );
  });
}

/** The page of the preferences shows the choice, too: its fragment is loaded again. */
function showChoice(): void {
  const fragment = document.querySelector<Fragment>("main databricks-fragment:has(select[name=theme])");
  void fragment?.load();
}

function apply(theme: string): void {
  const named = theme === "light" || theme === "dark" ? theme : null;
  set(document.documentElement, { "data-theme": named });
}

const fail = (): void => toast("warning", "The theme could not be saved: it is back to the former one on the next page.");
