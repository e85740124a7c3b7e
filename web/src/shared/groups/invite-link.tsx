/** A QR code and a link through which people come into a group. */

import { QRCodeSVG } from "@rc-component/qrcode";
import { useState } from "react";
import type { GroupLink } from "@shared/wire/generated";
import { useText } from "../text/language";
import { groupPath, useGroupAction } from "./use-group";

const DAYS = 7;

/** The token is behind the `#`, so that no server on the way writes it into a log. */
export function joinAddress(token: string): string {
  return `${location.origin}/#/join/${encodeURIComponent(token)}`;
}

export function InviteLink({ conv, title }: { conv: string; title: string }) {
  const { t, errorText, language } = useText();
  const [copied, setCopied] = useState(false);
  const [link, setLink] = useState<GroupLink | null>(null);
  const make = useGroupAction((api, days: number) => api.post<GroupLink>(groupPath(conv, "/links"), { days }), setLink);
  const withdraw = useGroupAction<null>((api) => api.delete(groupPath(conv, "/links")), () => setLink(null));
  const address = link ? joinAddress(link.token) : "";
  async function copy() {
    await navigator.clipboard.writeText(address);
    setCopied(true);
  }
  const failed = make.error ?? withdraw.error;
  return (
    <section className="el-group-invite">
      <h2>{t("group.link")}</h2>
      {failed && <p className="el-group-problem" role="alert">{errorText(failed)}</p>}
      {withdraw.isSuccess && !link && <p className="el-group-none">{t("group.withdrawn")}</p>}
      {link && (
        <figure data-testid="invite-qr" data-address={address}>
          <QRCodeSVG value={address} size={200} level="M" marginSize={4} title={t("group.qr", { title })} />
          <figcaption>
            {t("group.qr", { title })}
            <small>
              {t("group.linkUntil", { time: new Date(link.expires).toLocaleString(language, { dateStyle: "medium", timeStyle: "short" }) })}
            </small>
          </figcaption>
        </figure>
      )}
      <div className="el-group-actions">
        {link ? (
          <button type="button" className="el-chip el-chip-red" onClick={() => void copy()}>
            {copied ? t("group.copied") : t("group.copyLink")}
          </button>
        ) : (
          <button type="button" className="el-chip el-chip-red" data-testid="invite-link" disabled={make.isPending} onClick={() => make.mutate(DAYS)}>
            {t("group.makeLink")}
          </button>
        )}
        <button type="button" className="el-chip" data-testid="invite-withdraw" disabled={withdraw.isPending} onClick={() => withdraw.mutate(null)}>
          {t("group.withdraw")}
        </button>
      </div>
    </section>
  );
}
