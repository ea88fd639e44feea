import { path, referrer, url } from "../page.js";
import { dataset } from "tag";

/** One event of the current view as TinyTrail's collect takes it. */
export const toWire = (event_type, given) => ({
  website_id: dataset.id,
  event_type,
  url,
  path,
  referrer,
  screen_width: screen.width,
  properties: given,
});
