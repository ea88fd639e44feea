/* Footfall: counts page views without cookies or storage. Apache-2.0 */
(() => {
  "use strict";
  // A module has no currentScript.
  const script = document.currentScript || document.querySelector("script[data-id]");
  // Pasted twice is counted once; browsers that ask not to be counted send nothing at all.
  if (!script || window.analytics?.id === script.dataset.id) return;
  const silent = navigator.globalPrivacyControl || navigator.doNotTrack === "1";

  // Relative to the script, so that a site that proxies the script's folder needs no setting.
  const endpoint = script.dataset.endpoint || new URL("../api/v1/collect", script.src).href;
  let referrer = document.referrer;
  let seen; // path of the last view

  const send = (type, properties) => {
    if (silent) return;
    try {
      // A string body is text/plain: no preflight. The fragment may hold secrets and never leaves the page.
      const body = JSON.stringify({
        website_id: script.dataset.id,
        event_type: type,
        url: location.href.split("#")[0],
        path: location.pathname,
        referrer,
        screen_width: innerWidth,
        screen_height: innerHeight,
        properties,
      });
      // A page that is going away only gets a beacon through; blockers stop beacons more often than fetch.
      if (document.visibilityState === "hidden" && navigator.sendBeacon?.(endpoint, body)) return;
      fetch(endpoint, { method: "POST", body, keepalive: true, mode: "no-cors", credentials: "omit" }).catch(() => {});
    } catch {
      // Properties that cannot be serialised lose this event only; the page must never notice us.
    }
  };

  const view = () => {
    // A page opened in a background tab or prerendered counts when it is first seen; a new query on the same path is no view.
    if (document.visibilityState !== "visible" || location.pathname === seen) return;
    seen = location.pathname;
    send("page_view");
    referrer = location.href.split("#")[0];
  };

  for (const method of ["pushState", "replaceState"]) {
    const original = history[method];
    history[method] = function (...args) {
      const result = original.apply(this, args);
      view();
      return result;
    };
  }
  addEventListener("popstate", view);
  addEventListener("visibilitychange", view, true);
  addEventListener("pageshow", (event) => {
    // Back from the back/forward cache the script does not run again.
    if (event.persisted) {
      seen = undefined;
      view();
    }
  });

  window.analytics = {
    id: script.dataset.id,
    /** Count a custom event. `name` is reserved in `properties`. */
    track: (name, properties) => send("custom", { ...properties, name }),
  };
  view();
})();
