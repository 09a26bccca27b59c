/** Shows a chat's answer while it is made. Without this module the form loads the page anew with the whole answer. */

/** How many messages go with a question. */
const maxMessages = 40;
/** How often a broken stream is taken up again that brings nothing new, and how long to wait before, in milliseconds. */
const maxResumes = 4;
const resumeAfter = 300;

/** The answers under way, by chat. */
const answers = new WeakMap();

document.addEventListener("submit", (event) => {
  const chat = event.target.closest("[data-chat]");
  if (!chat) return;
  event.preventDefault();
  const field = event.target.elements.message;
  const text = field.value.trim();
  if (!text || answers.has(chat)) return;
  field.value = "";
  say(chat, "user", text);
  void answer(chat);
});

document.addEventListener("click", (event) => {
  const chat = event.target.closest("[data-chat]");
  if (event.target.closest("[data-stop] button")) answers.get(chat)?.stop();
  if (event.target.closest("[data-retry-answer] button") && !answers.has(chat)) retry(chat);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || !event.target.matches("[data-chat] textarea")) return;
  event.preventDefault();
  event.target.form.requestSubmit();
});

/** Drops the last answer, or what was said instead of one, and asks again. */
function retry(chat) {
  for (let last = log(chat).lastElementChild; last && last.dataset.role !== "user"; last = log(chat).lastElementChild) last.remove();
  void answer(chat);
}

const log = (chat) => chat.querySelector("[role=log]");

function make(name, attributes, ...content) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...content);
  return element;
}

/** Adds a message to the log and returns where its text goes. */
function say(chat, role, text) {
  chat.querySelector("[data-hint]")?.remove();
  const content = make("div", { "data-content": "" }, text);
  log(chat).append(make("div", { class: "chat-message", "data-role": role }, make("strong", {}, role === "user" ? texts.user : texts.model), content));
  log(chat).scrollTop = log(chat).scrollHeight;
  return content;
}

function messages(chat) {
  return [...chat.querySelectorAll("[data-role]")]
    .map((m) => ({ role: m.dataset.role, content: m.querySelector("[data-content]").textContent }))
    .filter((m) => m.content)
    .slice(-maxMessages);
}

/** Asks the model and shows the answer as it comes. */
async function answer(chat) {
  const abort = new AbortController();
  const stream = { id: "", last: "", stopped: false };
  answers.set(chat, {
    stop() {
      stream.stopped = true;
      if (stream.id) void fetch(chat.dataset.streams + stream.id, { method: "DELETE", keepalive: true });
      abort.abort();
    },
  });
  const body = JSON.stringify({ messages: messages(chat), stream: true });
  const content = say(chat, "assistant", "");
  show(chat, content, true);
  try {
    await read(chat, stream, abort.signal, content, body);
  } catch (error) {
    if (!stream.stopped) fail(chat, error);
  }
  answers.delete(chat);
  if (!content.textContent) content.parentElement.remove();
  else if (stream.stopped) content.after(make("small", { class: "muted" }, texts.stopped));
  show(chat, content, false);
}

function show(chat, content, busy) {
  chat.querySelector("[data-stop]").hidden = !busy;
  chat.querySelector("[data-retry-answer]").hidden = busy;
  // Screen readers read the whole answer once it is there.
  content.parentElement?.setAttribute("aria-busy", String(busy));
  log(chat).setAttribute("aria-busy", String(busy));
}

class Failure extends Error {
  constructor(problem) {
    super(problem.detail || problem.title || texts.failed);
    this.requestId = problem.request_id;
  }
}

function fail(chat, error) {
  const banner = make("databricks-banner", { type: "error", role: "alert" }, make("strong", {}, texts.noAnswer), make("p", {}, error.message));
  if (error.requestId) banner.append(make("small", {}, texts.requestId, make("code", {}, error.requestId)));
  log(chat).append(banner);
  banner.scrollIntoView({ block: "nearest" });
}

/** Reads a stream to its end; takes it up again where it broke. */
async function read(chat, stream, signal, content, body) {
  const headers = { Accept: "text/event-stream, application/problem+json", "Content-Type": "application/json" };
  let request = () => fetch(chat.dataset.chat, { method: "POST", headers, body, signal });
  for (let resumes = 0; ; resumes++) {
    const before = stream.last;
    try {
      if (await follow(await request(), stream, chat, content)) return;
    } catch (error) {
      if (error instanceof Failure || signal.aborted) throw error;
    }
    if (stream.last !== before) resumes = 0;
    if (!stream.id || resumes === maxResumes) throw new Failure({ detail: texts.lost });
    await pause(resumeAfter * 2 ** resumes, signal);
    request = () => fetch(chat.dataset.streams + stream.id, { headers: { Accept: headers.Accept, "Last-Event-ID": stream.last || "0" }, signal });
  }
}

/** Waits, but not for what is aborted. */
function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}

/** Shows a stream's events; returns whether its end was among them. */
async function follow(response, stream, chat, content) {
  if (!response.ok) throw new Failure(await response.json().catch(() => ({})));
  stream.id = response.headers.get("Stream-Id") ?? stream.id;
  for await (const event of events(response.body)) {
    if (event.id) stream.last = event.id;
    if (event.name === "error") throw new Failure(JSON.parse(event.data));
    if (event.name === "stopped" || event.data === "[DONE]") return true;
    const piece = JSON.parse(event.data).choices?.[0]?.delta?.content;
    if (!piece) continue;
    const box = log(chat);
    const atEnd = box.scrollTop + box.clientHeight >= box.scrollHeight - 40;
    content.append(piece);
    if (atEnd) box.scrollTop = box.scrollHeight;
  }
  return false;
}

/** The server-sent events of a body. The plugin ends lines with LF alone. */
async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  for (let text = ""; ; ) {
    const { value, done } = await reader.read();
    if (done) return;
    const parts = (text + value).split("\n\n");
    text = parts.pop();
    for (const part of parts) {
      const event = { id: "", name: "message", data: "" };
      for (const line of part.split("\n")) {
        const at = line.indexOf(": ");
        const value = line.slice(at + 2);
        if (line.startsWith("id: ")) event.id = value;
        else if (line.startsWith("event: ")) event.name = value;
        else if (line.startsWith("data: ")) event.data += (event.data && "\n") + value;
      }
      if (event.data) yield event;
    }
  }
}
