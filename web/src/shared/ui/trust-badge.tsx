/** 客户经理, 官方认证: the server alone says who carries one. */

import { useText } from "../text/language";

export function TrustBadge({ badge }: { badge: string }) {
  const { t } = useText();
  if (badge !== "manager" && badge !== "verified") return null;
  return (
    <span className={`el-badge el-badge-${badge}`} data-testid={`badge-${badge}`}>
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <path d="M8 1l6 2.300v4.200c0 3.6-2.5 6.3-6 7.5-3.5-1.2-6-3.9-6-7.500V3.300z" fill="currentColor" />
        <path d="M5 8l2.2 2.200L11.2 6" stroke="#fff" strokeWidth="1.6" fill="none" strokeLinecap="round" />
      </svg>
      {t(`badge.${badge}`)}
    </span>
  );
}
