/**
 * What of a bot's Adaptive Card reaches the page. Cards come from the house, and still: no
 * foreign images or media, no links out; a closed card keeps its words and loses its answers.
 */

type Json = Readonly<Record<string, unknown>>;

const NEVER = new Set(["Media", "Action.OpenUrl", "Action.Http"]);
const ANSWERS = new Set(["Action.Submit", "Action.Execute"]);

export function safeCard(card: Json, closed: boolean): Json {
  return Object.fromEntries(
    Object.entries(card)
      .filter(([key]) => key !== "backgroundImage" && key !== "selectAction")
      .map(([key, value]) => [key, safeValue(value, closed)]),
  );
}

function safeValue(value: unknown, closed: boolean): unknown {
  if (Array.isArray(value)) {
    return value.filter((part) => !isJson(part) || allowed(part, closed)).map((part) => safeValue(part, closed));
  }
  return isJson(value) ? safeCard(value, closed) : value;
}

function allowed(part: Json, closed: boolean): boolean {
  const type = typeof part.type === "string" ? part.type : "";
  if (NEVER.has(type)) return false;
  if (type === "Image") return typeof part.url === "string" && part.url.startsWith("data:image/");
  return !closed || !(ANSWERS.has(type) || type.startsWith("Input."));
}

function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
