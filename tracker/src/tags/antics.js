const script = document.currentScript || document.querySelector("script[src$='/antics.js']");

export const dataset = script.dataset;

/** What the page may have of us: the calls it made before we were loaded. */
export const analytics = (window.antics ||= {});

/** Of the script's own host, which knows the site by the `Origin` that browsers send. */
export const endpoint = () => dataset.api || new URL("/api/event", script.src);
