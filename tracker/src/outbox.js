import { toWire } from "wire";

import { excluded } from "./globs.js";
import { path } from "./page.js";
import { endpoint } from "tag";

const address = endpoint();

/** Events that wait for the next request, each as JSON. */
export let waiting = [];

/** Adds an event of the current view to the next request; where a request holds one event, sends it. */
export const add = (type, properties, engaged) => {
  if (PATHS && excluded(path)) return;
  try {
    if (WHOLE) waiting.push(JSON.stringify(toWire(type, properties)));
    else post(JSON.stringify(toWire(type, properties, engaged)));
  } catch {
    // Properties that cannot be serialised lose this event only.
  }
};

/** Sends what waits. A string is text/plain, which needs no preflight. */
export const post = (body) => {
  waiting = [];
  // Blockers stop beacons more often than fetch; but not every browser finishes a fetch of a page that goes away.
  (ACTIONS && document.hidden && navigator.sendBeacon?.(address, body)) ||
    // Where `Origin` tells the site, only CORS sends it whatever the page's referrer policy is.
    fetch(address, { method: "POST", body, keepalive: 1, ...(WHOLE && { mode: "no-cors" }) }).catch(() => {});
};
