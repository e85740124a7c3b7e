/** Opening hours as people type them: `09:00-12:00, 13:30-18:00`. */

import type { Span } from "../../../shared/assist/shapes";

const TIME = "([01]?\\d|2[0-3]):([0-5]\\d)|(24):(00)";
const SPAN = new RegExp(`^(?:${TIME})\\s*[-–~～至]\\s*(?:${TIME})$`);

export function spanText(spans: readonly Span[]): string {
  return spans.map(([from, to]) => `${from}-${to}`).join(", ");
}

/** Null for what is no list of hours that follow each other. An empty text: closed. */
export function spansIn(text: string): Span[] | null {
  const parts = text.replaceAll("：", ":").split(/[,，、;；]/).map((part) => part.trim());
  const spans: Span[] = [];
  let before = "";
  for (const part of parts.filter(Boolean)) {
    const found = SPAN.exec(part);
    if (!found) return null;
    const [, h1, m1, h2, m2, h3, m3, h4, m4] = found;
    const from = clock(h1 ?? h2, m1 ?? m2);
    const to = clock(h3 ?? h4, m3 ?? m4);
    if (from >= to || from < before) return null;
    spans.push([from, to]);
    before = to;
  }
  return spans;
}

function clock(hours = "", minutes = ""): string {
  return `${hours.padStart(2, "0")}:${minutes}`;
}
