import * as text from "./text.ts";

/** How long a fragment may take. The server's own limits are shorter: this one ends what hangs on the way. */
const timeout = 20_000;

/** Why there is no fragment. */
export class LoadError extends Error {
  constructor(
    message: string,
    /** What to quote to an operator, if the server has answered. */
    readonly requestId: string | null = null,
    /** The server's own words as markup, if it sent any. */
    readonly content: DocumentFragment | null = null,
  ) {
    super(message);
  }
}

/** Fetches a fragment of this application. The server has cleaned its markup. */
export async function load(src: string, signal: AbortSignal): Promise<DocumentFragment> {
  const response = await request(src, signal);
  const requestId = response.headers.get("X-Request-Id");
  if (response.redirected) throw new LoadError(text.ended, requestId);
  const isMarkup = /^text\/html\b/.test(response.headers.get("Content-Type") ?? "");
  const content = isMarkup ? parse(await response.text()) : null;
  if (!response.ok) throw new LoadError(text.badStatus(response.status), requestId, content);
  if (!content) throw new LoadError(text.noFragment, requestId);
  return content;
}

async function request(src: string, signal: AbortSignal): Promise<Response> {
  const url = new URL(src, document.baseURI);
  if (url.origin !== location.origin) throw new LoadError(text.outside);
  try {
    return await fetch(url, {
      headers: { Accept: "text/html" },
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeout)]),
    });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new LoadError(text.silent);
  }
}

function parse(markup: string): DocumentFragment {
  const template = document.createElement("template");
  template.innerHTML = markup;
  return document.importNode(template.content, true);
}
