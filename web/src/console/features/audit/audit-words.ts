/** A line of the audit trail in words; what has no words yet is shown as it is stored. */

import type { AuditItem } from "@shared/wire/generated";
import { isTextKey, type Translate } from "../../../shared/text/language";
import { zhCN } from "../../../shared/text/zh-CN";

const KIND = "audit.kind.";

/** Every kind that has words. */
export const KINDS: readonly string[] = Object.keys(zhCN)
  .filter((key) => key.startsWith(KIND))
  .map((key) => key.slice(KIND.length));

export function kindWords(kind: string, t: Translate): string {
  const key = `${KIND}${kind}`;
  return isTextKey(key) ? t(key) : kind;
}

export function detailWords(detail: AuditItem["detail"], t: Translate): string {
  return Object.entries(detail)
    .filter(([, value]) => value !== "")
    .map(([name, value]) => {
      const key = `audit.detail.${name}`;
      return t("audit.is", { name: isTextKey(key) ? t(key) : name, value: valueWords(name, value, t) });
    })
    .join(t("audit.join"));
}

function valueWords(name: string, value: string | number | boolean, t: Translate): string {
  if (typeof value === "boolean") return t(value ? "audit.yes" : "audit.no");
  const key = name === "purpose" ? `consent.${value}.title` : `${name}.${value}`;
  return isTextKey(key) ? t(key) : String(value);
}
