/** What a group's own events make of its line in the list. Its positions and place come with the list itself. */

import type { ConversationItem, EventFrame } from "@shared/wire/generated";

export function itemAfter(item: ConversationItem, { body }: EventFrame): ConversationItem {
  if (body.type !== "member") return item;
  const { members = 0 } = item;
  const count = body.whom?.length ?? 0;
  switch (body.what) {
    case "renamed":
      return { ...item, title: body.text ?? item.title };
    case "invited":
    case "joined":
      return { ...item, members: members + count };
    case "left":
    case "removed":
      return { ...item, members: Math.max(0, members - count) };
    case "dissolved":
      return { ...item, members: 0, writable: false };
    case "setting":
      return item.role === "member" ? { ...item, ...(writableAfter(body.text) ?? {}) } : item;
    default:
      return item;
  }
}

function writableAfter(setting: string | undefined): { writable: boolean } | null {
  if (setting === "silent") return { writable: false };
  return setting === "open" ? { writable: true } : null;
}
