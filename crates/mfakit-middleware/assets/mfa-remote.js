// Prompts for a code in a dialog, for front ends on another origin and for bearer tokens:
//   import { mfa } from "https://api.example/mfa/-/mfa-remote.js";
//   const client = mfa({ headers: async () => ({ authorization: `Bearer ${token}` }) });
//   const response = await client.fetch("https://api.example/transfer", { method: "POST" });
// It builds the dialog from JSON, so it needs no page, no form and no cookie.

const kindOf = (problem) => /^urn:mfakit:problem:(.+)/.exec(problem?.type)?.[1];
const on = (target, event, then) => target?.addEventListener(event, then);

// Children are added as text, never as HTML.
const make = (name, attributes, ...children) => {
  const [tag, style] = name.split(".");
  const element = document.createElement(tag);
  element.className = style ?? "";
  for (const [key, value] of Object.entries(attributes)) if (value) element.setAttribute(key, value);
  element.append(...children.filter((child) => child));
  return element;
};

// One dialog at a time, also if there are several clients.
let last = Promise.resolve();

export function mfa({ api = new URL("..", import.meta.url), headers, credentials } = {}) {
  const mount = new URL(`${api}`.replace(/\/*$/, "/"), location).href;
  const site = new URL("/", mount).href;
  const shared = new Map();
  let style;

  // Only our own routes are called, because the app's headers may contain a token.
  const ours = (path, base = mount) => {
    try {
      const url = new URL(path, base).href;
      return url.startsWith(mount) && url;
    } catch {}
  };

  const call = async (url, body) => {
    try {
      const all = new Headers(await headers?.());
      all.set("accept", "application/json");
      if (body) all.set("content-type", "application/json");
      const signal = AbortSignal.timeout(60000);
      const init = body && { method: "POST", body: JSON.stringify(body) };
      const response = await fetch(url, { ...init, headers: all, credentials, signal });
      return { status: response.status, json: await response.json() };
    } catch {
      return {};
    }
  };

  // Returns the address of the situation, if a guard asks for a code.
  const pageOf = (problem, link, base) => {
    const kind = kindOf(problem);
    if (kind) return kind === "step-up-required" && ours(problem.situation_url, base);
    const path = /<([^>]*)>; rel="(alternate|describedby)"/.exec(link)?.[1];
    return path && ours(path, base);
  };

  // True after the right code, false on cancel, undefined if no dialog can be shown.
  async function prompt(page, signal) {
    style ??= fetch(mount + "-/page.css").then((sheet) => sheet.text()).catch(() => "");
    let { json: now } = await call(page);
    if (signal.aborted || !now?.texts) return;
    if (now.state === "done") return true;
    const { language: lang, direction: dir } = now.texts;
    const host = make("div", {});
    const root = host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(":host{all:initial}" + (await style));
    root.adoptedStyleSheets = [sheet];
    const told = make("p.mfa-status", { role: "status" });
    let box = make("div", {});
    const dialog = make("dialog.mfa mfa-dialog", { lang, dir, "aria-labelledby": "mfa-title" }, told, box);
    root.append(dialog);
    let right = false;

    // Announces only the end: screen readers must not read every second.
    const countDown = (place, seconds, text, then, each) => {
      const end = Date.now() + seconds * 1000;
      const timer = setInterval(() => {
        const left = Math.ceil((end - Date.now()) / 1000);
        if (left > 0 && place.isConnected) return each?.(left);
        clearInterval(timer);
        if (!place.isConnected) return;
        then?.();
        place.textContent = told.textContent = text;
      }, 250);
    };

    const codeForm = ({ challenge, expires_in }, { sent, label, hint, expired, invalid, submit }) => {
      const tip = make("p.mfa-hint", { id: "mfa-hint" }, hint);
      const input = make("input", {
        id: "mfa-code", dir: "ltr", inputmode: "numeric", autocomplete: "one-time-code", required: 1,
        "aria-invalid": invalid && "true", "aria-describedby": "mfa-notice mfa-hint",
      });
      const form = make("form.mfa-code", {}, make("p", {}, sent),
        make("label", { for: "mfa-code" }, label), tip, input, make("button", {}, submit));
      on(form, "submit", () => act("verify", now.verify_url, { challenge, code: input.value }));
      countDown(tip, expires_in, expired);
      return form;
    };

    const ways = ({ heading, will_go, wait, buttons }) => {
      const choices = buttons.map(({ channel, text, quiet }) => make(quiet ? "button.mfa-quiet" : "button",
        { value: channel, "aria-describedby": "mfa-wait", disabled: !!wait }, text));
      const time = make("span", {}, wait?.time);
      const waits = wait && make("p.mfa-hint", { id: "mfa-wait", role: "timer" }, wait.before, time, wait.after);
      if (wait) {
        const count = (left) => wait.forms[new Intl.PluralRules(lang).select(left)]
          .replace("{count}", `${left}`.replace(/\d/g, (digit) => wait.forms.digits[digit]));
        const free = () => choices.forEach((button) => (button.disabled = false));
        countDown(waits, now.resend_in, wait.over, free, (left) => left < 90 && (time.textContent = count(left)));
      }
      const form = make("form.mfa-ways", {},
        make(heading ? "h2" : "p", {}, heading ?? will_go), waits, ...choices);
      on(form, "submit", ({ submitter: { value: channel } }) => act(channel, now.challenge_url, { channel }));
      return form;
    };

    const show = () => {
      const { challenge, texts, action } = now, { notice, purpose, code } = texts;
      const heading = make("h1", { id: "mfa-title", tabindex: "-1" }, texts.heading);
      const cancel = make("button.mfa-quiet", { type: "button" }, texts.cancel);
      on(cancel, "click", () => dialog.close());
      box.replaceWith((box = make("div", {},
        make("p.mfa-app", {}, texts.app), heading,
        action && make("dl.mfa-lines", {}, ...action.lines.map(({ label, value }) =>
          make("div", {}, make("dt", {}, label), make("dd", { dir: "auto" }, value)))),
        texts.before && make("p.mfa-notice", { id: "mfa-before" }, texts.before),
        purpose && make("p", {}, purpose),
        notice && make("p.mfa-notice", { role: "alert", id: "mfa-notice" }, notice),
        code && codeForm(challenge, code), texts.ways && ways(texts.ways),
        texts.warning && make("p.mfa-hint", {}, texts.warning), cancel)));
      (box.querySelector("input") ?? heading).focus();
    };

    const act = async (attempt, path, body) => {
      const url = ours(path);
      if (dialog.ariaBusy || right || !url) return;
      dialog.ariaBusy = true;
      const { status, json } = await call(url, body);
      right = attempt === "verify" && status === 200;
      // The texts are then those of the page after this problem.
      const next = new URL(page);
      const kind = kindOf(json);
      if (kind) next.searchParams.set("after", `${attempt}:${kind}:${json.retry_after}`);
      // A session that has ended is a matter of the app.
      const over = right || status === 401;
      const answer = over ? {} : await call(next);
      dialog.ariaBusy = null;
      right ||= answer.json?.state === "done";
      if (right || over) return dialog.close();
      if (!dialog.open) return;
      if (answer.status === 200) now = answer.json;
      else now.texts.notice = now.texts.offline;
      show();
    };

    on(dialog, "submit", (event) => event.preventDefault());
    try {
      // Not in the body, which the app may render again in the meantime.
      document.documentElement.append(host);
      dialog.showModal();
      show();
      await new Promise((end) => {
        on(dialog, "close", end);
        on(signal, "abort", end);
      });
      return right;
    } finally {
      dialog.close();
      host.remove();
    }
  }

  // Callers with the same requirement, and for the same action, share a dialog, until the last of them aborts. Returns
  // their number.
  const confirmed = (page, signal) => {
    const key = page.split(/.return=/)[0];
    const one = shared.get(key) ?? { stop: new AbortController(), callers: 0 };
    const end = () => shared.get(key) === one && shared.delete(key);
    if (!one.callers++) {
      shared.set(key, one);
      one.right = last = last.then(() => prompt(page, one.stop.signal)).catch(() => {}).finally(end);
    }
    return new Promise((resolve, reject) => {
      one.right.then((right) => resolve(right && one.callers));
      on(signal, "abort", () => {
        reject(signal.reason);
        if (--one.callers) return;
        end();
        one.stop.abort();
      });
    });
  };

  // Prompts for the code that a problem asks for. True after the right code.
  const confirm = async (problem, { signal } = {}) => {
    const page = pageOf(problem);
    return !!(page && (await confirmed(page, signal)));
  };

  // Calls `fetch`. If a code is needed, prompts for it and makes the request again.
  const request = async (input, init) => {
    const first = new Request(input, init);
    const { signal } = first;
    const own = new AbortController();
    // The caller's timeout pauses during the prompt. Any other abort takes effect at once.
    let paused = 0, asking, late;
    on(signal, "abort", () => {
      const { reason } = signal, at = Date.now();
      if (reason?.name !== "TimeoutError") return own.abort(reason);
      late = () => setTimeout(() => asking || own.abort(reason), at + paused - Date.now());
      late();
    });
    const send = async (request, init) => {
      if (!request.url.startsWith(site)) return fetch(request, init);
      const all = new Headers(await headers?.());
      request.headers.forEach((value, name) => all.set(name, value));
      return fetch(request, { ...init, headers: all, credentials });
    };

    let again = first.clone();
    let response = await send(first);
    for (let callers = 2; callers > 1 && response.status === 401 && response.url.startsWith(site); ) {
      const problem = await response.clone().json().catch(() => {});
      const page = pageOf(problem, response.headers.get("link"), response.url);
      if (!page) break;
      const since = Date.now();
      asking = true;
      callers = await confirmed(page, own.signal);
      asking = false;
      paused += Date.now() - since;
      late?.();
      if (!callers) break;
      // The grant of a shared dialog may be good for only one caller.
      const next = again;
      if (callers > 1) again = next.clone();
      response = await send(next, { signal: own.signal });
    }
    return response;
  };

  return { fetch: request, confirm };
}
