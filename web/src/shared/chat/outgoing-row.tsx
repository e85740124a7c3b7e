/** A message that the server has not confirmed yet, or refused. */

import type { ClientBody } from "@shared/wire/generated";
import { useSession } from "../session/session";
import type { Outgoing } from "../socket/outbox";
import { useText } from "../text/language";
import { BodyView } from "./body-view";
import { MessageRow } from "./message-row";

export function OutgoingRow({ item, body }: { item: Outgoing; body: ClientBody }) {
  const { t, errorText } = useText();
  const { chat } = useSession();
  const { mid } = item.frame;
  const failed = item.state === "failed";
  const aside = failed && (
    <span className="el-failed" role="alert">
      {errorText(item.code)}
      <button type="button" className="el-plain" onClick={() => chat.retry(mid)}>
        {t("chat.resend")}
      </button>
      <button type="button" className="el-plain" onClick={() => chat.discard(mid)}>
        {t("chat.discard")}
      </button>
    </span>
  );
  const state = failed ? "failed" : item.state === "acked" ? "sent" : "sending";
  return (
    <MessageRow mine name="" account={false} state={state} mid={mid} wide={false} showState aside={aside}>
      <BodyView body={body} phase="open" mine onArticle={() => undefined} />
    </MessageRow>
  );
}
