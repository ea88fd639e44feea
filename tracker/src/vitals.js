import { add } from "./outbox.js";

// A page that is opened in the background or prerendered is painted at any time: it has no vitals.
let wanted = !document.hidden;

let lcp;
let inp;

// The worst window of layout shifts; of the window that is open its sum, its beginning and its last shift.
let cls = 0;
let sum;
let began;
let last;

const take = (entries) =>
  entries.map(({ duration, hadRecentInput, interactionId, size, startTime, value }) => {
    // Of the observed types only the largest contentful paint has a size, and only a layout shift a value.
    if (size) lcp = startTime;
    if (interactionId && !(duration < inp)) inp = duration;
    if (value && !hadRecentInput) {
      // A window ends after a second without shifts, and when it is five seconds long.
      if (!(startTime - last < 1e3 && startTime - began < 5e3)) {
        began = startTime;
        sum = 0;
      }
      last = startTime;
      sum += value;
      cls = Math.max(cls, sum);
    }
  });

const observer = new PerformanceObserver((list) => take(list.getEntries()));
for (const type of ["largest-contentful-paint", "layout-shift", "event", "first-input"])
  observer.observe({ type, buffered: 1, durationThreshold: 40 });

/** Adds the web vitals of the page's first view, once, when it is left. */
export const addVitals = () => {
  take(observer.takeRecords());
  if (wanted)
    add("web_vitals", {
      lcp,
      inp,
      cls: window.LayoutShift && cls,
      fcp: performance.getEntriesByName("first-contentful-paint")[0]?.startTime,
      ttfb: performance.getEntries()[0]?.responseStart,
    });
  wanted = 0;
};
