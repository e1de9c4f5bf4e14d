// The server's side of the conversation. Everything about a person travels in a POST body:
// no id, and certainly no address, ever stands in a URL.

import { spoken, word } from "./words.js";

// Whatever goes wrong, it is thrown as a sentence in the language of the interface.
async function post(path, body) {
  const response = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Pismo": "preview", "Accept-Language": spoken() },
    body: JSON.stringify(body),
  }).catch(() => { throw new Error(word("lost")); });
  // A guard or a proxy answers in plain text; a server that was stopped half-way, with half an answer.
  const answer = await response.json().catch(() => null);
  if (!response.ok) throw new Error(answer?.error ?? `${word("refused")} ${response.status}`);
  if (answer === null) throw new Error(word("lost"));
  return answer;
}

export const workspace = () => post("/api/workspace", {});
export const review = (issue) => post("/api/review", { issue });
export const people = (issue) => post("/api/people", { issue });
export const findPeople = (question) => post("/api/find", { question });
export const letters = async (issue, segments, person, source = false) => (await post("/api/letters", { issue, segments, person, source })).letters;
export const belongs = async (issue, person) => (await post("/api/belongs", { issue, person })).segment;
export const why = (issue, segment, person) => post("/api/why", { issue, segment, person });
export const difference = (issue, segment, against, person) => post("/api/difference", { issue, segment, against, person });
export const send = (issue, segment, person) => post("/api/send", { issue, segment, person });
export const eml = (issue, segment, person) => post("/api/eml", { issue, segment, person });

export function listen(onChange, onState) {
  const events = new EventSource("/events");
  events.addEventListener("open", () => onState(true));
  events.addEventListener("error", () => onState(false));
  events.addEventListener("change", (event) => onChange(JSON.parse(event.data)));
}
