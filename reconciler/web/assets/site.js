"use strict";
// Pages work without any of this: it only spares a reader what a form would do with a whole page.

// what had the focus has it still: the same thing in the part that came, else the part itself
function refocus(active, part) {
  const alike = (one) => one.name === active.name && one.tagName === active.tagName && !one.disabled
    && (one.tagName === "BUTTON" ? one.textContent === active.textContent : one.value === active.value);
  const found = [...part.querySelectorAll(active.tagName)].find(alike) ?? part;
  if (found === part) part.tabIndex = -1;
  found.focus({ preventScroll: true });
}

function take(text, parts) {
  const page = new DOMParser().parseFromString(text, "text/html");
  for (const name of parts) {
    const [old, found] = [document.getElementById(name), page.getElementById(name)];
    if (!old || !found) continue;
    const active = old.contains(document.activeElement) ? document.activeElement : null;
    old.replaceWith(document.adoptNode(found));
    if (active) refocus(active, found);
  }
}

async function ask(url, options = {}) {
  const answer = await fetch(url, { headers: { "X-Part": "1" }, ...options });
  const elsewhere = answer.redirected && new URL(answer.url).pathname !== location.pathname;
  if (!answer.ok || elsewhere) {
    location.assign(elsewhere ? answer.url : location.href);
    return null;
  }
  return { text: await answer.text(), url: answer.url };
}

const address = () => location.pathname + location.search;
let here = address();

let looking = 0;
async function show(url, parts) {
  const turn = ++looking;
  const answer = await ask(url);
  if (answer === null || turn !== looking) return;
  take(answer.text, parts);
  document.documentElement.dataset.shown = String(turn);
}

// a form that looks for something, or a part of one with an address of its own: while one types, the parts named in
// data-live are those of its answer
const LATER = 150;

function question(part) {
  const url = new URL(part.dataset.address ?? part.action, location.href);
  const names = new Set([...part.querySelectorAll("[name]")].map((field) => field.name));
  const said = new FormData(part.closest("form"));
  url.search = new URLSearchParams([...said].filter(([name, value]) => names.has(name) && value !== "")).toString();
  return url;
}

let waiting = 0;
async function look(part) {
  const url = question(part);
  history.replaceState(null, "", url);
  here = address();
  try {
    await sending;
    await show(url, part.dataset.live.split(" "));
  } catch {
    location.assign(url);
  }
}

// ticks of a form with data-ticks are sent as they are made, one time after the other, and the parts named there are
// those of the answer; what is not sent yet goes along with the next
const unsent = new Set();
let sending = Promise.resolve();
let last = null;

async function send(form) {
  const boxes = [...unsent];
  if (boxes.length === 0) return;
  unsent.clear();
  const said = new URLSearchParams({ csrf: form.elements.csrf.value, do: "tick" });
  for (const box of boxes) {
    said.append("shown", box.value);
    if (box.checked) said.append("tick", box.value);
  }
  try {
    const answer = await ask(form.action, { method: "POST", body: said, keepalive: true });
    if (answer !== null) take(answer.text, form.dataset.ticks.split(" "));
  } catch {
    // the connection is gone for a moment: every button of the form sends them too
    for (const box of boxes) unsent.add(box);
  }
}

document.addEventListener("click", (event) => {
  const box = event.target;
  if (box.name !== "tick" || box.form?.dataset.ticks === undefined) return;
  const boxes = [...box.form.querySelectorAll("input[name=tick]")];
  const [here, there] = [boxes.indexOf(box), event.shiftKey ? boxes.indexOf(last) : -1];
  const [from, to] = there < 0 ? [here, here] : [Math.min(here, there), Math.max(here, there)];
  for (const one of boxes.slice(from, to + 1)) {
    one.checked = box.checked;
    unsent.add(one);
  }
  last = box;
  sending = sending.then(() => send(box.form));
});

// a button inside data-parts sends its form, and of the page that this leads to, which is the same one, these parts are
// shown; it may be the button itself that has them. What is pressed meanwhile waits for that
let pressing = null;

async function press(form, button) {
  const parts = button.closest("[data-parts]").dataset.parts.split(" ");
  await sending;
  const said = new URLSearchParams(new FormData(form, button));
  const sent = [...unsent].filter((box) => form.contains(box));
  const turn = ++looking;
  try {
    const get = form.method === "get";
    const answer = await (get ? ask(`${form.action}?${said}`) : ask(form.action, { method: "POST", body: said }));
    if (answer === null || turn !== looking) return;
    for (const box of sent) unsent.delete(box);
    history.pushState(null, "", answer.url);
    here = address();
    take(answer.text, parts);
    if (button.name === "to-page") document.getElementById(parts[0]).scrollIntoView();
    document.documentElement.dataset.shown = String(turn);
  } catch {
    form.dataset.whole = "1";
    setTimeout(() => form.requestSubmit(button));
  }
}
// what was pressed meanwhile may have been replaced by its like
function pressAgain(button) {
  const alike = (one) => one.name === button.name && one.value === button.value && one.textContent === button.textContent;
  const found = button.isConnected ? button : [...document.querySelectorAll("button")].find(alike);
  found?.form?.requestSubmit(found);
}

// back to another page of a list; a link within the page changes what stands behind its # alone
addEventListener("popstate", () => {
  if (address() !== here) location.reload();
});

document.addEventListener("input", (event) => {
  const part = event.target.closest("[data-live]");
  if (!part) return;
  clearTimeout(waiting);
  waiting = setTimeout(look, LATER, part);
});
document.addEventListener("submit", (event) => {
  const form = event.target;
  const button = event.submitter;
  const part = (button ?? form).closest("[data-live]");
  if (pressing && button) {
    event.preventDefault();
    pressing.then(() => pressAgain(button));
  } else if (part) {
    event.preventDefault();
    clearTimeout(waiting);
    look(part);
  } else if (button?.closest("[data-parts]") && !form.dataset.whole) {
    event.preventDefault();
    pressing = press(form, button).finally(() => { pressing = null; });
  } else if (form.dataset.once !== undefined) {
    // what is sent once is not sent again by a second click; the server would know it again anyway
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
    for (const button of form.querySelectorAll("button")) button.setAttribute("aria-disabled", "true");
  }
});
addEventListener("pageshow", (event) => {
  // back from the next page: the form may be sent again
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("[aria-disabled]")) button.removeAttribute("aria-disabled");
  }
});

// a part that is not final yet is looked at again until it is, at an address of its own where it has one; not while
// nobody sees the page, nor does looking count as using it
const waited = new Set();

async function again(name) {
  waited.delete(name);
  const part = document.getElementById(name);
  if (part?.dataset.again && !document.hidden) {
    try {
      await renew(part);
    } catch {
      // the connection is gone for a moment: the next look may find it
    }
  }
  watch();
}

async function renew(part) {
  const answer = await fetch(part.dataset.from ?? location.href, { headers: { "X-Part": "again" } });
  if (!answer.ok || answer.redirected) {
    // such as a session that is over: a page that waits for something says so, others go on until they are used
    if (part.dataset.from) delete part.dataset.again;
    else if (answer.redirected) location.reload();
    return;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const found = page.getElementById(part.id);
  if (!found || found.isEqualNode(part) || !part.isConnected) return;
  part.replaceWith(document.adoptNode(found));
}

function watch() {
  for (const part of document.querySelectorAll("[data-again]")) {
    if (waited.has(part.id)) continue;
    waited.add(part.id);
    setTimeout(again, Number(part.dataset.again), part.id);
  }
}
watch();
document.documentElement.dataset.ready = "1";
