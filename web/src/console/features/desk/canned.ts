/** Canned replies by their shortcut: `/yc` finds what begins so, then what has it in title or text. */

import type { ReplyItem } from "../../../shared/assist/shapes";

const SHOWN = 6;
const VARIABLE = /\{(\w+)\}/g;

/** What stands behind the `/`; null when the text is no shortcut. */
export function shortcutIn(text: string): string | null {
  return /^\/(\S*)$/.exec(text)?.[1] ?? null;
}

/** As the customer would read it; what is not known here stays in its braces. */
export function filledIn(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(VARIABLE, (whole, name: string) => values[name] || whole);
}

export function matching(replies: readonly ReplyItem[], sought: string): ReplyItem[] {
  const wanted = sought.toLowerCase();
  const rank = ({ shortcut, title, text }: ReplyItem) => {
    if (shortcut.toLowerCase().startsWith(wanted)) return 0;
    return `${title}\n${text.replace(VARIABLE, "")}`.toLowerCase().includes(wanted) ? 1 : 2;
  };
  return replies
    .map((reply) => ({ reply, rank: rank(reply) }))
    .filter((each) => each.rank < 2)
    .sort((a, b) => a.rank - b.rank || a.reply.shortcut.localeCompare(b.reply.shortcut))
    .slice(0, SHOWN)
    .map(({ reply }) => reply);
}
