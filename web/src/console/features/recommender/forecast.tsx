/** What offering a product to the likeliest followers would bring, asked before anything is sent. */

import { useMutation, useQuery } from "@tanstack/react-query";
import { App, Button, InputNumber, Select } from "antd";
import { useState } from "react";
import type { AudienceQuestion, ExpectedResult, OwnAccount } from "@shared/wire/generated";
import { useSession } from "../../../shared/session/session";
import { useText } from "../../../shared/text/language";
import { productName } from "../../shared/recommender/words";

const MOST = 20_000;

export function Forecast({ products }: { products: readonly string[] }) {
  const { t, errorText } = useText();
  const { api } = useSession();
  const { message } = App.useApp();
  const accounts = useQuery({ queryKey: ["own-accounts"], queryFn: () => api.get<OwnAccount[]>("/v1/staff/accounts") });
  const [account, setAccount] = useState<string>();
  const [question, setQuestion] = useState<AudienceQuestion>({ product: products[0] ?? "", at_least: 0, top: 0 });
  const chosen = account ?? accounts.data?.[0]?.account;
  const ask = useMutation({
    mutationFn: (of: string) => api.post<ExpectedResult>(`/v1/staff/accounts/${encodeURIComponent(of)}/foresee`, question),
    onError: (error) => void message.error(errorText(error)),
  });
  const change = (part: Partial<AudienceQuestion>) => {
    setQuestion({ ...question, ...part });
    ask.reset();
  };
  return (
    <section className="el-sheet" data-testid="forecast">
      <h2>{t("rec.audience")}</h2>
      <p className="el-hint">{t("rec.audienceHint")}</p>
      <div className="el-rec-ask">
        <label>
          {t("rec.account")}
          <Select
            value={chosen}
            onChange={(value: string) => {
              setAccount(value);
              ask.reset();
            }}
            options={(accounts.data ?? []).map(({ account: value, name }) => ({ value, label: name }))}
          />
        </label>
        <label>
          {t("rec.product")}
          <Select
            value={question.product}
            onChange={(product: string) => change({ product })}
            options={products.map((value) => ({ value, label: productName(value, t) }))}
          />
        </label>
        <label>
          {t("rec.atLeast")}
          <InputNumber min={0} max={1} step={0.05} value={question.at_least} onChange={(value) => change({ at_least: value ?? 0 })} />
        </label>
        <label>
          {t("rec.top")}
          <InputNumber min={0} max={MOST} precision={0} value={question.top} onChange={(value) => change({ top: value ?? 0 })} />
        </label>
        <Button type="primary" data-testid="forecast-ask" disabled={!chosen} loading={ask.isPending} onClick={() => chosen && ask.mutate(chosen)}>
          {t("rec.ask")}
        </Button>
      </div>
      {ask.data && <Result result={ask.data} />}
    </section>
  );
}

function Result({ result }: { result: ExpectedResult }) {
  const { t } = useText();
  const within = (value: number, low: number, high: number) =>
    t("rec.interval", { value: value.toFixed(1), low: low.toFixed(1), high: high.toFixed(1) });
  const added =
    result.added === null || result.added_low === null || result.added_high === null
      ? t("rec.unknownAdded")
      : within(result.added, result.added_low, result.added_high);
  return (
    <dl className="el-rec-card" data-testid="forecast-result">
      <div>
        <dt>{t("rec.reached")}</dt>
        <dd>{t("rec.people", { count: result.reached })}</dd>
      </div>
      <div>
        <dt>{t("rec.interested")}</dt>
        <dd>{within(result.interested, result.low, result.high)}</dd>
      </div>
      <div>
        <dt>{t("rec.added")}</dt>
        <dd>{added}</dd>
      </div>
    </dl>
  );
}
