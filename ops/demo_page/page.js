// The demo page's own part: buttons, and the log of requests. It changes nothing of what the tracker does.
"use strict";

const MEANINGS = {
  200: "counted as a picture, if a site has this id",
  202: "counted",
  204: "taken, but not counted: no site has this id, or its settings exclude this address, host, page or country, or the browser asks not to be counted, or it looks like a program",
  400: "refused: not an event",
  413: "refused: too large",
  429: "refused: too many requests from this address",
  502: "Footfall does not answer",
  503: "Footfall cannot keep events at the moment",
};

const ACTIONS = {
  push: () => history.pushState(null, "", `/app/${Date.now() % 1000}`),
  replace: () => history.replaceState(null, "", `/app/${Date.now() % 1000}`),
  query: () => history.replaceState(null, "", `?q=${Date.now() % 1000}`),
  hash: () => (location.hash = `/route/${Date.now() % 1000}`),
  back: () => history.back(),
  track: () => analytics.track("signup", { plan: "pro" }),
  circular: () => analytics.track("circular", { self: window }),
  off: () => (analytics.off = true),
  on: () => (analytics.off = false),
};

const element = (name, text) => {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
};

const trouble = (text) => {
  const place = document.getElementById("trouble");
  place.textContent = text;
  place.hidden = false;
};

const show = (title, meaning, body) => {
  const item = document.createElement("li");
  item.append(element("strong", title), element("div", meaning));
  if (body) item.append(element("pre", body));
  document.getElementById("log").prepend(item);
  document.getElementById("quiet").hidden = true;
};

const readable = (text) => {
  try {
    return JSON.stringify(JSON.parse(text), null, 1);
  } catch {
    return text;
  }
};

// What passed this page's server, from all its tabs: it stays when the page goes.
let last = 0;
const follow = async () => {
  try {
    const answer = await fetch(`/log?after=${last}`);
    for (const exchange of await answer.json()) {
      last = exchange.number;
      const meaning = `${exchange.status}: ${MEANINGS[exchange.status] || "see Footfall's log"} ${exchange.status < 400 ? "" : exchange.answered}`;
      show(`${exchange.method} ${exchange.path}`, meaning, readable(exchange.sent));
      if (exchange.status >= 400) trouble(`${meaning}. Is Footfall running at ${document.body.dataset.server}?`);
    }
  } catch {
    trouble("The server of this page is gone: start `footfall demo-page` again.");
  }
  setTimeout(follow, 500);
};

// What goes straight to Footfall: a page sees that it was sent, not what is in it.
const watch = () =>
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries())
      if (entry.name.startsWith(document.body.dataset.server) && entry.name.includes("/api/v1/"))
        show(`${entry.initiatorType} ${entry.name}`, `sent straight, ${Math.round(entry.duration)} ms`);
  }).observe({ type: "resource", buffered: true });

addEventListener(
  "error",
  (event) => {
    if (event.target instanceof HTMLScriptElement)
      trouble(`${event.target.src} did not load. Is Footfall running at ${document.body.dataset.server}? Does a blocker stop it?`);
  },
  true,
);

addEventListener("DOMContentLoaded", () => {
  const signals = [];
  if (navigator.globalPrivacyControl) signals.push("Global Privacy Control");
  if (navigator.doNotTrack === "1") signals.push("Do Not Track");
  document.getElementById("signals").textContent = signals.length
    ? `This browser sends ${signals.join(" and ")}: nothing leaves it.`
    : "This browser sends neither Global Privacy Control nor Do Not Track.";
  document.getElementById("why").textContent = signals.length
    ? "your browser asks not to be counted."
    : "a blocker may stop the script; look at this page's console.";
  for (const button of document.querySelectorAll("[data-do]"))
    button.addEventListener("click", () => ACTIONS[button.dataset.do]());
  watch();
  follow();
});
