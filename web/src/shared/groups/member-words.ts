/** What a `member` event says, in a line. */

import type { MemberChangeBody } from "@shared/wire/generated";
import { isTextKey, type Translate } from "../text/language";
import type { TextKey } from "../text/zh-CN";

const SHOWN = 5;

export function memberWords(body: MemberChangeBody, nameOf: (user: string) => string, t: Translate): string {
  const others = (body.whom ?? []).filter((user) => body.what !== "created" || user !== body.who);
  const names = others.slice(0, SHOWN).map(nameOf).join(t("member.join"));
  const whom = others.length > SHOWN ? `${names}… (${others.length})` : names;
  const by = nameOf(body.by ?? body.who);
  return t(keyOf(body, others.length), { who: nameOf(body.who), whom, by, text: body.text ?? "" });
}

function keyOf({ what, text = "" }: MemberChangeBody, others: number): TextKey {
  if (what === "created" && others === 0) return "member.createdAlone";
  if (what === "role") return text === "admin" ? "member.admin" : "member.notAdmin";
  if (what === "announced" && !text) return "member.unannounced";
  const key = `member.${what === "setting" ? text : what}`;
  return isTextKey(key) ? key : "member.other";
}
