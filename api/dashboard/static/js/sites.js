// Where there are many sites, the picker is searched while typing; without this module it is a list of links.

import Combobox from "../vendor/combobox-nav/index.js";
import { announce } from "./nav.js";

const SAY_AFTER = 500;

const picker = document.getElementById("site-picker");
let keys = null;
let saying = 0;

function narrow(input, items) {
  const typed = input.value.trim().toLowerCase();
  for (const item of items) item.hidden = !item.textContent.toLowerCase().includes(typed);
  keys?.clearSelection();
  clearTimeout(saying);
  saying = setTimeout(() => {
    const count = items.filter((item) => !item.hidden).length;
    announce(count === 1 ? "1 site" : `${count} sites`);
  }, SAY_AFTER);
}

picker?.addEventListener("toggle", (event) => {
  const [input, list] = [picker.querySelector("input"), picker.querySelector("ul")];
  keys?.destroy();
  keys = null;
  if (event.newState !== "open" || !input) return;
  const items = [...list.children];
  list.setAttribute("role", "listbox");
  for (const item of items) {
    item.setAttribute("role", "presentation");
    item.querySelector("a").setAttribute("role", "option");
  }
  input.parentElement.hidden = false;
  input.value = "";
  input.oninput = () => narrow(input, items);
  for (const item of items) item.hidden = false;
  keys = new Combobox(input, list);
  keys.start();
  input.focus();
});
