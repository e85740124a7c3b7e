import { ConfigProvider } from "antd-mobile";
import enUS from "antd-mobile/es/locales/en-US";
import zhCN from "antd-mobile/es/locales/zh-CN";
import { useState } from "react";
import { TokenBox } from "../../shared/http/token-box";
import { tokenWorld } from "../../shared/session/browser";
import { SessionProvider, useLoggedIn } from "../../shared/session/session";
import { useText } from "../../shared/text/language";
import { LoginPanel } from "../../shared/ui/login-panel";
import { Home } from "./home";

const tokens = new TokenBox("client", tokenWorld);

/** Logged in or not: everything hangs on this one question. */
export function App() {
  const { t, language } = useText();
  const [revoked, setRevoked] = useState(false);
  const loggedIn = useLoggedIn(tokens);
  return (
    <ConfigProvider locale={language === "en" ? enUS : zhCN}>
      {loggedIn ? (
        <SessionProvider tokens={tokens} onEnded={setRevoked}>
          <Home />
        </SessionProvider>
      ) : (
        <LoginPanel
          tokens={tokens}
          title={t("app.brand")}
          elsewhere={{ href: "/console", words: t("login.staffLink") }}
          notice={revoked ? t("login.revoked") : ""}
        />
      )}
    </ConfigProvider>
  );
}
