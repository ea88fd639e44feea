// A module has no currentScript.
const script = document.currentScript || document.querySelector("script[data-id]");

/** The tag's data-* attributes: what the site's owner set. */
export const dataset = script.dataset;

/** What the page sees of us: the calls it made before we were loaded, its own switch, and `track`. */
export const analytics = (window[dataset.global || "analytics"] ||= {});

/** Where events go: beside the folder `js` of the script, under a hash or not, so that a proxied site sets nothing. */
export const endpoint = () => dataset.endpoint || script.src.split("/js/")[0] + "/api/v1/collect";
