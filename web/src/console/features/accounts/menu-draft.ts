/** A menu while it is edited. */

import type { ChildButton, MenuButtonDraft, MenuItem } from "@shared/wire/generated";

export const MOST_BUTTONS = 3;
export const MOST_CHILDREN = 5;
export const NEW_BUTTON: MenuButtonDraft = { title: "", kind: "click", key: "", url: "", children: [] };

const childOf = ({ title, key, kind, url }: MenuItem): ChildButton => ({
  title,
  key: key ?? "",
  kind: kind === "view" ? "view" : "click",
  url: url ?? "",
});

/** The buttons as they can be edited here; what only partners know is a message. */
export function draftsOf(menu: readonly MenuItem[]): readonly MenuButtonDraft[] {
  return menu.map((item) => ({ ...childOf(item), children: (item.children ?? []).map(childOf) }));
}

/** With the one at `index` changed, or without it. */
export function replaced<T>(list: readonly T[], index: number, next: T | null): readonly T[] {
  return list.flatMap((each, at) => (at === index ? (next === null ? [] : [next]) : [each]));
}
