/** Whom a campaign is for: tags, languages, branches, a list, behaviour, likelihood. What is empty does not narrow. */

import { Form, Select } from "antd";
import { useQuery } from "@tanstack/react-query";
import type { BranchItem } from "@shared/wire/generated";
import { useSession } from "../../../shared/session/session";
import { LANGUAGES, useText } from "../../../shared/text/language";
import { ListField } from "./list-field";
import { NarrowingFields } from "./narrowing-fields";
import { useTags } from "./use-own-accounts";

export function AudienceFields({ account }: { account: string }) {
  const { t } = useText();
  const { api } = useSession();
  const tags = (useTags(account).data ?? []).map((each) => ({ value: each.tag, label: each.name }));
  const branches = useQuery({
    queryKey: ["branches"],
    queryFn: () => api.get<BranchItem[]>("/v1/staff/branches"),
    staleTime: Infinity,
  });
  return (
    <>
      <div className="el-pair">
        <Form.Item name="tags" label={t("campaigns.tags")} extra={t("campaigns.tagsHint")}>
          <Select mode="multiple" options={tags} />
        </Form.Item>
        <Form.Item name="without" label={t("campaigns.without")}>
          <Select mode="multiple" options={tags} />
        </Form.Item>
        <Form.Item name="languages" label={t("campaigns.languages")}>
          <Select mode="multiple" options={LANGUAGES.map(({ code, name }) => ({ value: code, label: name }))} />
        </Form.Item>
        <Form.Item name="branches" label={t("campaigns.branches")}>
          <Select
            mode="multiple"
            showSearch={{ optionFilterProp: "label" }}
            data-testid="campaign-branches"
            options={(branches.data ?? []).map((each) => ({ value: each.branch, label: each.name }))}
          />
        </Form.Item>
      </div>
      <Form.Item name="customers" label={t("campaigns.list")} extra={t("campaigns.listHint")}>
        <ListField account={account} />
      </Form.Item>
      <NarrowingFields account={account} />
    </>
  );
}
