import { mfa } from "https://api.example/mfa/-/mfa-remote.js";

const api = "https://api.example";
let token;

const client = mfa({ headers: () => ({ authorization: `Bearer ${token}` }) });

async function refresh() {
  token = await fetch(`${api}/refresh`, { method: "POST" }).then((answer) => answer.text());
}

// Refreshes the token after a 401. A 401 that asks for a code comes back only if the user cancels.
export async function call(path, init) {
  const response = await client.fetch(api + path, init);
  if (response.status !== 401) return response;
  const { type } = await response.clone().json().catch(() => ({}));
  if (type === "urn:mfakit:problem:step-up-required") return response;
  await refresh();
  return client.fetch(api + path, init);
}
