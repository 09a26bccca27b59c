/** Shows each step of a run when it happens. Without this module the page has a link that looks again. */

const fragment = "/_fragment/sampledata/progress?";

await customElements.whenDefined("databricks-fragment");
for (const place of document.querySelectorAll(`databricks-fragment[src^='${fragment}']`)) follow(place);

/** Loads the run's progress again whenever the run's events tell of a change, until its end. */
function follow(place) {
  const run = new URL(place.getAttribute("src"), location.origin).searchParams.get("run");
  const events = new EventSource(`/api/sampledata/runs/${encodeURIComponent(run)}/events`);
  let isDue = false;
  let isLoading = false;
  const show = async () => {
    isDue = true;
    if (isLoading) return;
    isLoading = true;
    while (isDue) {
      isDue = false;
      await place.load();
    }
    isLoading = false;
  };
  events.addEventListener("run", (event) => {
    if (JSON.parse(event.data).state !== "running") events.close();
    void show();
  });
  // Closed for good: nobody knows the run any more. The fragment says so, and what to do.
  events.addEventListener("error", () => {
    if (events.readyState === EventSource.CLOSED) void show();
  });
}
