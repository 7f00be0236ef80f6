import { mfa } from "https://api.example/mfa/-/mfa-remote.js";

const api = "https://api.example";
const client = mfa({ credentials: "include" });

export const call = (path, init) => client.fetch(api + path, init);
