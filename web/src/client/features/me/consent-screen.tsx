/** Three switches, all off at start; each says what it allows before it is touched. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { NavBar, Switch, Toast } from "antd-mobile";
import { useNavigate } from "react-router";
import type { ConsentChange, ConsentItem } from "@shared/wire/generated";
import { useSession } from "../../../shared/session/session";
import { useText } from "../../../shared/text/language";
import { fullTime } from "../../../shared/text/time";
import { Loaded } from "../../../shared/ui/loaded";
import { consentWords, hashOf, isPurpose, type ConsentWords } from "./consent-words";

export function ConsentScreen() {
  const { t } = useText();
  const { api } = useSession();
  const navigate = useNavigate();
  const query = useQuery({ queryKey: ["consents"], queryFn: () => api.get<ConsentItem[]>("/v1/consents") });
  return (
    <>
      <NavBar onBack={() => void navigate("/me")}>{t("me.consents")}</NavBar>
      <div className="el-body">
        <p className="el-hint">{t("me.consentsHint")}</p>
        <Loaded query={query}>
          {(items) => items.map((item) => <ConsentPanel key={item.purpose} item={item} />)}
        </Loaded>
      </div>
    </>
  );
}

function ConsentPanel({ item }: { item: ConsentItem }) {
  const { t, language } = useText();
  const change = useChange(item.purpose);
  if (!isPurpose(item.purpose)) return null;
  const words = consentWords(item.purpose, t);
  return (
    <section className="el-panel" data-testid={`consent-${item.purpose}`} data-granted={item.granted}>
      <div className="el-panel-head">
        <h2>{words.title}</h2>
        <Switch
          aria-label={words.title}
          checked={item.granted}
          loading={change.isPending}
          onChange={(granted) => change.mutate({ granted, words })}
        />
      </div>
      <dl>
        {words.parts.map(({ label, text }) => (
          <Part key={label} label={label} text={text} />
        ))}
      </dl>
      <p className="el-panel-foot">
        {item.changed ? t("consent.changed", { time: fullTime(item.changed, language) }) : t("consent.never")}
      </p>
    </section>
  );
}

function Part({ label, text }: { label: string; text: string }) {
  return (
    <>
      <dt>{label}</dt>
      <dd>{text}</dd>
    </>
  );
}

function useChange(purpose: string) {
  const { api } = useSession();
  const { errorText } = useText();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ granted, words }: { granted: boolean; words: ConsentWords }) => {
      const change: ConsentChange = { granted, text_hash: await hashOf(words) };
      return api.put<ConsentItem>(`/v1/consents/${purpose}`, change);
    },
    onSuccess: (changed) =>
      queries.setQueryData<ConsentItem[]>(["consents"], (items) =>
        items?.map((item) => (item.purpose === changed.purpose ? changed : item)),
      ),
    onError: (error) => void Toast.show({ content: errorText(error) }),
  });
}
