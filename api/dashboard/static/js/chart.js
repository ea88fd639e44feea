// The chart is read point by point: a native slider for keys, the pointer for whoever has one. What is read are the rows
// of the table below it, so the line above the chart and the table cannot differ.

import { isIdle, onMorph, visit } from "./nav.js";

const MOVED = 6;
const LATE = 1_000;
const LATEST = 30_000;

const known = new WeakSet(); // what has been listened to: a morph keeps it
let rows = [];
let at = null; // the point that is read
let anchor = null; // where a span began
let late = 0; // the timer, and how long it waits
let wait = LATE;
let down = null; // the pointer that is pressed

const figure = () => document.getElementById("chart");
const part = (selector) => figure()?.querySelector(selector);
const link = (place) => rows[place].querySelector("a");

function setUp() {
  rows = [...(figure()?.querySelectorAll(".values tbody tr") ?? [])];
  const [canvas, reader] = [part(".canvas"), part(".reader")];
  if (!reader || !rows.length) return;
  if (!known.has(canvas)) listen(canvas, reader);
  known.add(canvas);
  anchor = down = null;
  if (document.activeElement === reader) return read(Math.min(at ?? rows.length - 1, rows.length - 1));
  reader.value = reader.max;
  describe(rows.length - 1);
  leave();
}

function listen(canvas, reader) {
  canvas.addEventListener("pointerdown", press);
  canvas.addEventListener("pointermove", move);
  canvas.addEventListener("pointerup", release);
  canvas.addEventListener("pointercancel", () => { down = anchor = null; });
  // A finger that is lifted leaves too, and what was read is there to be tapped.
  figure().addEventListener("pointerleave", (event) => {
    if (event.pointerType === "mouse" && document.activeElement !== reader) leave();
  });
  reader.addEventListener("input", () => { anchor = null; read(reader.valueAsNumber); });
  reader.addEventListener("focus", () => read(reader.valueAsNumber));
  reader.addEventListener("blur", leave);
  reader.addEventListener("keydown", keys);
}

/** The line that is read, as nodes: what, how much, and how much before. */
function line(place) {
  const [name, value, before, change] = rows[place].cells;
  const metric = part("thead th:nth-child(2)").textContent.toLowerCase();
  const told = value.dataset.v ? `${value.textContent} ${metric}` : value.textContent;
  const nodes = [link(place).cloneNode(true), told];
  if (before?.dataset.v) {
    const sample = document.createElement("span");
    sample.className = "sample";
    const was = document.createElement("span");
    was.append(sample, ...[...before.childNodes].map((node) => node.cloneNode(true)));
    nodes.push(was, ...[...change.childNodes].map((node) => node.cloneNode(true)));
  }
  return nodes;
}

function describe(place) {
  const box = document.createElement("p");
  for (const node of line(place)) box.append(node, ", ");
  part(".reader").setAttribute("aria-valuetext", box.textContent.replace(/\s+/g, " ").replace(/, $/, ""));
}

function read(place) {
  at = place;
  const reader = part(".reader");
  reader.value = place;
  describe(place);
  const box = part(".reading");
  const [name, value, ...others] = line(place);
  const rest = document.createElement("span");
  rest.className = "rest";
  rest.append(...others.flatMap((node) => [node, " "]));
  if (reader.dataset.note) rest.append(noteLink(reader, rows[place].dataset));
  box.replaceChildren(name, " ", value, " ", rest);
  part(".key").hidden = true;
  box.hidden = false;
  draw();
}

function noteLink(reader, { day, date }) {
  const link = document.createElement("a");
  const url = new URL(reader.dataset.note, location.href);
  const which = document.createElement("span");
  url.searchParams.set("of", day);
  which.textContent = ` to ${date}`;
  link.href = url.href;
  link.className = "note-link";
  link.dataset.opens = "";
  link.append("Add a note", which);
  return link;
}

function leave() {
  at = anchor = null;
  if (!part(".key")) return;
  part(".key").hidden = false;
  part(".reading").hidden = true;
  part(".cursor").setAttribute("visibility", "hidden");
}

function draw() {
  const { top, places } = figure().dataset;
  const across = (place) => (place / places) * 100;
  const set = (selector, given) => {
    for (const [name, value] of Object.entries(given)) part(`.cursor ${selector}`).setAttribute(name, value);
  };
  const x = `${across(at + 0.5)}%`;
  set(".at", { x1: x, x2: x });
  for (const [selector, cell] of [[".is", rows[at].cells[1]], [".was", rows[at].cells[2]]]) {
    const value = cell?.dataset.v;
    set(selector, { cx: x, cy: `${100 - ((value ?? 0) / top) * 100}%`, visibility: value ? "inherit" : "hidden" });
  }
  const [first, last] = chosen();
  set(".span", { x: `${across(first)}%`, width: `${anchor === null ? 0 : across(last + 1 - first)}%` });
  part(".cursor").setAttribute("visibility", "visible");
}

const chosen = () => (anchor === null || anchor < at ? [anchor ?? at, at] : [at, anchor]);

/** Show what is chosen by itself: one point, or the days from the first of a span to its last. */
function open() {
  const [first, last] = chosen();
  const [url, until] = [link(first), link(last)].map((found) => new URL(found.href));
  if (first !== last && until.searchParams.has("to")) url.searchParams.set("to", until.searchParams.get("to"));
  visit(url.href);
}

function placeOf(event) {
  const box = part(".canvas").getBoundingClientRect();
  const place = Math.floor(((event.clientX - box.left) / box.width) * figure().dataset.places);
  return Math.max(0, Math.min(place, rows.length - 1));
}

function press(event) {
  if (event.button) return;
  down = { x: event.clientX, place: placeOf(event), mouse: event.pointerType === "mouse" };
  if (down.mouse) part(".canvas").setPointerCapture(event.pointerId);
  read(down.place);
}

function move(event) {
  const place = placeOf(event);
  if (down?.mouse && Math.abs(event.clientX - down.x) > MOVED) anchor = down.place;
  if (place !== at || anchor !== null) read(place);
}

function release(event) {
  const pressed = down;
  down = null;
  if (pressed?.mouse && event.button === 0) open();
  anchor = null;
}

function keys(event) {
  const step = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
  if (event.key === "Enter") {
    event.preventDefault();
    open();
  } else if (event.key === "Escape" && anchor !== null) {
    event.preventDefault();
    anchor = null;
    draw();
  } else if (event.shiftKey && step) {
    event.preventDefault();
    const to = Math.max(0, Math.min(at + step, rows.length - 1));
    anchor ??= at;
    read(to);
  }
}

/** What took too long is there when it is looked at again. */
function lookAgain() {
  clearTimeout(late);
  if (!document.querySelector("#report [data-late]")) {
    wait = LATE;
    return;
  }
  late = setTimeout(() => {
    if (isIdle()) visit(location.href, { push: false, quiet: true });
    else lookAgain();
  }, wait);
  wait = Math.min(2 * wait, LATEST);
}

onMorph(setUp);
onMorph(lookAgain);
setUp();
lookAgain();
