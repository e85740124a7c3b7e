/** My own QR code, and the person whose code or link was opened. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { QRCodeSVG } from "@rc-component/qrcode";
import { useState } from "react";
import { useParams } from "react-router";
import type { FoundContact, OwnCard } from "@shared/wire/generated";
import { ApiError } from "../../../shared/http/api";
import { Sure } from "../../../shared/groups/sure";
import { useSession } from "../../../shared/session/session";
import { useMe } from "../../../shared/session/use-me";
import { useText } from "../../../shared/text/language";
import { Avatar } from "../../../shared/ui/avatar";
import { Loaded } from "../../../shared/ui/loaded";
import { cardAddress } from "./card-address";
import { FoundCard } from "./found-card";
import { Framed } from "./framed";

const KEY = ["contact-card"];

export function CardScreen() {
  const { t } = useText();
  const { api } = useSession();
  const { data: me } = useMe();
  const query = useQuery({ queryKey: KEY, queryFn: () => api.get<OwnCard>("/v1/contact-card") });
  return (
    <Framed title={t("contact.myCard")} back="/contacts/add">
      <Loaded query={query}>{({ card }) => <Card card={card} name={me?.name ?? ""} />}</Loaded>
    </Framed>
  );
}

function Card({ card, name }: { card: string; name: string }) {
  const { t, errorText } = useText();
  const { api } = useSession();
  const queries = useQueryClient();
  const [copied, setCopied] = useState("");
  const renew = useMutation({
    mutationFn: () => api.post<OwnCard>("/v1/contact-card"),
    onSuccess: (fresh) => queries.setQueryData(KEY, fresh),
  });
  const address = cardAddress(card);
  async function copy() {
    await navigator.clipboard.writeText(address);
    setCopied(card);
  }
  return (
    <section className="el-contact-card">
      <header>
        <Avatar name={name} size={48} />
        <strong>{name}</strong>
      </header>
      <figure data-testid="card-qr" data-address={address}>
        <QRCodeSVG value={address} size={220} level="M" marginSize={4} title={t("contact.cardTitle")} />
        <figcaption>{t("contact.cardTitle")}</figcaption>
      </figure>
      <div className="el-group-actions">
        <button type="button" className="el-chip el-chip-red" onClick={() => void copy()}>
          {copied === card ? t("contact.copied") : t("contact.copyLink")}
        </button>
        <Sure
          key={card}
          label={t("contact.renewCard")}
          question={t("contact.renewAsk")}
          testId="card-renew"
          busy={renew.isPending}
          onSure={() => renew.mutate()}
        />
      </div>
      {renew.error && (
        <p className="el-group-problem" role="alert">
          {errorText(renew.error)}
        </p>
      )}
      <p className="el-contact-hint">{t("contact.cardHint")}</p>
    </section>
  );
}

export function OpenedCardScreen() {
  const { t, errorText } = useText();
  const { card = "" } = useParams();
  const { api } = useSession();
  const query = useQuery({
    queryKey: ["contacts", "card", card],
    queryFn: () => api.post<FoundContact>("/v1/contact-search/card", { card }),
    staleTime: Infinity,
  });
  const gone = query.error instanceof ApiError && query.error.code === "not_found";
  return (
    <Framed title={t("contact.add")}>
      <section>
        {query.data && <FoundCard person={query.data} />}
        {query.error && (
          <p className="el-group-problem" role="alert">
            {gone ? t("contact.cardGone") : errorText(query.error)}
          </p>
        )}
      </section>
    </Framed>
  );
}
