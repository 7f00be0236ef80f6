// Posts JSON to one of the routes of the number.
const post = (path, fields) =>
  call(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(fields) });

// Returns the number on file, masked, and what the session may do about it.
export const number = () => call("/mfa/number");

// Sends a code to a new number. If one is on file, the dialog prompts for a code to it first.
export const enterNumber = (number, channel) => post("/mfa/number", { number, channel });

// Saves the number that was entered, after the right code.
export const confirmNumber = ({ confirm_url, challenge }, code) => post(confirm_url, { challenge, code });

export const removeNumber = () => post("/mfa/number/remove", {});

// Returns ten codes. Show them once, and let the user save them.
export const makeRecoveryCodes = () => post("/mfa/number/codes", {});

// Lets a user who lost the phone enter a new number.
export const recover = (code) => post("/mfa/number/recover", { code });
