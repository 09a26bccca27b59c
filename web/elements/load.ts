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
  if (response.redirected) throw new LoadError("Your session may have ended: reload the page.", requestId);
  const isMarkup = /^text\/html\b/.test(response.headers.get("Content-Type") ?? "");
  const content = isMarkup ? parse(await response.text()) : null;
  if (!response.ok) throw new LoadError(`The server answered with status ${response.status}.`, requestId, content);
  if (!content) throw new LoadError("The server answered with something else than a fragment.", requestId);
  return content;
}

async function request(src: string, signal: AbortSignal): Promise<Response> {
  const url = new URL(src, document.baseURI);
  if (url.origin !== location.origin) throw new LoadError("The address leads out of this application.");
  try {
    return await fetch(url, {
      headers: { Accept: "text/html" },
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeout)]),
    });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new LoadError("The server did not answer.");
  }
}

function parse(text: string): DocumentFragment {
  const template = document.createElement("template");
  template.innerHTML = text;
  return document.importNode(template.content, true);
}
