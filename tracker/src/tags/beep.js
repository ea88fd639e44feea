const script = document.currentScript || document.querySelector("script[src$='/track.js']");

export const dataset = script.dataset;

/** Nothing but the mark that we are there. */
export const analytics = (window.beep ||= {});

/** Of the script's own host, which knows the site by the `Origin` that browsers send. */
export const endpoint = () => dataset.endpoint || new URL("/collect", script.src);
