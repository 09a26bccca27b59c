/** Saves the SQL page its reloads: it runs, pages, sorts and asks for parameters in place. Without this module each of these is a form or a link. */

const fragments = "/_fragment/unitycatalog/";
/** How long after the last letter the statement's parameters are looked for, in milliseconds, and in how long a text at most. */
const pause = 400;
const longest = 200_000;

/** What of the address is shown. */
let shown = location.search;

const formOf = (element) => element?.closest?.("form[action='/api/unitycatalog/sql/run']");
const place = () => document.querySelector(`databricks-fragment[src^='${fragments}sql-result']`);
const controls = () => document.querySelector(`databricks-fragment[src^='${fragments}sql-controls']`);

document.addEventListener("submit", (event) => {
  if (place()?.contains(event.target) && event.target.getAttribute("method") === "get") {
    event.preventDefault();
    void show(new URL(`${location.pathname}?${new URLSearchParams(new FormData(event.target))}`, location.origin), false);
    return;
  }
  const form = formOf(event.target) ?? event.target.closest("form[action='/api/unitycatalog/sql/cancel']");
  if (!form || event.submitter?.value || !place()) return;
  event.preventDefault();
  if (!form.hasAttribute("aria-busy")) void run(form, event.submitter);
});

/** Sends a form, which runs a statement or cancels one, and shows what becomes of it. */
async function run(form, button) {
  form.ariaBusy = "true";
  const loading = button?.closest("databricks-button");
  loading?.setAttribute("loading", "");
  try {
    const body = new URLSearchParams(new FormData(form));
    const response = await fetch(form.getAttribute("action"), { method: "POST", body, headers: { Accept: "application/json" } });
    const answer = await response.json().catch(() => ({}));
    if (!response.ok || response.redirected || !answer.address) return fail(response, answer);
    // The page's new address leads to this text: what is typed from now on is what a reload would lose.
    if (form.elements.statement) form.elements.statement.defaultValue = body.get("statement");
    await show(new URL(answer.address, location.origin), true);
  } catch {
    fail(null, {});
  } finally {
    form.ariaBusy = null;
    loading?.removeAttribute("loading");
  }
}

/** Shows the result that an address is about in its place, and makes the address the page's. */
async function show(address, isNew) {
  const query = isNew ? address.searchParams : merged(address.searchParams);
  history.pushState(null, "", `${location.pathname}?${query}`);
  shown = location.search;
  const wanted = new URLSearchParams(query);
  for (const name of [...wanted.keys()]) if (name === "statement" || /^[ptn]\./.test(name)) wanted.delete(name);
  wanted.set("part", "1");
  place().setAttribute("src", `${fragments}sql-result?${wanted}`);
  await place().load();
  if (isNew) forget();
  mark();
  if (isNew) place().scrollIntoView({ block: "nearest" });
}

/** What a link says about the result, and what the page says about the statement. */
function merged(link) {
  const query = new URLSearchParams(location.search);
  for (const name of ["from", "sort", "order", "view", "kind", "x", "y"]) query.delete(name);
  for (const name of new Set(link.keys())) query.delete(name);
  for (const [name, value] of link) query.append(name, value);
  return query;
}

function fail(response, problem) {
  const ended = response?.redirected || response?.status === 401;
  const banner = document.createElement("databricks-banner");
  banner.setAttribute("type", "error");
  banner.setAttribute("role", "alert");
  const add = (name, text) => banner.appendChild(document.createElement(name)).append(text);
  add("strong", ended ? texts.ended : texts.failed);
  if (problem.detail) add("p", problem.detail);
  add("p", texts.kept);
  if (problem.request_id) add("small", texts.requestId + problem.request_id);
  place().replaceChildren(banner);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href^='/sql?']");
  if (!link || !place()?.contains(link) || !new URL(link.href).searchParams.has("run") || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  void show(new URL(link.href), false);
});

// Back and forward lead to other results. The skip link leads to a place in this page, and what was written stays.
addEventListener("popstate", () => {
  if (location.search !== shown) location.reload();
});

/** Takes away what the server has said beside the editor: it is about a statement that was run before. */
function forget() {
  const editor = document.querySelector("databricks-editor");
  editor?.querySelector("small[role=alert]")?.remove();
  const textarea = editor?.querySelector("textarea");
  textarea?.removeAttribute("aria-invalid");
  textarea?.removeAttribute("data-error-start");
  textarea?.removeAttribute("data-error-end");
}

/** Underlines in the editor what the result says is wrong. */
function mark() {
  const editor = document.querySelector("databricks-editor");
  const wrong = place()?.querySelector("[data-error-start]");
  for (const name of ["errorStart", "errorEnd"]) {
    if (!editor) continue;
    const value = wrong?.dataset[name];
    if (value === editor.dataset[name]) continue;
    if (value === undefined) delete editor.dataset[name];
    else editor.dataset[name] = value;
  }
}

let timer = 0;
document.addEventListener("input", (event) => {
  if (!formOf(event.target) || event.target.name !== "statement") return;
  clearTimeout(timer);
  timer = setTimeout(() => void refresh(formOf(event.target), false), pause);
});

document.addEventListener("change", (event) => {
  const form = formOf(event.target);
  if (form && (event.target.name === "catalog" || event.target.name?.startsWith("t."))) void refresh(form, true);
});

/** Shows the fields that the form needs now: those of the statement's parameters, and the schemas of the catalog. */
async function refresh(form, isForced) {
  const names = parameters(form.elements.statement.value);
  const shown = [...form.querySelectorAll("[name^='t.']")].map((field) => field.name.slice(2));
  if (!controls() || (!isForced && names.join() === shown.join())) return;
  const query = new URLSearchParams(new FormData(form));
  query.delete("statement");
  query.delete("save_as");
  for (const name of names) query.append("name", name);
  controls().setAttribute("src", `${fragments}sql-controls?${query}`);
  await controls().load();
}

const token =
  /--[^\n]*|\/\*[^]*?\*\/|\$\$[^]*?\$\$|\b[rR]'[^']*'|'(?:\\[^]|''|[^'\\])*'|"(?:\\[^]|""|[^"\\])*"|`(?:``|[^`])*`|[\p{L}\p{N}_)\]]:+|::|:([\p{L}_][\p{L}\p{N}_]*)/gu;

/** The names of the statement's parameters. The server looks closer. */
function parameters(text) {
  if (text.length > longest) return [];
  const names = new Set();
  for (const [, name] of text.matchAll(token)) if (name) names.add(name);
  return [...names];
}
