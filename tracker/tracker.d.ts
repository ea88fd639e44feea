/**
 * The types of Footfall's script, for pages that are written in TypeScript. Copy this file into your project:
 * the script itself comes with a tag, there is nothing to import.
 *
 *     <script defer data-id="WEBSITE_ID" src="https://stats.example.com/js/tracker.js"></script>
 *
 * Attributes of the tag:
 *
 * - `data-id`        the website's id; required.
 * - `data-endpoint`  where events are sent; by default `/api/v1/collect` beside the script's folder `/js/`.
 * - `data-global`    another name for `window.analytics`.
 * - `data-hash`      the fragment is the path: for applications with routes such as `#/settings`.
 * - `data-status`    the page's HTTP status, `404` on an error page; by default what the browser knows.
 * - `data-gpc`       `count`: also browsers that ask by Global Privacy Control; the website's settings must agree.
 * - `data-dnt`       `count`: the same of Do Not Track.
 * - `data-exclude`   with the extra `paths`: globs of paths of which nothing is sent, such as `/admin/*, /drafts/*`.
 * - `data-include`   with the extra `paths`: globs of the only paths that are counted.
 *
 * Attributes of any element of the page:
 *
 * - `data-analytics-event`  a click on the element or in it counts a custom event of this name; on a `<form>`, with the
 *                           extra `forms`, its submit does.
 * - `data-analytics-*`      properties of that event: `data-analytics-plan="pro"` is `{plan: "pro"}`. `name` and `event`
 *                           are reserved.
 */

/** What JSON can hold. What it cannot, such as a circle or a BigInt, loses the event. */
type AnalyticsValue =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly AnalyticsValue[]
  | { readonly [name: string]: AnalyticsValue };

/** Properties of a custom event, at most 8,192 bytes as JSON. `name` is reserved: it is the event's. */
type AnalyticsProperties = { readonly [name: string]: AnalyticsValue } & { readonly name?: never };

interface Analytics {
  /**
   * Counts a custom event, at most 255 characters long in its name.
   *
   * Before the first view of the page, in a background tab or while it is prerendered, the event waits for it. It never
   * throws.
   *
   *     analytics.track("signup", { plan: "pro" });
   */
  track(name: string, properties?: AnalyticsProperties): void;

  /**
   * The page's own switch. As long as it is true nothing is sent, and calls of `track` are forgotten. Once it is false
   * the page's view is counted with the visitor's next move.
   *
   *     window.analytics = { off: true }; // before the script has loaded
   *     analytics.off = false;            // when the visitor has agreed
   */
  off?: boolean;

  /**
   * Calls that were made before the script has loaded. They are counted after the page's view, in their order.
   *
   *     window.analytics ||= { q: [], track(...call) { this.q.push(call); } };
   */
  q?: [name: string, properties?: AnalyticsProperties][];
}

interface Window {
  /** Footfall, from when its script has loaded. */
  analytics?: Analytics;

  /** With `/antics.js` in place of our own script: counts a custom event. */
  antics?: (name: string, properties?: { readonly [name: string]: AnalyticsValue }) => void;
}
