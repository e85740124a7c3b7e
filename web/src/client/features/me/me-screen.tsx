/** The customer's own page. */

import { Dialog, List } from "antd-mobile";
import { BellOutline, CheckShieldOutline, EyeInvisibleOutline, GlobalOutline, PhonebookOutline, StarOutline } from "antd-mobile-icons";
import { useNavigate } from "react-router";
import { useLogOut } from "../../../shared/session/use-log-out";
import { useMe } from "../../../shared/session/use-me";
import { isTextKey, useText } from "../../../shared/text/language";
import { Avatar } from "../../../shared/ui/avatar";
import { LanguageChoice } from "../../../shared/ui/language-choice";
import { Loaded } from "../../../shared/ui/loaded";

export function MeScreen() {
  const { t } = useText();
  const navigate = useNavigate();
  const query = useMe();
  const logOut = useLogOut();
  const ask = async () => {
    const content = t("me.logoutAsk");
    if (await Dialog.confirm({ content, confirmText: t("me.logout"), cancelText: t("app.cancel") })) await logOut();
  };
  return (
    <>
      <header className="el-head">
        <h1>{t("tab.me")}</h1>
      </header>
      <Loaded query={query}>
        {(me) => {
          const role = `role.${me.role}`;
          return (
            <section className="el-me-card" data-testid="profile">
              <Avatar name={me.name} size={58} />
              <div>
                <h2>{me.name}</h2>
                <p>
                  {me.user} · {isTextKey(role) ? t(role) : me.role}
                </p>
                {me.branch && <p>{`${t("me.branch")} ${me.branch}`}</p>}
              </div>
            </section>
          );
        }}
      </Loaded>
      <List mode="card">
        <List.Item prefix={<StarOutline />} data-testid="me-stars" onClick={() => void navigate("/me/stars")}>
          {t("own.stars")}
        </List.Item>
        <List.Item
          prefix={<CheckShieldOutline />}
          description={t("me.consentsHint")}
          data-testid="me-consents"
          onClick={() => void navigate("/me/consents")}
        >
          {t("me.consents")}
        </List.Item>
        <List.Item
          prefix={<EyeInvisibleOutline />}
          description={t("privacy.hint")}
          data-testid="me-privacy"
          onClick={() => void navigate("/me/privacy")}
        >
          {t("privacy.title")}
        </List.Item>
        <List.Item
          prefix={<PhonebookOutline />}
          data-testid="me-devices"
          onClick={() => void navigate("/me/devices")}
        >
          {t("me.devices")}
        </List.Item>
        <List.Item
          prefix={<BellOutline />}
          description={t("notify.hint")}
          data-testid="me-notifications"
          onClick={() => void navigate("/me/notifications")}
        >
          {t("notify.title")}
        </List.Item>
        <List.Item prefix={<GlobalOutline />} extra={<LanguageChoice />}>
          {t("app.language")}
        </List.Item>
      </List>
      <List mode="card">
        <List.Item onClick={ask} arrowIcon={false} data-testid="logout">
          <span style={{ color: "var(--el-red)" }}>{t("me.logout")}</span>
        </List.Item>
      </List>
    </>
  );
}
