/** One message: whose it is, on which side, and how far it got. */

import type { HTMLAttributes, ReactNode } from "react";
import type { EventFrame } from "@shared/wire/generated";
import type { Progress } from "../thread/marks";
import { useText } from "../text/language";
import { Avatar } from "../ui/avatar";

export type MessageState = Progress | "sending" | "failed" | "received";

interface Props {
  readonly mine: boolean;
  readonly name: string;
  readonly account: boolean;
  readonly state: MessageState;
  readonly mid: string;
  readonly event?: EventFrame;
  /** Cards and articles bring their own frame and use the whole width. */
  readonly wide: boolean;
  readonly showState: boolean;
  readonly children: ReactNode;
  /** Opens what can be done with the message. */
  readonly press?: HTMLAttributes<HTMLElement>;
  readonly aside?: ReactNode;
}

export function MessageRow(props: Props) {
  const { mine, name, account, state, mid, event, wide, showState, children, press, aside } = props;
  const { t } = useText();
  const side = mine ? "mine" : "theirs";
  return (
    <div
      className={`el-row el-row-${side} ${wide ? "el-row-wide" : ""}`}
      data-testid="bubble"
      data-conv={event?.conv}
      data-seq={event?.seq}
      data-mid={mid}
      data-state={state}
      data-side={side}
      data-body={event?.body.type}
    >
      {!mine && <Avatar name={name} account={account} size={38} />}
      <div className="el-row-body" {...press}>
        {children}
        {mine && showState && state !== "received" && (
          <span className={`el-progress el-progress-${state}`} data-testid="message-progress">
            {t(`chat.${state}`)}
          </span>
        )}
        {aside}
      </div>
    </div>
  );
}
