"use strict";
// Pages work without any of this: it only spares a reader what a form would do with a whole page.

// a form that looks for something: while one types, the parts named in data-live are those of its answer
const LATER = 150;
let looking = 0;

async function show(url, parts, options = {}) {
  const turn = ++looking;
  const answer = await fetch(url, { headers: { "X-Part": "1" }, ...options });
  if (turn !== looking) return;
  if (!answer.ok || answer.redirected) {
    location.assign(answer.redirected ? answer.url : url);
    return;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const name of parts) {
    const [old, found] = [document.getElementById(name), page.getElementById(name)];
    if (old && found) old.replaceWith(document.adoptNode(found));
  }
  document.documentElement.dataset.shown = String(turn);
}

function partsOf(element) {
  return element.dataset.live.split(" ");
}

function question(form) {
  const url = new URL(form.action, location.href);
  const said = new FormData(form);
  url.search = new URLSearchParams([...said].filter(([, value]) => value !== "")).toString();
  return url;
}

let waiting = 0;
function look(form) {
  const url = question(form);
  history.replaceState(null, "", url);
  show(url, partsOf(form));
}

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (!form || form.method !== "get" || !form.dataset.live) return;
  clearTimeout(waiting);
  waiting = setTimeout(look, LATER, form);
});
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method === "get" && form.dataset.live) {
    event.preventDefault();
    clearTimeout(waiting);
    look(form);
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
