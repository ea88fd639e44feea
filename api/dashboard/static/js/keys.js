// Letters are shortcuts: each presses what it stands beside. They can be switched off, and none of them fires in a field,
// together with Ctrl, Alt or Meta, or behind a dialog.

import { announce } from "./nav.js";

const TWICE_WITHIN = 1_500;
const SAME = { "/": "f" };
const OF_ROWS = ["x", "o"];

let clearing = 0;

const find = (root, key) => root?.querySelector(`[data-key="${CSS.escape(key)}"]`);

/** Whether a key would be typed there; a field that was closed a moment ago may still have the focus. */
function types(element) {
  if (!element.checkVisibility()) return false;
  return element.isContentEditable || element.matches("textarea, select, input:not([type=range], [type=checkbox], [type=radio])");
}

function press(element) {
  const popover = element.closest("[popover]");
  if (element.tagName === "INPUT") {
    popover?.showPopover();
    element.focus();
  } else element.click();
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  if (document.documentElement.dataset.shortcuts === "off" || types(event.target)) return;
  if (document.querySelector(":modal") || event.repeat) return;
  const key = SAME[event.key] ?? event.key;
  const row = OF_ROWS.includes(key) ? event.target.closest("tr, li") : document;
  const element = find(row, key);
  if (!element) return;
  if (key === "Backspace") {
    const first = event.timeStamp - clearing > TWICE_WITHIN;
    clearing = event.timeStamp;
    if (first) return announce("Backspace again takes all filters away.");
  }
  event.preventDefault();
  press(element);
});
