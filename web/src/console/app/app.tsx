import { App as AntApp, ConfigProvider } from "antd";
import enUS from "antd/locale/en_US";
import zhCN from "antd/locale/zh_CN";
import { useState } from "react";
import { TokenBox } from "../../shared/http/token-box";
import { tokenWorld } from "../../shared/session/browser";
import { SessionProvider, useLoggedIn } from "../../shared/session/session";
import { useText } from "../../shared/text/language";
import { LoginPanel } from "../../shared/ui/login-panel";
import { Desk } from "./desk";

const tokens = new TokenBox("console", tokenWorld);

const theme = {
  token: { colorPrimary: "#b5121b", colorLink: "#b5121b", borderRadius: 8, fontFamily: "var(--el-font)" },
};

export function App() {
  const { t, language } = useText();
  const [revoked, setRevoked] = useState(false);
  const loggedIn = useLoggedIn(tokens);
  return (
    <ConfigProvider locale={language === "en" ? enUS : zhCN} theme={theme} button={{ autoInsertSpace: false }}>
      <AntApp className="el-full">
        {loggedIn ? (
          <SessionProvider tokens={tokens} onEnded={setRevoked}>
            <Desk />
          </SessionProvider>
        ) : (
          <LoginPanel
            tokens={tokens}
            title={`${t("app.brand")} · ${t("app.staff")}`}
            elsewhere={{ href: "/", words: t("login.customerLink") }}
            notice={revoked ? t("login.revoked") : ""}
          />
        )}
      </AntApp>
    </ConfigProvider>
  );
}
