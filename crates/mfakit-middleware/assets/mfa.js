// The code fills itself in, waits count down, and in the app a dialog asks for the code, for
//   <form method="post" data-mfa>  and  mfa.fetch(…), of import * as mfa from "/mfa/-/mfa.js"

const MOUNT = new URL("..", import.meta.url).href;
const make = (name, properties) => Object.assign(document.createElement(name), properties);
const on = (target, event, then) => target.addEventListener(event, then);

// Our page that a refusal names: only a path, so that no other site does.
function pageOf(status, link, url) {
  const found = status === 401 && link?.match(/<(\/[\w~-][^>]*)>; rel="alternate"/);
  const page = found ? new URL(found[1], url).href : "";
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

function enliven(root) {
  // Only the end is said: who listens is not to hear every second.
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
    const long = { style: "unit", unit: "second", unitDisplay: "long" };
    const { format } = new Intl.NumberFormat(wait.closest("[lang]").lang, long);
    const tick = (left) => left < 90 && wait.querySelector("span").replaceChildren(format(left));
    const buttons = wait.parentElement.querySelectorAll("button");
    const block = (disabled) => buttons.forEach((button) => (button.disabled = disabled));
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
    form.elements.code.value = code;
    // The browser has asked the person, so it may be sent at once.
    form.requestSubmit();
  }).catch(() => {});
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
  const offline = make("p", { className: "mfa-notice", role: "alert", textContent });
  let right;
  const show = ({ main, state }) => {
    main.querySelector("[role=status]")?.remove();
    dialog.dataset.mfaState = state;
    sheet.replaceChildren(...main.childNodes);
    enliven(dialog);
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
    // Old browsers do not say who asks, and are redirected.
    right = answer.state === "done" || (answer.url && !answer.url.startsWith(MOUNT));
    if (right) dialog.close();
    else if (answer.main) show(answer);
    else target.before(offline);
  });
  on(dialog, "click", (event) => {
    if (!event.target.closest("[data-mfa-cancel]")) return;
    event.preventDefault();
    dialog.close();
  });
  await new Promise((closed) => on(dialog, "close", closed));
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
  const [path] = page.split("?");
  if (!asked.has(path)) {
    asked.set(path, (last = last.catch(() => {}).then(() => confirm(page)).finally(() => asked.delete(path))));
  }
  return asked.get(path);
}

/** `fetch`; where a code is needed the person is asked, and the request made once more. */
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
  const here = !of("target") && action.startsWith(location.origin + "/");
  const ours = here && "mfa" in form.dataset && /^post$/i.test(of("method"));
  if (event.defaultPrevented || !ours || granted === form) return;
  event.preventDefault();
  if (form.ariaBusy) return;
  form.ariaBusy = true;
  const data = fields(form, submitter);
  const answer = await load(action, /^multipart/.test(of("enctype")) ? data : new URLSearchParams(data));
  if (answer.page && (await confirmed(answer.page))) {
    // By the browser itself, which shows what comes of it.
    granted = form;
    form.requestSubmit(submitter);
    granted = null;
  } else if (!answer.page && answer.url) show(answer, action);
  form.ariaBusy = null;
});

function show({ url, document: page }, action) {
  if (url !== action) return location.assign(url);
  if (!page) return;
  history.pushState(null, "", url);
  shown = url;
  on(window, "popstate", () => bare(location) === shown || location.reload());
  document.head.replaceWith(page.head);
  document.body.replaceWith(page.body);
  style = null;
  document.querySelector("[autofocus]")?.focus();
}

const main = document.querySelector("main.mfa");
if (main) {
  enliven(main);
  // Of two clicks the second would be told to wait.
  let sent = -1000;
  on(main, "submit", (event) => {
    if (event.timeStamp < sent + 1000) event.preventDefault();
    else sent = event.timeStamp;
  });
}
