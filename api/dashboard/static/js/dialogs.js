// Fields of dialogs: suggestions as they are typed into, lists that are searched while typing, and focus that stays with
// what was moved. Without this module they are forms.

import { closeDialog, onMorph, visit } from "./nav.js";

const LOOK_AFTER = 150;
const SEARCH_AFTER = 300;
const SAY_AFTER = 500;
/** What a suggestion does not depend on. */
const OWN = new Set(["value", "step", "was", "how", "key", "dimension"]);

const dialog = () => document.getElementById("dialog");

let timer = 0;
let saying = 0;
let box = null;
let focus = null;

function say(text) {
  clearTimeout(saying);
  saying = setTimeout(() => {
    const line = document.getElementById("dialog-status");
    if (line) line.textContent = text;
  }, SAY_AFTER);
}

// --- Comboboxes

/** A field with its listbox; one at a time. */
class Box {
  constructor(input, Combobox) {
    this.input = input;
    this.turn = null;
    this.list = document.createElement("ul");
    this.list.id = "options";
    this.list.className = "options";
    this.list.hidden = true;
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", "Suggestions");
    this.list.setAttribute("data-kept", "");
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("combobox-commit", ({ target }) => this.choose(target));
    input.after(this.list);
    this.keys = new Combobox(input, this.list);
    this.typed = () => {
      clearTimeout(timer);
      timer = setTimeout(() => this.look(), LOOK_AFTER);
    };
    this.pressed = (event) => {
      if (event.key === "Escape" && !this.list.hidden) {
        event.preventDefault();
        event.stopPropagation();
        this.hide();
      } else if (event.key === "ArrowDown" && this.list.hidden) {
        event.preventDefault();
        this.look();
      }
    };
    input.addEventListener("input", this.typed);
    input.addEventListener("keydown", this.pressed);
  }

  async look() {
    this.turn?.abort();
    this.turn = new AbortController();
    const { form } = this.input;
    const asked = new URLSearchParams([...new FormData(form)].filter(([name]) => !OWN.has(name)));
    asked.set("dimension", form.dataset.dimension ?? form.elements.dimension.value);
    asked.set("q", this.input.value);
    try {
      const response = await fetch(`${form.dataset.combobox}?${asked}`, { signal: this.turn.signal });
      if (response.ok) this.show(new DOMParser().parseFromString(await response.text(), "text/html").body);
      else this.hide();
    } catch (error) {
      if (error.name !== "AbortError") this.hide();
    }
  }

  show(found) {
    if (box !== this || document.activeElement !== this.input) return;
    this.keys.stop();
    this.list.replaceChildren(...found.querySelectorAll("[role=option]"));
    const count = this.list.children.length;
    this.list.hidden = count === 0;
    if (count) this.keys.start();
    say(count === 1 ? "1 suggestion" : `${count || "No"} suggestions`);
  }

  hide() {
    clearTimeout(timer);
    this.turn?.abort();
    this.keys.stop();
    this.list.hidden = true;
  }

  choose(option) {
    this.input.value = option.dataset.value;
    this.hide();
    another(this.input);
  }

  remove() {
    this.hide();
    this.keys.destroy();
    this.input.removeEventListener("input", this.typed);
    this.input.removeEventListener("keydown", this.pressed);
    this.list.remove();
  }
}

async function attach(input) {
  const before = input.value;
  const { default: Combobox } = await import("../vendor/combobox-nav/index.js");
  if (document.activeElement !== input || box?.input === input) return;
  box?.remove();
  box = new Box(input, Combobox);
  if (!before || input.value !== before) await box.look(); // what is typed does not wait for a module
}

function focused({ target }) {
  if (target.matches(".combobox > input")) attach(target);
}

document.addEventListener("focusin", focused);

document.addEventListener("focusout", ({ target }) => {
  if (box?.input !== target) return;
  box.remove();
  box = null;
});

// --- The filter dialog

/** Keep an empty field for one more value. */
function another(input) {
  const last = input.closest(".values")?.lastElementChild;
  if (!last || last !== input.parentElement || !input.value) return;
  const more = last.cloneNode(true);
  for (const extra of more.querySelectorAll(":not(input)")) extra.remove();
  const field = more.firstElementChild;
  const number = last.parentElement.querySelectorAll("input").length + 1;
  field.value = "";
  field.id = `filter-value-${number}`;
  field.setAttribute("aria-label", `Value ${number}`);
  for (const name of ["role", "aria-controls", "aria-expanded", "aria-autocomplete", "aria-haspopup", "aria-activedescendant"]) {
    field.removeAttribute(name);
  }
  last.after(more);
}

function arrange() {
  const form = dialog()?.querySelector(".filter-form");
  if (!form) return;
  form.querySelector(".filter-key").hidden = form.elements.dimension.value !== "property";
}

document.addEventListener("change", ({ target }) => {
  if (target.id !== "filter-dimension") return;
  arrange();
  for (const input of target.form.querySelectorAll(".values input")) input.value = "";
});

document.addEventListener("input", ({ target }) => {
  if (target.name === "value") another(target);
  const form = target.closest("form[data-live]");
  if (!form) return;
  clearTimeout(timer);
  timer = setTimeout(() => form.requestSubmit(), SEARCH_AFTER);
});

// --- Forms whose answer is an address of the report

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-combobox]")) return;
  event.preventDefault();
  const by = event.submitter;
  const url = new URL(form.action);
  url.search = new URLSearchParams([...new FormData(form, by)]).toString();
  if (by?.name === "do") focus = after(by.value);
  else if (form.id === "funnel-form") focus = [document.activeElement?.id || "step-1"];
  visit(url.href, { replace: true });
});

/** Where focus goes once a step was moved: with the step, to what can still be done with it. */
function after(what) {
  const [verb, text] = what.split(":");
  const number = Number(text);
  if (verb === "up") return [`up-${number - 1}`, `down-${number - 1}`];
  if (verb === "down") return [`down-${number + 1}`, `up-${number + 1}`];
  if (verb === "remove") return [`remove-${number}`, `step-${number}`, `step-${number - 1}`];
  return ["empty"];
}

/** A form that is shown again has focus where it is wrong. */
function mend() {
  dialog()?.querySelector("[aria-invalid=true]")?.focus();
}

onMorph(() => {
  arrange();
  mend();
  for (const id of focus ?? []) {
    const empty = () => [...document.querySelectorAll("#funnel-form input[name=step]")].find((input) => !input.value);
    const found = id === "empty" ? empty() : document.getElementById(id);
    if (!found || found.disabled) continue;
    found.focus();
    break;
  }
  focus = null;
});

// --- The dialog itself

document.addEventListener("click", (event) => {
  const open = dialog();
  if (event.target !== open || !open?.matches(":modal")) return;
  const { left, right, top, bottom } = open.getBoundingClientRect();
  const inside = event.clientX >= left && event.clientX <= right && event.clientY >= top && event.clientY <= bottom;
  if (!inside) closeDialog();
});

// Letters are shortcuts of rows in a dialog too; those of the report sleep behind it.
document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
  if (document.documentElement.dataset.shortcuts === "off" || !["x", "o"].includes(event.key)) return;
  if (event.target.matches("input, select, textarea")) return;
  const action = event.target.closest("#dialog tr, #dialog li")?.querySelector(`[data-key="${event.key}"]`);
  if (!action) return;
  event.preventDefault();
  action.click();
});

arrange();
mend();
focused({ target: document.activeElement }); // a dialog that was open from the beginning
