/** Narrowing an audience by what people did lately, and by what they might want. */

import { Button, Form, InputNumber, Select } from "antd";
import type { BroadcastItem, CampaignItem } from "@shared/wire/generated";
import { useQuery } from "@tanstack/react-query";
import { useSession } from "../../../shared/session/session";
import { useText } from "../../../shared/text/language";
import { DEEDS, NEW_BEHAVIOUR, PRODUCTS, type CampaignForm } from "./campaign-draft";
import { useOfAccount } from "./use-own-accounts";

const MOST = 5;

export function NarrowingFields({ account }: { account: string }) {
  const { t } = useText();
  return (
    <>
      <Form.List name="behaviours">
        {(fields, { add, remove }) => (
          <Form.Item label={t("campaigns.behaviours")}>
            {fields.map(({ key, name }) => (
              <Line key={key} name={name} account={account} onRemove={() => remove(name)} />
            ))}
            {fields.length < MOST && (
              <Button type="dashed" data-testid="campaign-behaviour" onClick={() => add(NEW_BEHAVIOUR)}>
                {t("campaigns.addBehaviour")}
              </Button>
            )}
          </Form.Item>
        )}
      </Form.List>
      <div className="el-thirds">
        <Form.Item name="product" label={t("campaigns.likely")} extra={t("campaigns.likelyHint")}>
          <Select allowClear data-testid="campaign-product" options={PRODUCTS.map((value) => ({ value, label: t(`campaigns.product.${value}`) }))} />
        </Form.Item>
        <Form.Item name="at_least" label={t("campaigns.atLeast")}>
          <InputNumber min={0} max={100} />
        </Form.Item>
        <Form.Item name="top" label={t("campaigns.top")}>
          <InputNumber min={0} max={100000} />
        </Form.Item>
      </div>
    </>
  );
}

function Line({ name, account, onRemove }: { name: number; account: string; onRemove: () => void }) {
  const { t } = useText();
  const form = Form.useFormInstance<CampaignForm>();
  const deed = Form.useWatch((filled: CampaignForm) => filled.behaviours?.[name]?.deed, form);
  const did = [
    { value: true, label: t("campaigns.did") },
    { value: false, label: t("campaigns.didNot") },
  ];
  return (
    <div className="el-behaviour">
      <Form.Item name={[name, "did"]} noStyle>
        <Select options={did} />
      </Form.Item>
      <Form.Item name={[name, "deed"]} noStyle>
        <Select data-testid={`campaign-deed-${name}`} options={DEEDS.map((value) => ({ value, label: t(`campaigns.deed.${value}`) }))} />
      </Form.Item>
      <Form.Item name={[name, "subject"]} noStyle>
        <Subject account={account} deed={deed ?? ""} />
      </Form.Item>
      <Form.Item name={[name, "days"]} noStyle>
        <InputNumber className="el-wide" min={1} max={180} prefix={t("campaigns.within")} suffix={t("campaigns.days")} />
      </Form.Item>
      <Button type="link" size="small" onClick={onRemove}>
        {t("menus.remove")}
      </Button>
    </div>
  );
}

interface SubjectProps {
  readonly account: string;
  readonly deed: string;
  readonly value?: string;
  readonly onChange?: (subject: string) => void;
}

/** Which article or campaign; of the rest nothing more is asked. */
function Subject({ account, deed, value = "", onChange }: SubjectProps) {
  const { t } = useText();
  const { api } = useSession();
  const campaigns = useOfAccount<CampaignItem[]>(account, "/campaigns").data ?? [];
  const articles = useQuery({
    queryKey: ["staff", "broadcasts", account],
    queryFn: () => api.get<BroadcastItem[]>(`/v1/staff/broadcasts?account=${encodeURIComponent(account)}`),
  });
  const sent = campaigns.filter((each) => each.released > 0).map((each) => ({ value: each.campaign, label: each.plan.name }));
  const read = (articles.data ?? []).map((each) => ({ value: each.broadcast, label: each.articles[0]?.title ?? "" }));
  const campaign = deed === "read_campaign" || deed === "clicked_campaign";
  if (!campaign && deed !== "read_article") return <span />;
  const options = campaign ? sent : [{ value: "", label: t("campaigns.anyArticle") }, ...read];
  return <Select value={value} options={options} onChange={(next: string) => onChange?.(next)} />;
}
