import * as clicks from "./clicks.js";
import { excluded } from "./globs.js";
import { add, post, waiting } from "./outbox.js";
import { silent } from "./silence.js";
import { analytics, dataset } from "tag";
import { addVitals } from "./vitals.js";

/** Of the current view its address without fragment, its path, and where it came from; undefined before the first. */
export let url;
export let path;
export let referrer;

// The view's time that no event has told yet, in ms, and since when more of it passes (false: the page has no focus).
let engaged;
let since;
// How much of it makes a leaving worth an event. A view's first one always is; hidden, shown and hidden again is none.
let least;
// How many quarters of the page were seen.
let marks;

// Calls of `track` that wait for the first view.
let calls = analytics.q || [];

/** Counts a custom event: (name, properties). */
export const track = (...call) => look(calls.push(call));

/**
 * Looks at the world and sends what is new. Whatever happens calls it, with an event or with anything that is none;
 * one mechanism for everything is what keeps the script small.
 */
export const look = (event) => {
  if (WHOLE && silent()) return (calls = []);
  // Of a prerendered page the browser shows the document first and lets its requests go as a visitor's afterwards.
  const hidden = document.hidden || document.prerendering;
  const before = waiting.length;
  const here = WHOLE
    ? location["hash" in dataset ? "hash" : "pathname"].replace(/#|\?.*/g, "")
    : location.pathname;
  // Routers that kept the browser's own pushState are noticed too. A new query alone is no view, a page that comes
  // back from the back/forward cache is one: there the script does not run again.
  const moved = event.persisted || path != here;

  if (ACTIONS) {
    // When nothing happened for a minute, nobody was there any more.
    engaged += since && Math.min(performance.now() - since, 6e4);
    since = !hidden && document.hasFocus() && performance.now();
  }
  // Antics has it in the view after, which is sent when it is no more counted.
  const spent = ACTIONS && !WHOLE && engaged;

  if (hidden || moved) {
    if (WHOLE && (engaged >= least || before)) add("close_tab", { engaged_ms: engaged });
    // Antics counts seconds, and half of one is one.
    if (ACTIONS && !WHOLE && hidden && engaged >= 500) add("engagement", null, engaged);
    if (VITALS && url) addVitals();
    engaged = 0;
    least = 100;
  }
  // Opened in a background tab, prerendered or restored: it counts when it is first seen.
  if (moved && !hidden) {
    // Only the first view was answered by a server. The timeline begins with that; Safari does not tell the status.
    const properties = url || !WHOLE
      ? {}
      : { status: +dataset.status || performance.getEntries()[0]?.responseStatus };
    // In single-page applications document.referrer never changes. A path that is excluded is not told as one either.
    if (!(PATHS && url && excluded(path))) referrer = url || document.referrer;
    path = here;
    // A fragment may hold secrets.
    url = location.href.split("#")[0];
    least = marks = 0;
    if (WHOLE) add("page_view", properties);
    else add(null, null, spent);
  }
  if (WHOLE) clicks.look(event);
  // A request holds 32 events at most; the calls that are left wait for the next look.
  if (ACTIONS)
    for (const [name, properties] of calls.splice(0, url && 25))
      if (WHOLE) add("custom", { ...properties, name });
      else add(name, properties);
  if (WHOLE && waiting[before]) post("[" + waiting + "]");

  // Marks wait for the next request. Only an event of the document has a scrolling element, whose height is read anew
  // because pages grow; at its top a page was not scrolled, whatever its router did.
  while (
    WHOLE &&
    marks < 3 &&
    ((scrollY && scrollY + innerHeight) / event.target?.scrollingElement?.scrollHeight) * 4 > marks + 1
  )
    add("scroll_" + ++marks * 25);
};
