import { Tag } from "antd";
import { isTextKey, useText } from "../../shared/text/language";

const COLOURS: Readonly<Record<string, string>> = { submitted: "gold", approved: "green", rejected: "red", recalled: "default" };

/** 待审核, 已发送, 已退回, 已撤回. */
export function BroadcastTag({ state }: { state: string }) {
  const { t } = useText();
  const key = `broadcast.state.${state}`;
  return <Tag color={COLOURS[state] ?? "default"}>{isTextKey(key) ? t(key) : state}</Tag>;
}
