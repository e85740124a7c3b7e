import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import type { Me } from "@shared/wire/generated";
import { useText } from "../text/language";
import { useSession } from "./session";
import { useMe } from "./use-me";

/**
 * What was chosen on this screen is written to the person's record, for notices and bots follow
 * it; where nothing was ever chosen, the screen speaks the language of the record.
 */
export function useOwnLanguage(): void {
  const { api } = useSession();
  const { language, chosen, adoptLanguage } = useText();
  const { data: me } = useMe();
  const queries = useQueryClient();
  const recorded = me?.language;
  useEffect(() => {
    if (recorded === undefined || recorded === language) return;
    if (!chosen) {
      if (recorded === "en" || recorded === "zh-CN") adoptLanguage(recorded);
      return;
    }
    void api
      .put<undefined>("/v1/me/language", { language })
      .then(() => queries.setQueryData<Me>(["me"], (held) => held && { ...held, language }))
      .catch(() => undefined); // asked again when the page is opened the next time
  }, [api, queries, recorded, language, chosen, adoptLanguage]);
}
