/** A public account's menu, and the keyboard behind it. */

import { UnorderedListOutline } from "antd-mobile-icons";
import { useEffect, useRef, useState } from "react";
import type { MenuItem } from "@shared/wire/generated";
import { Composer } from "../../../shared/chat/composer";
import { useDrafting } from "../../../shared/chat/drafting";
import { useAccount } from "../../../shared/http/use-accounts";
import { useSession } from "../../../shared/session/session";
import { useText } from "../../../shared/text/language";
import { isSpecial, SpecialPress } from "./special-press";

export function AccountBar({ account, conv }: { account: string; conv: string }) {
  const { t } = useText();
  const { data, isPending } = useAccount(account);
  const menu = data?.menu ?? [];
  const [typing, setTyping] = useState(false);
  const { intent } = useDrafting();
  // Not yet known: a text field that a menu then replaced would take somebody's words with it.
  if (isPending) return <div className="el-menubar" aria-busy="true" />;
  if (!menu.length || typing || intent.kind !== "new") {
    const toggle = menu.length > 0 && (
      <button
        type="button"
        className="el-plain el-toggle"
        data-testid="menu-toggle"
        aria-label={t("chat.menu")}
        onClick={() => setTyping(false)}
      >
        <UnorderedListOutline />
      </button>
    );
    return <Composer conv={conv} placeholder={t("chat.placeholderAccount")} before={toggle} />;
  }
  return (
    <div className="el-menubar" data-testid="account-menu">
      <button
        type="button"
        className="el-plain el-toggle"
        data-testid="keyboard-toggle"
        aria-label={t("chat.keyboard")}
        onClick={() => setTyping(true)}
      >
        <KeyboardSign />
      </button>
      {menu.map((item) => (
        <MenuSlot key={item.title} item={item} account={account} conv={conv} />
      ))}
    </div>
  );
}

function MenuSlot({ item, account, conv }: { item: MenuItem; account: string; conv: string }) {
  const { api, chat } = useSession();
  const [open, setOpen] = useState(false);
  const slot = useRef<HTMLSpanElement>(null);
  const children = item.children ?? [];
  const [special, setSpecial] = useState<MenuItem | null>(null);
  const doing = special && <SpecialPress item={special} conv={conv} onDone={() => setSpecial(null)} />;
  const tap = (tapped: MenuItem) => {
    const { key, title, kind, url } = tapped;
    setOpen(false);
    if (isSpecial(tapped)) setSpecial(tapped);
    else if ((kind === "view" || kind === "miniprogram") && url) {
      window.open(url, "_blank", "noopener,noreferrer");
      // The account is told; a page is open whether or not it could be.
      void api.post(`/v1/accounts/${encodeURIComponent(account)}/pages`, { url }).catch(() => undefined);
    } else chat.send(conv, { type: "menu", key: key ?? "", title });
  };
  useEffect(() => {
    if (!open) return undefined;
    const close = (event: PointerEvent) => {
      if (!(event.target instanceof Node && slot.current?.contains(event.target))) setOpen(false);
    };
    addEventListener("pointerdown", close);
    return () => removeEventListener("pointerdown", close);
  }, [open]);
  if (!children.length) {
    return (
      <span className="el-menu-slot">
        {doing}
        <button type="button" className="el-plain" onClick={() => tap(item)}>
          {item.title}
        </button>
      </span>
    );
  }
  return (
    <span className="el-menu-slot" ref={slot}>
      {doing}
      <button type="button" className="el-plain el-menu-more" aria-expanded={open} onClick={() => setOpen(!open)}>
        {item.title}
      </button>
      {open && (
        <span className="el-submenu" role="menu">
          {children.map((child) => (
            <button key={child.title} type="button" role="menuitem" className="el-plain" onClick={() => tap(child)}>
              {child.title}
            </button>
          ))}
        </span>
      )}
    </span>
  );
}

function KeyboardSign() {
  return (
    <svg viewBox="0 0 24 24" width="24" height="24" fill="none" stroke="currentColor" strokeWidth="1.5" aria-hidden="true">
      <rect x="2.5" y="5.5" width="19" height="13" rx="2.5" />
      <path d="M6 9.5h.01M10 9.5h.01M14 9.5h.01M18 9.5h.01M6 12.5h.01M18 12.5h.01M10 12.5h.01M14 12.5h.01M8 15.5h8" strokeLinecap="round" />
    </svg>
  );
}
