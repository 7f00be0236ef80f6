// Shows the report on the account page, after a code if one is needed.

import * as mfa from "/mfa/-/mfa.js";

const link = document.querySelector("a[data-report]");
link?.addEventListener("click", async (event) => {
  event.preventDefault();
  const shown = document.querySelector("#report");
  const response = await mfa.fetch(link.href, { headers: { accept: "application/json" } });
  if (response.ok) {
    const { customer, balance, entries } = await response.json();
    shown.textContent = `${customer} has ${balance} after ${entries} ${entries === 1 ? "entry" : "entries"}.`;
  } else if (response.status !== 401) {
    shown.textContent = "We can’t load the report right now.";
  }
});
