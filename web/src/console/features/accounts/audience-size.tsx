/** How many people the audience is right now, asked again whenever it changes. */

import { useQuery } from "@tanstack/react-query";
import { Tag } from "antd";
import { useEffect, useState } from "react";
import type { AudienceDraft, AudienceSize } from "@shared/wire/generated";
import { useSession } from "../../../shared/session/session";
import { useText } from "../../../shared/text/language";
import { SMALLEST } from "./campaign-draft";
import { accountPath } from "./use-own-accounts";

const CALM_MS = 400;

export function useAudienceSize(account: string, audience: AudienceDraft) {
  const { api } = useSession();
  const wanted = JSON.stringify(audience);
  const [asked, setAsked] = useState(wanted);
  useEffect(() => {
    const timer = setTimeout(() => setAsked(wanted), CALM_MS);
    return () => clearTimeout(timer);
  }, [wanted]);
  const query = useQuery({
    queryKey: ["audience-size", account, asked],
    queryFn: () => api.post<AudienceSize>(accountPath(account, "/audience"), JSON.parse(asked) as AudienceDraft),
    retry: false,
  });
  return asked === wanted && !query.isFetching ? query.data?.count : undefined;
}

export function AudienceCount({ count }: { count: number | undefined }) {
  const { t } = useText();
  if (count === undefined) return <p className="el-hint">{t("campaigns.counting")}</p>;
  return (
    <p>
      <Tag color={count < SMALLEST ? "red" : "blue"} data-testid="campaign-count">
        {t(count < SMALLEST ? "campaigns.tooFew" : "campaigns.count", { count })}
      </Tag>
    </p>
  );
}
