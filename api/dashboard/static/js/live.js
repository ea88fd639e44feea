// The live strip: morphed as it comes, left alone where a hand is, and honest about how old it is.
import { announce, onMorph, visit } from "./nav.js";

const STALE = 5000; // lost for so long, what is shown is called old
const SILENT = 10000; // the server tells the time every 4 s
const LONGEST = 30000; // between two tries
const HELD = 10000; // a list under the pointer
const HIDDEN = 60000; // a tab that nobody sees
const TITLED = 30000; // between two titles
const LISTED = 30000; // between two looks at the table of sites

const root = document.documentElement;
const find = (selector) => document.querySelector(selector);
const live = () => document.getElementById("live");

let source = null;
let told = ""; // the last strip, as it came
let said = ""; // what was announced of it
let tries = 0;
let timers = {};
let heard = performance.now();
let clock = 0; // seconds of the site's day at `heard`
let titled = -TITLED;
let pointed = null; // the list under the pointer

function later(name, wait, act) {
  clearTimeout(timers[name]);
  timers[name] = act && setTimeout(act, wait);
}

function address() {
  const url = new URL(live().dataset.stream, location);
  url.search = location.search;
  return url.href;
}

function open() {
  later("retry");
  source?.close();
  source = null;
  if (!live()?.dataset.stream) return;
  later("silence", SILENT, lost);
  source = new EventSource(address());
  source.onmessage = ({ data }) => {
    hear();
    told = data;
    show();
  };
  source.addEventListener("time", ({ data }) => hear(data));
  source.onerror = lost;
}

function close() {
  source?.close();
  source = null;
  for (const name of ["silence", "stale", "retry"]) later(name);
}

function hear(time) {
  const now = performance.now();
  clock = time ? seconds(time) : clock + (now - heard) / 1000;
  heard = now;
  tries = 0;
  later("silence", SILENT, lost);
  later("stale");
  if (root.dataset.live === "stale") {
    const paused = find("#live .paused");
    if (paused) paused.hidden = true;
    announce("Live again.");
  }
  root.dataset.live = "on";
  const until = find("#until");
  if (until) until.textContent = time || written(clock);
}

function lost() {
  source?.close();
  source = null;
  later("silence");
  if (!timers.stale && root.dataset.live !== "stale") {
    later("stale", Math.max(0, STALE - (performance.now() - heard)), stale);
  }
  later("retry", Math.min(LONGEST, 1000 * 2 ** tries++) * (0.75 + Math.random() / 2), open);
}

function stale() {
  root.dataset.live = "stale";
  const paused = find("#live .paused");
  const text = `Paused, last data ${written(clock)}`;
  if (paused) {
    paused.textContent = text;
    paused.hidden = false;
  }
  document.title = document.title.replace(/^[^·]* now · /, "");
  announce(`${text}.`);
}

// A list is let alone while it holds the focus, or for a while under the pointer.
function isHeld(element) {
  if (!element.classList?.contains("list")) return false;
  return element.contains(document.activeElement) || (pointed?.id === element.id && !pointed.waited);
}

function show() {
  const old = live();
  if (!old || !told) return;
  Idiomorph.morph(old, told, {
    morphStyle: "outerHTML",
    callbacks: { beforeNodeMorphed: (element, now) => !isHeld(element) && !element.isEqualNode(now) },
  });
  const strip = live();
  if (strip.dataset.said && strip.dataset.said !== said) {
    said = strip.dataset.said;
    announce(said);
    visit(location.href, { push: false, quiet: true });
  }
  title();
}

function title() {
  const next = live()?.dataset.title;
  const now = performance.now();
  if (!next || root.dataset.live === "stale" || now - titled < TITLED) return;
  titled = now;
  document.title = next;
}

function spoken() {
  const text = (element) => element.textContent.trim().replace(/\s+/g, " ");
  const lists = [...document.querySelectorAll("#live .list")].map((list) => {
    const rows = [...list.querySelectorAll("li, .none")].map(text).join(", ");
    return `${text(list.querySelector("h2"))}: ${rows}.`;
  });
  return [`${text(find("#live .here"))} here now, ${text(find("#live .active"))}.`, ...lists].join(" ");
}

function seconds(time) {
  const [hours, minutes, rest] = time.split(":").map(Number);
  return hours * 3600 + minutes * 60 + rest;
}

function written(whole) {
  const at = Math.floor(whole) % 86400;
  return [at / 3600, (at / 60) % 60, at % 60].map((part) => String(Math.floor(part)).padStart(2, "0")).join(":");
}

function leave() {
  later("pointer");
  if (!pointed) return;
  pointed = null;
  show();
}

document.addEventListener("pointerover", (event) => {
  const list = event.pointerType === "mouse" ? event.target.closest?.("#live .list") : null;
  if (list?.id === pointed?.id) return;
  leave();
  if (!list) return;
  pointed = { id: list.id, waited: false };
  later("pointer", HELD, () => {
    if (pointed) pointed.waited = true;
    show();
  });
});
root.addEventListener("pointerleave", leave);
document.addEventListener("focusout", (event) => {
  if (event.target.closest?.("#live .list")) setTimeout(show);
});

document.addEventListener("click", async (event) => {
  if (event.target.closest?.(".announce")) announce(spoken());
  const copy = event.target.closest?.("[data-copies]");
  if (!copy) return;
  const from = document.getElementById(copy.dataset.copies);
  try {
    await navigator.clipboard.writeText(from.textContent);
    announce("Copied.");
    copy.dataset.done = "Copied";
    setTimeout(() => delete copy.dataset.done, 2000);
  } catch {
    getSelection().selectAllChildren(from);
    announce("Selected: copy it with the keyboard.");
  }
});

document.addEventListener("visibilitychange", () => {
  if (document.hidden) {
    later("hidden", HIDDEN, close);
  } else {
    later("hidden");
    if (!source) open();
  }
});
addEventListener("pagehide", close);
addEventListener("pageshow", (event) => event.persisted && open());
addEventListener("online", () => !source && open());

// The rows lead to the report as its address is now.
onMorph(() => {
  titled = -TITLED;
  title();
  if (source && source.url !== address()) later("retry", 300, open);
});

if (live()) {
  const until = find("#until");
  if (until) clock = seconds(until.textContent);
  root.dataset.live = "on";
  title();
  open();
}

// The table of sites is looked at again; not while somebody is in it.
async function look() {
  const old = document.getElementById("sites");
  if (document.hidden || old.matches(":hover, :focus-within")) return;
  const response = await fetch(location.href).catch(() => null);
  if (!response?.ok || response.redirected) return;
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html").getElementById("sites");
  if (fresh) Idiomorph.morph(old, fresh, { morphStyle: "outerHTML" });
}

if (document.getElementById("sites")) setInterval(look, LISTED);
