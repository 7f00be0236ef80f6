// Fills in the code, counts waits down, and shows our pages in a dialog on the app's own pages, for
//   <form method="post" data-mfa>,  <a href="/mfa/number" data-mfa>
//   and  mfa.fetch(…),  mfa.number(), of import * as mfa from "/mfa/-/mfa.js"

const MOUNT = new URL("..", import.meta.url).href;
const make = (name, properties) => Object.assign(document.createElement(name), properties);
const on = (target, event, then, capture) => target?.addEventListener(event, then, capture);
const isPlain = (event) =>
  !(event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.defaultPrevented);
const canAsk = () => window.HTMLDialogElement?.prototype.showModal;

// Returns the address of one of our pages. Only a path is accepted, so that no other site can be named.
function ours(path, base) {
  const page = String(/^\/[\w~-]/.test(path) && new URL(path, base));
  return page.startsWith(MOUNT) && page;
}

// Gets one of our pages, or posts a form to get one.
function load(url, body) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open(body ? "POST" : "GET", new URL(url, MOUNT));
    request.responseType = "document";
    request.timeout = 60000;
    request.setRequestHeader("Accept", "text/html");
    request.onloadend = () => {
      const { responseURL: url, response } = request;
      const here = url.startsWith(MOUNT);
      const main = here && response?.querySelector("main.mfa");
      resolve({ main, state: main?.dataset?.mfaState, document: response, away: url && !here });
    };
    request.send(body);
  });
}

function enliven(root) {
  // Announce only the end: screen readers must not read every second.
  const countDown = (place, seconds, text, then, each) => {
    const end = Date.now() + seconds * 1000;
    const timer = setInterval(() => {
      const left = Math.ceil((end - Date.now()) / 1000);
      if (left > 0 && place.isConnected) return each?.(left);
      clearInterval(timer);
      if (!place.isConnected) return;
      then();
      for (const told of [place, root.querySelector("[role=status]")]) told.textContent = text;
    }, 250);
  };

  const wait = root.querySelector("[data-mfa-wait]");
  if (wait) {
    // Use the words and digits of the page.
    const forms = JSON.parse(wait.dataset.mfaForms);
    const tick = (left) => left < 90 && wait.firstElementChild.replaceChildren(
      forms[new Intl.PluralRules(wait.closest("[lang]").lang).select(left)]
        .replace("{count}", `${left}`.replace(/\d/g, (d) => forms.digits[d])));
    const block = (disabled) =>
      wait.parentElement.querySelectorAll("button").forEach((button) => (button.disabled = disabled));
    block(true);
    countDown(wait, wait.dataset.mfaWait, wait.dataset.mfaOver, () => block(false), tick);
  }

  const form = root.querySelector("form.mfa-code");
  if (!form) return;
  const otp = new AbortController();
  const { signal } = otp;
  const forget = () => otp.abort();
  const hint = form.querySelector("[data-mfa-expires]");
  countDown(hint, hint.dataset.mfaExpires, hint.dataset.mfaExpired, forget);
  on(root, "submit", forget);
  on(root, "close", forget);
  on(window, "pagehide", forget);
  if (!("OTPCredential" in window)) return;
  navigator.credentials.get({ otp: { transport: ["sms"] }, signal }).then(({ code }) => {
    if (signal.aborted || !/^\d{4,8}$/.test(code)) return;
    form.querySelector("[name=code]").value = code;
    // The browser has asked the user, so the code may be sent at once.
    form.querySelector("button").click();
  }).catch(() => {});
}

let sheet;
const styled = () => new Promise((then) => {
  if (sheet?.isConnected) return then();
  sheet = make("link", { rel: "stylesheet", href: MOUNT + "-/page.css", onload: then, onerror: then });
  document.head.append(sheet);
  setTimeout(then, 2000);
});

// Shows a page in a dialog. Returns 1 after the right code, or 2 after a change of the number, false on cancel, and undefined
// if no dialog can be shown. The page of the number stays open after a change.
async function confirm(page, signal) {
  const first = await load(page);
  if (signal.aborted || !first.main) return;
  if (first.state === "done") return 1;
  const { mfaNumber } = first.main.dataset;
  await styled();
  const { lang, dir } = first.document.documentElement;
  const dialog = make("dialog", { className: "mfa mfa-dialog", lang, dir });
  dialog.setAttribute("aria-labelledby", "mfa-title");
  const box = make("div");
  const status = make("p", { className: "mfa-status", role: "status" });
  dialog.append(status, box);
  const { mfaOffline: textContent } = first.main.dataset;
  const offline = make("p", { className: "mfa-notice", role: "alert", textContent });
  let right = false, busy, watch;
  const show = ({ main, state }) => {
    main.querySelector(".mfa-status")?.remove();
    dialog.dataset.mfaState = state;
    box.replaceChildren(...main.childNodes);
    (box.querySelector("[autofocus]") ?? box.querySelector("h1")).focus();
    const good = box.querySelector(".mfa-good");
    good?.removeAttribute("role");
    status.textContent = good?.textContent ?? "";
    // An accepted recovery code only lets the person enter a new number.
    if (good && state != "change") right = 2;
    enliven(dialog);
  };
  const go = async (url, body, place) => {
    busy = dialog.ariaBusy = true;
    let answer = await load(url, body);
    // After the code to the number on file, a new number can be entered.
    if (mfaNumber && answer.state === "done") answer = await load(page);
    busy = dialog.ariaBusy = null;
    if (!dialog.open) return;
    // After a first number, the same request leads to a code to it.
    const added = answer.main && answer.main.querySelector("[data-mfa-number] .mfa-good");
    // Old browsers do not send Fetch Metadata, and are redirected.
    if (!mfaNumber && (added || answer.state === "done" || answer.away)) {
      right = added ? 2 : 1;
      dialog.close();
    } else if (answer.main) show(answer);
    else place.before(offline);
  };

  // New recovery codes are shown only once, so nothing but their link closes the dialog. Browsers let a page stop Escape
  // only once in a row, so the dialog may have to open again.
  const stays = (event) => {
    if (!dialog.isConnected || !box.querySelector(".mfa-codes")) return;
    event.preventDefault();
    if (!dialog.open) dialog.showModal();
    status.textContent = box.querySelector("h1 + p").textContent;
    box.querySelector("[data-mfa-cancel]").focus();
    return true;
  };
  on(dialog, "cancel", stays);

  on(dialog, "submit", async (event) => {
    event.preventDefault();
    event.stopPropagation();
    if (busy || !dialog.open) return;
    const { target, submitter } = event;
    const data = new FormData(target);
    if (submitter?.name) data.append(submitter.name, submitter.value);
    await go(target.getAttribute("action"), new URLSearchParams(data), target);
    // One of the app's listeners may have disabled it.
    if (submitter) submitter.disabled = false;
  });
  on(dialog, "click", (event) => {
    const link = isPlain(event) && event.target.closest("a");
    if (!link) return;
    if (link.matches("[data-mfa-cancel]")) {
      box.replaceChildren();
      dialog.close();
    }
    else if (link.href.startsWith(MOUNT + (mfaNumber ? "" : "number"))) busy || go(link.href, "", link);
    else return;
    event.preventDefault();
  });
  try {
    // Not in the body, which the app may render again in the meantime.
    document.documentElement.append(dialog);
    dialog.showModal();
    show(first);
    await new Promise((end) => {
      on(dialog, "close", (event) => stays(event) || end());
      on(signal, "abort", end);
      watch = new MutationObserver(() => dialog.isConnected || end((right = undefined)));
      watch.observe(document, { childList: true, subtree: true });
    });
    return right;
  } finally {
    watch?.disconnect();
    dialog.close();
    dialog.remove();
  }
}

// Shows one dialog at a time. Callers with the same requirement, and for the same action, share it, until the last of them
// aborts. Returns more than 1 if the next request may need another dialog.
const asked = new Map();
let last = Promise.resolve();
function confirmed(page, signal) {
  const key = page.split(/.return=/)[0];
  let one = asked.get(key);
  const end = () => asked.get(key) === one && asked.delete(key);
  if (!one) {
    const stop = new AbortController();
    one = { stop, callers: 0 };
    asked.set(key, one);
    one.right = last = last.then(() => confirm(page, stop.signal)).catch(() => {}).finally(end);
  }
  one.callers++;
  return new Promise((resolve, reject) => {
    one.right.then((right) => resolve(right && right * one.callers));
    on(signal, "abort", () => {
      reject(signal.reason);
      if (--one.callers) return;
      end();
      one.stop.abort();
    });
  });
}

// Shows the page on which people change their number. True if they did, undefined if no dialog can be shown.
export async function number() {
  const right = canAsk() ? await confirmed(MOUNT + "number") : undefined;
  return right && true;
}

on(window, "click", async (event) => {
  const link = isPlain(event) && event.target.closest?.("a[data-mfa]");
  if (!link || !link.href.startsWith(MOUNT) || link.target || !canAsk()) return;
  event.preventDefault();
  const right = await confirmed(link.href);
  if (right === undefined) location.assign(link.href);
  else link.dispatchEvent(new Event(right ? "mfa-change" : "mfa-cancel", { bubbles: true }));
});

// Calls `fetch`. If a code is needed, prompts for it and makes the request again.
export async function fetch(input, init) {
  const request = new Request(input, init);
  const { signal } = request;
  const own = new AbortController();
  // The caller's timeout pauses during the prompt. Any other abort takes effect at once.
  let stood = 0, since, over;
  const due = () => {
    const left = over + stood - Date.now();
    if (left > 0) setTimeout(due, left);
    else if (!since && over) own.abort(signal.reason);
  };
  on(signal, "abort", () => {
    over = Date.now();
    if (signal.reason?.name === "TimeoutError") due();
    else own.abort(signal.reason);
  });

  let again = request.clone();
  let response = await window.fetch(request);
  for (let right = 2; right > 1; ) {
    const link = response.status === 401 && response.headers.get("link");
    const page = ours(/<([^>]*)>; rel="alternate"/.exec(link)?.[1], response.url);
    if (!page || !canAsk()) break;
    since = Date.now();
    right = await confirmed(page, own.signal);
    stood += Date.now() - since;
    since = 0;
    due();
    if (!right) break;
    const next = again;
    // The grant of a shared dialog may be good for only one caller, and a new number may still need a code.
    if (right > 1) again = next.clone();
    response = await window.fetch(next, { signal: own.signal });
  }
  return response;
}

// The browser itself sends each form, also the first time, and shows, saves or follows the answer. A cookie asks the
// guard for a 204 in place of a redirect: the page stays, and the cookie then names the challenge page.

const attribute = (element, name) => element && Element.prototype.getAttribute.call(element, name);
const keep = (name, value, seconds) =>
  (document.cookie = `${name}=${value};Path=/;Secure;SameSite=Strict;Max-Age=${seconds}`);
const held = new WeakMap();
let begun, pending;

on(window, "submit", (event) => {
  const { target: form, submitter } = event;
  if (held.get(form) > Date.now()) {
    event.preventDefault();
    return event.stopImmediatePropagation();
  }
  const of = (name) => attribute(submitter, "form" + name) ?? attribute(form, name) ?? "";
  const target = of("target") || document.querySelector("base[target]")?.target;
  begun = /^post$/i.test(of("method")) && (!target || target === "_self") && { event, form, submitter };
  if (!begun || attribute(form, "data-mfa") === null || !canAsk()) return;
  const action = new URL(of("action") || document.URL, document.baseURI);
  if (action.origin !== location.origin) return;
  const twin = make("form", { method: "post", action });
  for (const name of ["enctype", "accept-charset", "rel"]) twin.setAttribute(name, of(name));
  // Run before the app's listeners disable any.
  const fields = [...document.querySelectorAll("button,fieldset,input,select,textarea")];
  const enabled = fields.filter((field) => field.form === form && !field.disabled);
  begun = { ...begun, action, twin, enabled, done: [] };
}, true);

on(window, "formdata", ({ target, formData: data }) => {
  const { event, form, submitter, twin } = begun || {};
  // Ignore `FormData` that the app creates itself.
  if (form !== target || event.eventPhase || event.defaultPrevented) return;
  if (!twin) pending?.over();
  else {
    // It is missing only if one of the app's listeners has disabled it.
    if (submitter?.name && submitter.matches(":disabled")) data.append(submitter.name, submitter.value);
    track({ ...begun, data });
  }
  begun = null;
}, true);

// Waits for the outcome of a form that the browser sends.
function track(sending) {
  const { form, twin, action } = sending;
  pending?.over();
  const name = "__Host-mfa--stay-" + Math.random().toString(36).slice(2);
  const read = () => document.cookie.match(`${name}=([^;]*)`)?.[1];
  keep(name, encodeURIComponent(action.pathname + action.search), 300);
  // Reading it also ensures that it was written before the browser sends anything.
  if (!read()) return;
  // A second click does not send it again. A browser does not always report that it was stopped.
  held.set(form, Date.now() + 10000);
  const timer = setInterval(() => {
    const value = read();
    if (value?.[0] === "%") return;
    sending.over();
    if (value) ask(sending, value);
  }, 100);
  sending.over = () => {
    clearInterval(timer);
    keep(name, "", 0);
    held.delete(form);
    twin.remove();
    pending = null;
  };
  pending = sending;
}

async function ask(sending, page) {
  const { form, submitter, enabled, done, data, twin } = sending;
  const path = page.split("?")[0];
  const url = ours(page, location);
  for (const field of enabled) field.disabled = false;
  if (document.activeElement === document.body) submitter?.focus();
  held.set(form, Infinity);
  const right = url && !done.includes(path) ? await confirmed(url) : undefined;
  held.delete(form);
  if (right === false) return form.dispatchEvent(new Event("mfa-cancel", { bubbles: true }));
  // Behave as without the module.
  if (!right) return location.assign("/./" + page.slice(1));
  if (right < 2) done.push(path);
  // Send the same once more, even if the form has changed.
  twin.onformdata = (event) => {
    event.stopImmediatePropagation();
    for (const name of [...event.formData.keys()]) event.formData.delete(name);
    for (const [name, value] of data) event.formData.append(name, value);
  };
  document.documentElement.append(twin);
  track(sending);
  twin.submit();
}

on(window, "pagehide", () => pending?.over());
on(window.navigation, "navigateerror", () => held.delete(pending?.form));

const main = document.querySelector("main.mfa");
if (main) {
  // On a second click the browser would drop the answer to the first, with its cookie.
  let sent;
  const answered = () => (sent = clearTimeout(sent));
  on(main, "submit", (event) => {
    if (sent) event.preventDefault();
    else sent = setTimeout(answered, 60000);
  });
  on(window, "pageshow", answered);
  on(window.navigation, "navigateerror", answered);
  enliven(main);
}
