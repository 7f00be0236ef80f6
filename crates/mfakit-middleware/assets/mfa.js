// The code fills itself in, waits count down, and in the app a dialog asks for the code, for
//   <form method="post" data-mfa …>  and  import * as mfa from "/mfa/-/mfa.js"; mfa.fetch(…)
// Nothing is kept between pages, and no text becomes markup.

const MOUNT = new URL("..", import.meta.url).href;
const make = (name, properties) => Object.assign(document.createElement(name), properties);
const on = (target, event, then, options) => target.addEventListener(event, then, options);

// The page of ours to which a refusal leads people; only a path, so no other site names it.
function pageOf(status, link, url) {
  const found = link?.match(/<(\/[\w~-][^>]*)>; rel="alternate"/);
  const page = status === 401 && found ? new URL(found[1], url).href : "";
  return page.startsWith(MOUNT) && page;
}

// Gets a document, or posts a form for one.
function load(url, body) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open(body ? "POST" : "GET", new URL(url, MOUNT));
    request.responseType = "document";
    request.setRequestHeader("Accept", "text/html");
    request.onloadend = () => {
      const { status, responseURL: url, response } = request;
      const main = response?.querySelector("main.mfa");
      const page = pageOf(status, request.getResponseHeader("link"), url);
      resolve({ url, page, main, state: main?.dataset.mfaState, document: response });
    };
    request.send(body);
  });
}

// Brings a page to life, until it is aborted.
function enliven(root) {
  const stop = new AbortController();
  const { signal } = stop;
  // Said at the end only: who listens is not to hear every second.
  const over = (place, text) => {
    place.textContent = text;
    root.querySelector("[role=status]").textContent = text;
  };
  const until = (seconds, each, then) => {
    const end = Date.now() + seconds * 1000;
    const timer = setInterval(() => {
      const left = Math.ceil((end - Date.now()) / 1000);
      if (left > 0) return each?.(left);
      clearInterval(timer);
      then();
    }, 250);
    on(signal, "abort", () => clearInterval(timer));
  };

  const wait = root.querySelector("[data-mfa-wait]");
  if (wait) {
    const long = { style: "unit", unit: "second", unitDisplay: "long" };
    const { format } = new Intl.NumberFormat(root.closest("[lang]").lang, long);
    const tick = (left) => left < 90 && wait.querySelector("span").replaceChildren(format(left));
    const buttons = wait.parentElement.querySelectorAll("button");
    const block = (disabled) => buttons.forEach((button) => (button.disabled = disabled));
    block(true);
    until(wait.dataset.mfaWait, tick, () => {
      block(false);
      over(wait, wait.dataset.mfaOver);
    });
  }

  const form = root.querySelector("form.mfa-code");
  if (form) {
    const otp = new AbortController();
    const hint = form.querySelector("[data-mfa-expires]");
    const quit = () => otp.abort();
    until(hint.dataset.mfaExpires, null, () => {
      quit();
      over(hint, hint.dataset.mfaExpired);
    });
    on(form, "submit", quit);
    on(signal, "abort", quit);
    on(window, "pagehide", quit, { signal });
    // The browser has asked the person, so it may be sent at once.
    const fill = ({ code }) => {
      if (otp.signal.aborted || !/^\d{4,8}$/.test(code)) return;
      form.elements.code.value = code;
      form.requestSubmit();
    };
    const wanted = { otp: { transport: ["sms"] }, signal: otp.signal };
    if ("OTPCredential" in window) navigator.credentials.get(wanted).then(fill).catch(() => {});
  }
  return stop;
}

let style;
const styled = () => (style ??= new Promise((onload) => {
  const href = new URL("page.css", import.meta.url);
  document.head.append(make("link", { rel: "stylesheet", href, onload, onerror: onload }));
}));

// Asks in a dialog. True once the code was right.
async function confirm(page) {
  const first = await load(page);
  if (!first.main || first.state === "done") return first.state === "done";
  await styled();
  const { lang, dir } = first.document.documentElement;
  const dialog = make("dialog", { className: "mfa mfa-dialog", lang, dir });
  dialog.setAttribute("aria-labelledby", "mfa-title");
  const sheet = make("div");
  dialog.append(make("p", { className: "mfa-status", role: "status" }), sheet);
  document.body.append(dialog);
  const textContent = first.main.dataset.mfaOffline;
  let alive, right;
  const show = ({ main, state }) => {
    alive?.abort();
    main.querySelector("[role=status]")?.remove();
    dialog.dataset.mfaState = state;
    sheet.replaceChildren(...main.childNodes);
    alive = enliven(dialog);
    (sheet.querySelector("[autofocus]") ?? sheet.querySelector("h1")).focus();
  };
  dialog.showModal();
  show(first);

  on(dialog, "submit", async (event) => {
    event.preventDefault();
    if (dialog.ariaBusy) return;
    dialog.ariaBusy = true;
    const { target, submitter } = event;
    const answer = await load(target.getAttribute("action"), new URLSearchParams(fields(target, submitter)));
    dialog.ariaBusy = null;
    if (!dialog.open) return;
    right = answer.state === "done";
    if (right) dialog.close();
    else if (answer.main) show(answer);
    else sheet.append(make("p", { className: "mfa-notice", role: "alert", textContent }));
  });
  on(dialog, "click", (event) => {
    if (!event.target.closest("[data-mfa-cancel]")) return;
    event.preventDefault();
    dialog.close();
  });
  await new Promise((onclose) => Object.assign(dialog, { onclose }));
  alive.abort();
  dialog.remove();
  return right;
}

function fields(form, submitter) {
  const data = new FormData(form);
  if (submitter?.name) data.append(submitter.name, submitter.value);
  return data;
}

// One dialog at a time; who wants the same shares it.
const asked = new Map();
let last = Promise.resolve();
function confirmed(page) {
  const { pathname } = new URL(page);
  if (!asked.has(pathname)) {
    asked.set(pathname, (last = last.then(() => confirm(page)).finally(() => asked.delete(pathname))));
  }
  return asked.get(pathname);
}

/** `fetch`, but where a code is needed the person is asked for it, and the request made once more. */
export async function fetch(input, init) {
  const request = new Request(input, init);
  const again = request.clone();
  const response = await window.fetch(request);
  const page = pageOf(response.status, response.headers.get("link"), response.url);
  return page && (await confirmed(page)) ? window.fetch(again) : response;
}

const bare = (url) => new URL(url, document.baseURI).href.replace(/#.*/, "");
let granted, shown;
on(document, "submit", async (event) => {
  const { target: form, submitter } = event;
  const of = (name) => submitter?.getAttribute("form" + name) ?? form.getAttribute(name) ?? "";
  const action = bare(of("action"));
  const ours = "mfa" in form.dataset && /^post$/i.test(of("method")) && action.startsWith(location.origin + "/") && !of("target");
  if (event.defaultPrevented || !ours || granted === form) return;
  event.preventDefault();
  if (form.ariaBusy) return;
  form.ariaBusy = true;
  const data = fields(form, submitter);
  const answer = await load(action, /^multipart/.test(of("enctype")) ? data : new URLSearchParams(data));
  if (answer.page && (await confirmed(answer.page))) {
    // By the browser now, which shows the answer.
    granted = form;
    form.requestSubmit(submitter);
    granted = null;
  } else if (!answer.page && answer.url) show(answer, action);
  form.ariaBusy = null;
});

function show({ url, document: page }, action) {
  if (url !== action || !page) return location.assign(url);
  history.pushState(null, "", url);
  shown = url;
  on(window, "popstate", () => bare(location.href) === shown || location.reload());
  document.documentElement.replaceWith(page.documentElement);
  style = null;
  document.querySelector("[autofocus]")?.focus();
}

const main = document.querySelector("main.mfa");
if (main) enliven(main);
