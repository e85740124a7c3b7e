/** A refused call, found again by the rid at the end of its errmsg. */

import { Descriptions, Input } from "antd";
import { useState } from "react";
import type { RefusedCallItem } from "@shared/wire/generated";
import { useText } from "../../../shared/text/language";
import { fullTime } from "../../../shared/text/time";
import { accountPath, useAccountAction } from "./use-own-accounts";

export function RidLookUp({ account }: { account: string }) {
  const { t, language } = useText();
  const [found, setFound] = useState<RefusedCallItem | null>(null);
  const look = useAccountAction((api, rid: string) =>
    api.get<RefusedCallItem>(accountPath(account, `/developer/calls/${encodeURIComponent(rid)}`)),
  );
  function search(typed: string) {
    const rid = typed.trim().replace(/^.*rid:\s*/, "");
    setFound(null);
    if (rid) look.mutate(rid, { onSuccess: setFound });
  }
  return (
    <>
      <Input.Search
        className="el-settings-form"
        placeholder={t("developer.ridHint")}
        aria-label={t("developer.rid")}
        enterButton={t("developer.look")}
        loading={look.isPending}
        maxLength={200}
        data-testid="rid"
        onSearch={search}
      />
      {found && (
        <Descriptions
          data-testid="rid-found"
          column={1}
          size="small"
          bordered
          items={[
            { key: "at", label: t("developer.at"), children: fullTime(found.at, language) },
            { key: "took", label: t("developer.took"), children: t("developer.ms", { count: found.took_ms }) },
            { key: "from", label: t("developer.address"), children: found.address },
            { key: "request", label: t("developer.request"), children: <code>{found.request}</code> },
            { key: "body", label: t("developer.body"), children: <code>{found.body}</code> },
            { key: "answer", label: t("developer.answer"), children: <code>{found.answer}</code> },
          ]}
        />
      )}
    </>
  );
}
