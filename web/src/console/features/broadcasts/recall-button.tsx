/** Taking a broadcast back from every follower's feed, for a day after it was approved. */

import { App, Button, Popconfirm } from "antd";
import type { BroadcastItem } from "@shared/wire/generated";
import { useText } from "../../../shared/text/language";
import { useRecallBroadcast } from "../../shared/use-broadcasts";

export function RecallButton({ item }: { item: BroadcastItem }) {
  const { t, errorText } = useText();
  const { message } = App.useApp();
  const recall = useRecallBroadcast();
  if (item.state !== "approved") return null;
  const act = () =>
    recall.mutate(item.broadcast, {
      onSuccess: () => void message.success(t("broadcast.recalled")),
      onError: (error) => void message.error(errorText(error)),
    });
  return (
    <Popconfirm title={t("broadcast.recallAsk")} okText={t("broadcast.recall")} onConfirm={act}>
      <Button size="small" loading={recall.isPending} data-testid={`broadcast-recall-${item.broadcast}`}>
        {t("broadcast.recall")}
      </Button>
    </Popconfirm>
  );
}
