/** What the keys of unsent texts in the session storage begin with. The editor's module keeps them; that there are some is a use for it. */
export const draftPrefix = "corbel.draft";
