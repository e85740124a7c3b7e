/** Logging in, on both pages. The password lives in the form only. */

import { useState, type SubmitEvent } from "react";
import type { DeviceItem } from "@shared/wire/generated";
import { DeviceChoice } from "../devices/device-choice";
import { ApiError } from "../http/api";
import type { TokenBox } from "../http/token-box";
import { useText } from "../text/language";
import { LanguageChoice } from "./language-choice";
import { Mark } from "./mark";

interface Props {
  readonly tokens: TokenBox;
  readonly title: string;
  readonly elsewhere: { readonly href: string; readonly words: string };
  /** Why the person is here again, if there is a reason. */
  readonly notice: string;
}

export function LoginPanel({ tokens, title, elsewhere, notice }: Props) {
  const { t, errorText } = useText();
  const [user, setUser] = useState("");
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState(notice);
  const [devices, setDevices] = useState<readonly DeviceItem[]>([]);

  function submit(event: SubmitEvent) {
    event.preventDefault();
    void logIn();
  }

  async function logIn(insteadOf?: string) {
    setBusy(true);
    try {
      await tokens.logIn(user.trim(), password, insteadOf);
    } catch (error) {
      if (error instanceof ApiError && error.code === "too_many_devices") {
        setDevices(error.devices);
        setProblem("");
        setBusy(false);
        return;
      }
      setDevices([]);
      const wrong = error instanceof ApiError && error.code === "not_authenticated";
      setProblem(wrong ? t("login.failed") : errorText(error));
      setPassword("");
      setBusy(false);
    }
  }

  return (
    <main className="el-login">
      <form onSubmit={submit}>
        <div className="el-login-brand">
          <Mark />
          <h1>{title}</h1>
          <p>{t("app.slogan")}</p>
        </div>
        {devices.length > 0 ? (
          <DeviceChoice
            devices={devices}
            busy={busy}
            onChosen={(session) => void logIn(session)}
            onCancel={() => setDevices([])}
          />
        ) : (
          <>
            <label>
              {t("login.user")}
              <input
                data-testid="login-user"
                value={user}
                onChange={(event) => setUser(event.target.value)}
                autoComplete="username"
                autoCapitalize="off"
                spellCheck={false}
                maxLength={64}
              />
            </label>
            <label>
              {t("login.password")}
              <input
                data-testid="login-password"
                type="password"
                value={password}
                onChange={(event) => setPassword(event.target.value)}
                autoComplete="current-password"
                maxLength={256}
              />
            </label>
            <button data-testid="login-submit" className="el-login-submit" disabled={busy || !user.trim() || !password}>
              {t("login.submit")}
            </button>
          </>
        )}
        <p className="el-login-error" role="alert" data-testid="login-error">
          {problem}
        </p>
        <div className="el-login-foot">
          <span>{t("login.privacy")}</span>
          <a href={elsewhere.href}>{elsewhere.words}</a>
          <LanguageChoice />
        </div>
      </form>
    </main>
  );
}
