import { useMemo } from "react";
import { memberWords } from "../groups/member-words";
import { useNames } from "../groups/use-group";
import { useText } from "../text/language";
import type { Thread } from "../thread/thread";
import { previewOf } from "./preview";

/** A thread's newest message in one line; who joined or left a group is said by name. */
export function usePreview({ key, last }: Pick<Thread, "key" | "last">): string {
  const { t } = useText();
  const change = last?.body.type === "member" ? last.body : null;
  const events = useMemo(() => (last ? [last] : []), [last]);
  const nameOf = useNames(key, events, change !== null);
  if (change) return memberWords(change, nameOf, t);
  return last ? previewOf(last, t) : "";
}
