/** A message in one line, for lists. */

import type { EventFrame } from "@shared/wire/generated";
import type { Translate } from "../text/language";

export function previewOf({ body }: EventFrame, t: Translate): string {
  switch (body.type) {
    case "text":
    case "notice":
    case "leaflet":
    case "assign":
      return body.text;
    case "menu":
      return body.title;
    case "recalled":
      return t("message.recalled");
    case "edit":
      return body.body.text;
    case "recall":
      return t("message.recalled");
    case "reaction":
      return body.emoji;
    case "image":
      return t("list.image");
    case "voice":
      return t("list.voice");
    case "video":
      return t("list.video");
    case "file":
      return t("list.file", { name: body.name ?? "" });
    case "location":
      return t("list.place", { title: body.title ?? "" });
    case "link":
      return t("list.link", { title: body.title });
    case "member":
      return t("member.other");
    case "article":
      return t("list.article", { title: body.items[0]?.title ?? "" });
    case "gift":
      return t("list.gift", { greeting: body.greeting ?? "" });
    case "gift_taken":
      return t("list.giftTaken");
    case "card":
      return t("list.card", { text: body.fallback });
    default:
      return t("list.unknown");
  }
}
