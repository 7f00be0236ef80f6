// Shows new messages as they arrive. The content of a message is only set as text, never as markup.
"use strict";

const list = document.getElementById("messages");
const blank = document.getElementById("message");
const empty = document.getElementById("empty");
const state = document.getElementById("state");
const clear = document.getElementById("clear");
const title = document.title;
const channels = { messaging: "Text message", voice: "Voice call" };

let unseen = 0;
let timer;

const say = (text, lost) => {
  // Setting the same text again would make a screen reader repeat it.
  if (state.textContent !== text) state.textContent = text;
  state.classList.toggle("lost", lost);
};

const localTime = (element) => {
  const time = new Date(element.dateTime);
  element.textContent = time.toLocaleTimeString();
  element.title = time.toLocaleString();
};

const item = (message) => {
  const made = blank.content.firstElementChild.cloneNode(true);
  const set = (selector, text) => { made.querySelector(selector).textContent = text; };
  made.dataset.id = message.id;
  made.classList.add("new");
  set("output", message.code);
  set(".text", message.message);
  set(".to", message.to);
  set(".from", message.from);
  set(".scope", message.scope);
  set(".channel", channels[message.channel] ?? message.channel);
  const time = made.querySelector("time");
  time.dateTime = message.time;
  localTime(time);
  return made;
};

const show = (messages) => {
  const received = new Set(messages.map((message) => message.id));
  const known = new Set();
  for (const element of [...list.children]) {
    if (received.has(element.dataset.id)) known.add(element.dataset.id);
    else element.remove();
  }
  const added = messages.filter((message) => !known.has(message.id));
  for (const message of added) list.prepend(item(message));
  empty.hidden = messages.length > 0;
  clear.hidden = messages.length === 0 && texts.hidden;
  if (document.hidden) unseen += added.length;
  document.title = unseen > 0 ? `(${unseen}) ${title}` : title;
  if (added.length > 0) say(`New code: ${added.at(-1).code} for ${added.at(-1).to}`, false);
  else if (messages.length === 0) say("Waiting for the first code", false);
  else if (state.classList.contains("lost")) say("Reconnected", false);
};

const texts = document.getElementById("texts");
const blankText = document.getElementById("text");

const showTexts = (received) => {
  texts.hidden = received.length === 0;
  texts.querySelector("ol").replaceChildren(...received.reverse().map((text) => {
    const made = blankText.content.firstElementChild.cloneNode(true);
    const set = (selector, value) => { made.querySelector(selector).textContent = value; };
    set(".text", text.text);
    set(".to", text.to.join(", "));
    set(".from", text.from);
    const time = made.querySelector("time");
    time.dateTime = text.time;
    localTime(time);
    return made;
  }));
};

const refresh = async () => {
  clearTimeout(timer);
  try {
    const response = await fetch(`/inbox?newest=${list.dataset.shown}`);
    if (!response.ok) throw new Error(`status ${response.status}`);
    show(await response.json());
    const other = await fetch(`/texts?newest=${list.dataset.shown}`);
    if (!other.ok) throw new Error(`status ${other.status}`);
    showTexts(await other.json());
  } catch {
    say("The emulator isn’t responding. Is it still running?", true);
  }
  clearTimeout(timer);
  timer = setTimeout(refresh, document.hidden ? 5000 : 1000);
};

list.addEventListener("click", async (event) => {
  const button = event.target.closest(".copy");
  if (!button) return;
  const code = button.parentElement.querySelector("output");
  try {
    await navigator.clipboard.writeText(code.textContent);
    button.textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(code);
    button.textContent = "Selected";
  }
  setTimeout(() => { button.textContent = "Copy"; }, 1500);
});

clear.addEventListener("click", async () => {
  try {
    await fetch("/inbox", { method: "DELETE" });
    await fetch("/texts", { method: "DELETE" });
  } finally {
    refresh();
  }
});

document.addEventListener("visibilitychange", () => {
  if (!document.hidden) unseen = 0;
  refresh();
});

document.querySelectorAll("time").forEach(localTime);
document.querySelectorAll(".copy").forEach((button) => { button.hidden = false; });
refresh();
