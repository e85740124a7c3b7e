/** To whom a message is passed on. */

import { useEffect, useRef } from "react";
import type { ClientBody, EventFrame } from "@shared/wire/generated";
import { useSession } from "../session/session";
import { useText } from "../text/language";
import { useThreads } from "../thread/use-threads";
import { Avatar } from "../ui/avatar";

export function ForwardDialog({ event, onClose }: { event: EventFrame; onClose: () => void }) {
  const { t } = useText();
  const { chat } = useSession();
  const dialog = useRef<HTMLDialogElement>(null);
  const threads = useThreads().flatMap(({ conv, ...rest }) => (conv === null ? [] : [{ ...rest, conv }]));
  useEffect(() => dialog.current?.showModal(), []);
  const forward = (conv: string) => {
    chat.send(conv, { ...(event.body as ClientBody), about: undefined }, { forwarded: { conv: event.conv, seq: event.seq } });
    onClose();
  };
  return (
    <dialog ref={dialog} className="el-forward" data-testid="forward" onClose={onClose} aria-label={t("forward.title")}>
      <h2>{t("forward.title")}</h2>
      {threads.map(({ key, title, kind, conv }) => (
        <button key={key} type="button" className="el-plain" data-testid={`forward-${title}`} onClick={() => forward(conv)}>
          <Avatar name={title} account={kind === "account"} size={36} />
          {title}
        </button>
      ))}
      {threads.length === 0 && <p>{t("forward.none")}</p>}
      <button type="button" className="el-plain el-forward-stop" onClick={onClose}>
        {t("message.stop")}
      </button>
    </dialog>
  );
}
