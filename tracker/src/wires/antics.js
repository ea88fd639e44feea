import { referrer, url } from "../page.js";

/** One event of the current view as Antics takes it. A view has no name and tells the time on the page before. */
export const toWire = (name, properties, engaged) => ({
  n: name,
  u: url,
  r: referrer || null,
  w: innerWidth,
  t: Math.round(engaged / 1e3) || null,
  p: properties,
});
