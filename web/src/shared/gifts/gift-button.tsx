/** Begins a red packet for this conversation, in the bank's own one, where money is confirmed. */

import { GiftOutline } from "antd-mobile-icons";
import { useNavigate } from "react-router";
import { useChat, useSession } from "../session/session";
import { useMe } from "../session/use-me";
import { useText } from "../text/language";

const LONGEST_KEY = 64;

export function GiftButton({ conv, onSent }: { conv: string; onSent: () => void }) {
  const { t } = useText();
  const { chat } = useSession();
  const { user, conversations } = useChat();
  const navigate = useNavigate();
  const { data: me } = useMe();
  const bank = `s:@service:${user}`;
  const key = `gift:${conv}`;
  const kind = conversations.get(conv)?.item.kind;
  const here = (kind === "group" || kind === "direct") && key.length <= LONGEST_KEY;
  if (!here || me?.role !== "customer" || !conversations.has(bank)) return null;
  return (
    <button
      type="button"
      role="menuitem"
      className="el-plain"
      data-testid="attach-gift"
      onClick={() => {
        chat.send(bank, { type: "menu", key, title: t("gift.menu") });
        onSent();
        void navigate(`/open/${encodeURIComponent(bank)}`);
      }}
    >
      <GiftOutline />
      {t("gift.send")}
    </button>
  );
}
