import { followOwner } from "./owner.js";
import { look, track } from "./page.js";
import { analytics, dataset } from "./tag.js";

// Their order costs or saves bytes.
const EVENTS =
  "pushState replaceState popstate pageshow visibilitychange focus prerenderingchange blur scroll keydown pointermove " +
  "click auxclick" +
  (FORMS ? " submit" : "");

// Pasted twice is counted once.
if (!analytics[dataset.id]) {
  analytics[dataset.id] = 1;
  analytics.track = track;
  if (OWNER) {
    followOwner();
    addEventListener("popstate", followOwner);
  }
  for (const name of EVENTS.split(" ")) {
    const original = history[name];
    history[name] &&= function () {
      original.apply(this, arguments);
      look(0);
    };
    addEventListener(name, look, 1);
  }
  look(0);
}
