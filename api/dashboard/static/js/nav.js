// Links and forms of the report change it in place: the same addresses, asked for as fragments. Without this module the
// browser follows them, and all is the same but for the wait.

const FRAGMENT = "text/html; fragment=report";
const BUSY_AFTER = 150;
const REFRESH_EVERY = 60_000;
const STATUS_AFTER = 50;
const FIELDS = "input, select, textarea";

const morphed = [];
let running = null;
let statusTimer = 0;

const byId = (id) => document.getElementById(id);
const report = () => byId("report");

/** Call `fn` after the report has changed. */
export function onMorph(fn) {
  morphed.push(fn);
}

/** Whether nothing is being asked for, typed or chosen, so that the report may be looked at again. */
export function isIdle() {
  const held = document.activeElement?.closest("#dialog, [popover], form") || document.querySelector("[popover]:popover-open, :modal");
  return !document.hidden && !running && !held;
}

/** Say a sentence to whoever cannot see what changed. */
export function announce(text) {
  const line = byId("status");
  if (!line || !text) return;
  clearTimeout(statusTimer);
  line.textContent = "";
  statusTimer = setTimeout(() => { line.textContent = text; }, STATUS_AFTER);
}

/**
 * Whether there is nothing to change in a part. To compare it makes no nodes; to morph it makes one of each attribute,
 * which stays as long as the part. What fields hold is not in their attributes.
 */
function isSame(node, now) {
  return node.isEqualNode(now) && !node.matches?.(FIELDS) && !node.querySelector?.(FIELDS);
}

/** Make `old` what `fresh` is, keeping focus, open details and what is being typed. */
export function morph(old, fresh) {
  globalThis.Idiomorph.morph(old, fresh, {
    morphStyle: "outerHTML",
    // Of what is being typed the text stays; of anything else with focus all inside would, too.
    ignoreActiveValue: Boolean(document.activeElement?.matches("input, textarea, select")),
    callbacks: {
      beforeNodeMorphed: (node, now) => !isSame(node, now),
      beforeAttributeUpdated: (name, node) => name !== "open" || node.tagName !== "DETAILS",
      beforeNodeRemoved: (node) => !(node.nodeType === 1 && node.hasAttribute("data-kept")),
    },
  });
}

/**
 * Show what an address says.
 *
 * @param {string} url
 * @param {{replace?: boolean, push?: boolean, opened?: boolean, quiet?: boolean, says?: string}} [how]
 *   `replace` the address instead of pushing it; `push: false` leaves it alone; `opened` marks a dialog that Back closes;
 *   `quiet` neither dims nor announces; `says` is announced once it is there.
 */
export async function visit(url, how = {}) {
  running?.abort();
  const turn = new AbortController();
  running = turn;
  const busy = how.quiet ? 0 : setTimeout(() => setBusy(true), BUSY_AFTER);
  try {
    const response = await fetch(url, { headers: { Accept: FRAGMENT }, signal: turn.signal });
    if (response.status === 401) return await signIn(url);
    if (response.status === 429 || response.status === 503) return await later(response, url, how, turn);
    if (!response.ok && response.status !== 422) return trouble(url, how); // 422 is a form that says what is wrong
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
    if (turn.signal.aborted) return undefined;
    if (!fresh.getElementById("report")) return location.assign(url);
    return show(fresh, withHash(response.url, url), response.ok ? how : { ...how, push: false });
  } catch (error) {
    if (error.name !== "AbortError") trouble(url, how);
    return undefined;
  } finally {
    clearTimeout(busy);
    if (running === turn) {
      running = null;
      setBusy(false);
    }
  }
}

function show(fresh, url, how) {
  const open = byId("dialog");
  if (open && !fresh.getElementById("dialog")) shut(open);
  record(url, how);
  const held = report().contains(document.activeElement);
  if (fresh.title && !byId("live")) document.title = fresh.title;
  for (const id of ["header", "report", "footer"]) {
    const [old, now] = [byId(id), fresh.getElementById(id)];
    if (old && now) morph(old, now);
  }
  openDialog();
  // What had focus is gone with its row: go on from the top of the report, not of the page.
  if (held && document.activeElement === document.body) report().querySelector(".pickers")?.focus({ preventScroll: true });
  for (const fn of morphed) fn(report());
  if (new URL(url).hash === "#report") report().scrollIntoView();
  if (!how.quiet) announce([how.says, report().dataset.says].filter(Boolean).join(". "));
}

function record(url, how) {
  if (how.push === false) return;
  const state = { opened: Boolean(how.opened), y: scrollY };
  if (how.replace || url === location.href) history.replaceState({ ...history.state, ...state, opened: history.state?.opened }, "", url);
  else history.pushState(state, "", url);
}

function withHash(answered, asked) {
  const url = new URL(answered, location.href);
  url.hash = new URL(asked, location.href).hash;
  return url.href;
}

function setBusy(is) {
  report()?.setAttribute("aria-busy", String(is));
  const bar = document.querySelector(".loading");
  if (is && !bar) {
    const made = document.createElement("div");
    made.className = "loading";
    document.body.append(made);
  } else if (!is) bar?.remove();
}

function trouble(url, how) {
  if (how.quiet) return;
  document.querySelector(".trouble")?.remove();
  const line = document.createElement("p");
  const again = document.createElement("a");
  line.className = "trouble";
  again.href = url;
  again.textContent = "Try again";
  line.append("Could not load. ", again);
  report()?.prepend(line);
  announce("Could not load.");
}

/** Too many requests, or the server is busy: wait as long as it says, and say so. */
async function later(response, url, how, turn) {
  const seconds = Number(response.headers.get("Retry-After")) || 5;
  if (!how.quiet) {
    trouble(url, how);
    const why = response.status === 429 ? "Too many requests" : "The server is busy";
    document.querySelector(".trouble").firstChild.textContent = `${why}: again in ${seconds} s. `;
    announce(`${why}: again in ${seconds} seconds.`);
  }
  setBusy(false);
  await new Promise((done) => { setTimeout(done, seconds * 1_000); });
  if (!turn.signal.aborted) await visit(url, how);
}

/** The session has ended: sign in over the report, then the same address again. */
async function signIn(url) {
  const { pathname, search } = new URL(url, location.href);
  const response = await fetch(`/sign-in?next=${encodeURIComponent(pathname + search)}`);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const form = page.querySelector('form[action="/sign-in"]');
  if (!form || byId("sign-in-dialog")) return location.assign(url);
  const dialog = document.createElement("dialog");
  const heading = document.createElement("h2");
  dialog.id = "sign-in-dialog";
  dialog.className = "dialog";
  dialog.setAttribute("aria-labelledby", "sign-in-title");
  heading.id = "sign-in-title";
  heading.textContent = "Sign in again";
  dialog.append(heading, document.adoptNode(form));
  document.body.append(dialog);
  reveal(dialog);
  dialog.showModal();
  dialog.addEventListener("close", () => dialog.remove());
  return undefined;
}

/** A dialog of the server's is modal where scripts run; closing it is going where the report stands without it. */
function openDialog() {
  const dialog = byId("dialog");
  if (!dialog || dialog.matches(":modal")) return;
  dialog.removeAttribute("open");
  dialog.showModal();
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    closeDialog();
  });
}

function shut(dialog) {
  dialog.close(); // gives focus back to what had it
}

/** Close the dialog that is open. */
export function closeDialog() {
  const dialog = byId("dialog");
  if (!dialog) return;
  if (history.state?.opened) history.back();
  else visit(dialog.dataset.close ?? dialog.querySelector("[data-closes]").href, { replace: true });
}

/** Whether an address is one of this report, so that the page can change in place. */
function isOurs(url) {
  const here = new URL(location.href);
  const doors = [here.pathname, `${here.pathname}filter`, `${here.pathname}funnel`];
  return url.origin === here.origin && doors.includes(url.pathname) && report()
    && url.searchParams.get("site") === here.searchParams.get("site")
    && url.searchParams.get("view") !== "live" && here.searchParams.get("view") !== "live"
    && url.searchParams.get("theme") === here.searchParams.get("theme")
    && !url.searchParams.has("format");
}

function howOf(element, url) {
  const view = (address) => address.searchParams.get("view");
  const here = new URL(location.href);
  const stays = view(url) !== null && view(url) === view(here);
  const opened = view(url) !== null && !stays;
  return { replace: element.dataset.nav === "replace" || stays, opened, says: element.dataset.says };
}

document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  let link = event.target.closest?.("a[href]");
  if (!link || link.target || link.hasAttribute("download") || link.dataset.nav === "off") return;
  if (event.altKey) link = link.closest("tr, li")?.querySelector('[data-key="x"]') ?? link;
  const url = new URL(link.href);
  if (link.closest("#dialog") && link.hasAttribute("data-closes")) {
    event.preventDefault();
    closeDialog();
  } else if (isOurs(url) && !(url.hash && url.search === location.search)) {
    event.preventDefault();
    link.closest("[popover]")?.hidePopover();
    visit(url.href, howOf(link, url));
  }
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  const by = event.submitter;
  if (event.defaultPrevented || (by?.formMethod || form.method) !== "get" || form.dataset.nav === "off") return;
  const url = new URL(form.action);
  const fields = new FormData(form, by);
  url.search = new URLSearchParams([...fields].filter(([, value]) => typeof value === "string")).toString();
  if (!isOurs(url)) return;
  event.preventDefault();
  form.closest("[popover]")?.hidePopover();
  visit(url.href, howOf(form, url));
});

addEventListener("popstate", () => {
  if (report()) visit(location.href, { push: false });
  else location.reload();
});

// What is still growing is looked at again; not while somebody types or chooses.
setInterval(() => {
  if (isIdle() && report()?.hasAttribute("data-open")) visit(location.href, { push: false, quiet: true });
}, REFRESH_EVERY);

/** Give secret fields a button that shows what was typed. */
function reveal(root) {
  for (const input of root.querySelectorAll("input[data-reveal]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Show";
    button.setAttribute("aria-pressed", "false");
    button.addEventListener("click", () => {
      const shows = input.type === "password";
      input.type = shows ? "text" : "password";
      button.textContent = shows ? "Hide" : "Show";
      button.setAttribute("aria-pressed", String(shows));
    });
    input.after(button);
  }
}

reveal(document);
openDialog();
