import * as clicks from "./clicks.js";
import { add, post, waiting } from "./outbox.js";
import * as scroll from "./scroll.js";
import { silent } from "./silence.js";
import { analytics, dataset } from "./tag.js";
import { excluded } from "./globs.js";
import { addVitals } from "./vitals.js";

/** The view's address without its fragment, its path, and where it came from; undefined before the first view. */
export let url;
export let path;
export let referrer;

// Time in which the page was visible and had the focus, in ms since the last leaving; and since when it is so.
let engaged;
let since;
// From how much of it on a leaving is worth an event: a view's first one always is.
let least, marks;

// Calls of `track` that wait for the first view.
let calls = analytics.q || [];

/** Keeps a call of `track` for the next look. */
export const track = (...call) => look(calls.push(call));

/** Looks at the world and tells what changed. Whatever happens calls it, with an event or with anything that is none. */
export const look = (event) => {
  if (silent()) return (calls = []);
  const before = waiting.length;
  const here = location["hash" in dataset ? "hash" : "pathname"].replace(/#|\?.*/g, "");
  // Routers that kept the browser's own pushState are seen by this too. Back from the back/forward cache is a view.
  const moved = event.persisted || path != here;

  // A gap between two looks counts for a minute at most: nobody is there.
  engaged += since && Math.min(performance.now() - since, 6e4);
  since = !document.hidden && document.hasFocus() && performance.now();

  if (document.hidden || moved) {
    if (engaged >= least || before) add("close_tab", { engaged_ms: engaged });
    if (VITALS && url) addVitals();
    engaged = 0;
    least = 100;
  }
  // A page opened in a background tab, prerendered or restored counts when it is first seen.
  if (moved && !document.hidden) {
    const properties = url
      ? {}
      : { status: +dataset.status || performance.getEntriesByType("navigation")[0]?.responseStatus };
    // The browser tells where the first view came from; later ones came from the view before.
    referrer = url || document.referrer;
    path = here;
    url = location.href.split("#")[0];
    least = 0;
    marks = 0;
    add("page_view", properties);
  }
  clicks.look(event);
  for (const [name, properties] of calls.splice(0, url && 20)) add("custom", { ...properties, name });
  if (waiting[before]) post("[" + waiting + "]");
  while (
    marks < 3 &&
    ((scrollY && scrollY + innerHeight) / event.target?.scrollingElement?.scrollHeight) * 4 > marks + 1
  )
    add("scroll_" + ++marks * 25);
};
