/** Ways to a new contact: a whole number, a link, or one's own QR code. */

import { SystemQRcodeOutline, RightOutline } from "antd-mobile-icons";
import { useState } from "react";
import { useNavigate } from "react-router";
import type { FoundContact } from "@shared/wire/generated";
import { useContactAction } from "../../../shared/contacts/use-contacts";
import { ApiError } from "../../../shared/http/api";
import { useText } from "../../../shared/text/language";
import { cardOf } from "./card-address";
import { FoundCard } from "./found-card";
import { Framed } from "./framed";

export function AddScreen() {
  const { t } = useText();
  const navigate = useNavigate();
  return (
    <Framed title={t("contact.add")}>
      <ByNumber />
      <ByLink />
      <section>
        <button type="button" className="el-plain el-contact-way" data-testid="my-card" onClick={() => void navigate("/contacts/card")}>
          <SystemQRcodeOutline fontSize={22} />
          <span>{t("contact.myCard")}</span>
          <RightOutline />
        </button>
      </section>
    </Framed>
  );
}

function ByNumber() {
  const { t, errorText } = useText();
  const [number, setNumber] = useState("");
  const find = useContactAction((api, wanted: string) => api.post<FoundContact[]>("/v1/contact-search", { number: wanted }));
  const missed = find.error instanceof ApiError && find.error.code === "not_found";
  return (
    <section>
      <form
        className="el-contact-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (number.trim()) find.mutate(number.trim());
        }}
      >
        <label className="el-contact-field">
          {t("contact.number")}
          <input
            data-testid="contact-number"
            inputMode="text"
            autoComplete="off"
            maxLength={64}
            placeholder={t("contact.numberHint")}
            value={number}
            onChange={(event) => setNumber(event.target.value)}
          />
        </label>
        <button className="el-chip el-chip-red" data-testid="contact-find" disabled={!number.trim() || find.isPending}>
          {t("contact.find")}
        </button>
      </form>
      {find.error && (
        <p className="el-group-problem" role="alert" data-testid="contact-missed">
          {missed ? t("contact.notFound") : errorText(find.error)}
        </p>
      )}
      {find.data?.map((person) => <FoundCard key={person.ticket || person.user} person={person} />)}
    </section>
  );
}

function ByLink() {
  const { t } = useText();
  const navigate = useNavigate();
  const [link, setLink] = useState("");
  const [bad, setBad] = useState(false);
  return (
    <section>
      <form
        className="el-contact-form"
        onSubmit={(event) => {
          event.preventDefault();
          const card = cardOf(link);
          setBad(!card);
          if (card) void navigate(`/card/${encodeURIComponent(card)}`);
        }}
      >
        <label className="el-contact-field">
          {t("contact.paste")}
          <input
            data-testid="contact-link"
            autoComplete="off"
            maxLength={300}
            placeholder={t("contact.pasteHint")}
            value={link}
            onChange={(event) => setLink(event.target.value)}
          />
        </label>
        <button className="el-chip el-chip-red" data-testid="contact-open" disabled={!link.trim()}>
          {t("contact.open")}
        </button>
      </form>
      {bad && (
        <p className="el-group-problem" role="alert">
          {t("contact.badLink")}
        </p>
      )}
    </section>
  );
}
