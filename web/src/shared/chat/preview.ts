/** A message in one line, for lists. */

import type { EventFrame } from "@shared/wire/generated";
import type { Translate } from "../text/language";

export function previewOf({ body }: EventFrame, t: Translate): string {
  switch (body.type) {
    case "text":
    case "notice":
      return body.text;
    case "menu":
      return body.title;
    case "article":
      return t("list.article", { title: body.items[0]?.title ?? "" });
    case "card":
      return t("list.card", { text: body.fallback });
    default:
      return t("list.unknown");
  }
}
