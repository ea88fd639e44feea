import { followOwner } from "./owner.js";
import { look, track } from "./page.js";
import { analytics, dataset } from "tag";

// Their order costs or saves bytes.
const EVENTS =
  "pushState replaceState popstate pageshow visibilitychange focus prerenderingchange blur scroll keydown pointermove" +
  (WHOLE ? " click auxclick" : "") +
  (FORMS ? " submit" : "");

// Pasted twice is counted once.
if (!analytics[dataset.id]) {
  analytics[dataset.id] = 1;
  if (ACTIONS) analytics.track = track;
  // Antics' is called as it stands.
  if (ACTIONS && !WHOLE) window.antics = Object.assign(track, analytics);
  if (OWNER) {
    followOwner();
    addEventListener("popstate", followOwner);
  }
  for (const name of EVENTS.split(" ")) {
    // Two of the names are methods of `history` and no events, the others the other way round. The original comes first:
    // where it throws, the caller is told and nothing is counted.
    const original = history[name];
    history[name] &&= function () {
      original.apply(this, arguments);
      look(0);
    };
    // Captured: a page that stops an event does not stop us.
    addEventListener(name, look, 1);
  }
  look(0);
}
