/** What users read that no server has written. */

export const dismiss = "Dismiss";
export const retry = "Retry";
export const requestIdIs = "Request id ";

export const notLoaded = "This part could not be loaded";
export const ended = "Your session may have ended: reload the page.";
export const badStatus = (status: number): string => `The server answered with status ${status}.`;
export const noFragment = "The server answered with something else than a fragment.";
export const outside = "The address leads out of this application.";
export const silent = "The server did not answer.";

export const empty = "Empty";
export const branchNotLoaded = "Not loaded. Retry";
export const branchFailed = (branch: string, why: string): string => `${branch} was not loaded: ${why} Retry`;

export const editorKeys = "Tab moves on until you have typed. Then it indents; press Escape and then Tab to move on. Control Enter runs.";
