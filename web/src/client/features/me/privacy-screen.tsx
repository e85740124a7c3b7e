/** Who can find me, and who sees whether I am there. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { List, NavBar, Radio, Switch, Toast } from "antd-mobile";
import { useNavigate } from "react-router";
import type { PrivacyChange, PrivacyItem } from "@shared/wire/generated";
import { useSession } from "../../../shared/session/session";
import { useText } from "../../../shared/text/language";
import { Loaded } from "../../../shared/ui/loaded";

const KEY = ["privacy"];
const AUDIENCES = ["conversations", "contacts", "nobody"] as const;

export function PrivacyScreen() {
  const { t, errorText } = useText();
  const navigate = useNavigate();
  const { api } = useSession();
  const queries = useQueryClient();
  const query = useQuery({ queryKey: KEY, queryFn: () => api.get<PrivacyItem>("/v1/privacy") });
  const change = useMutation({
    mutationFn: (wanted: PrivacyChange) => api.put<PrivacyItem>("/v1/privacy", wanted),
    onSuccess: (changed) => queries.setQueryData(KEY, changed),
    onError: (error) => void Toast.show({ content: errorText(error) }),
  });
  return (
    <>
      <NavBar onBack={() => void navigate("/me")}>{t("privacy.title")}</NavBar>
      <div className="el-body">
        <Loaded query={query}>
          {(privacy) => {
            const chosen = AUDIENCES.find((each) => each === privacy.presence) ?? "conversations";
            return (
              <>
                <section className="el-panel">
                  <div className="el-panel-head">
                    <h2>{t("privacy.findable")}</h2>
                    <Switch
                      data-testid="privacy-findable"
                      aria-label={t("privacy.findable")}
                      checked={privacy.findable}
                      loading={change.isPending}
                      onChange={(findable) => change.mutate({ findable, presence: chosen })}
                    />
                  </div>
                  <p className="el-panel-foot">{t("privacy.findableHint")}</p>
                </section>
                <section className="el-panel">
                  <div className="el-panel-head">
                    <h2>{t("privacy.presence")}</h2>
                  </div>
                  <Radio.Group
                    value={chosen}
                    disabled={change.isPending}
                    onChange={(value) => {
                      const presence = AUDIENCES.find((each) => each === value);
                      if (presence) change.mutate({ findable: privacy.findable, presence });
                    }}
                  >
                    {AUDIENCES.map((each) => (
                      <Radio key={each} value={each} block className="el-privacy-choice" data-testid={`privacy-${each}`}>
                        {t(`privacy.${each}`)}
                      </Radio>
                    ))}
                  </Radio.Group>
                  <p className="el-panel-foot">{t("privacy.presenceHint")}</p>
                </section>
              </>
            );
          }}
        </Loaded>
        <List mode="card">
          <List.Item data-testid="privacy-blocked" onClick={() => void navigate("/contacts/blocked")}>
            {t("contact.blocked")}
          </List.Item>
        </List>
      </div>
    </>
  );
}
