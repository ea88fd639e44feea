import { PATH, toWire } from "wire";

import { excluded } from "./globs.js";
import { path } from "./page.js";
import { endpoint } from "./tag.js";

const address = endpoint(PATH);

/** Events that wait for the next request, each as JSON. */
export let waiting = [];

/** Adds an event of the current view to the next request. */
export const add = (type, properties) => {
  if (PATHS && excluded(path)) return;
  try {
    waiting.push(JSON.stringify(toWire(type, properties)));
  } catch {
    // Properties that cannot be serialised lose this event only.
  }
};

/** Sends what waits. A string is text/plain, which needs no preflight. */
export const post = (body) => {
  waiting = [];
  // Blockers stop beacons more often than fetch; but not every browser finishes a fetch of a page that goes away.
  (document.hidden && navigator.sendBeacon?.(address, body)) ||
    fetch(address, { method: "POST", body, keepalive: 1, mode: "no-cors" }).catch(() => {});
};
