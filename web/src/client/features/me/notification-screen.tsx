/** Being told while away: whether on this device, what may be shown, and when not. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, NavBar, Switch, Toast } from "antd-mobile";
import { useState } from "react";
import { useNavigate } from "react-router";
import type { NotificationState, NotificationWishes } from "@shared/wire/generated";
import "../../../shared/devices/devices.css";
import { permission, startPushes, stopPushes } from "../../../shared/push/browser-push";
import { useSession } from "../../../shared/session/session";
import { useText } from "../../../shared/text/language";
import type { TextKey } from "../../../shared/text/zh-CN";
import { Loaded } from "../../../shared/ui/loaded";

const KEY = ["notifications"];
const PATH = "/v1/notifications";
const NIGHT = { quiet_from: "22:00", quiet_until: "08:00" };
const DAY = { quiet_from: "", quiet_until: "" };

export function NotificationScreen() {
  const { t } = useText();
  const { api } = useSession();
  const navigate = useNavigate();
  const query = useQuery({ queryKey: KEY, queryFn: () => api.get<NotificationState>(PATH) });
  return (
    <>
      <NavBar onBack={() => void navigate("/me")}>{t("notify.title")}</NavBar>
      <div className="el-body">
        <Loaded query={query}>
          {(state) => (
            <>
              <Here state={state} />
              <Wishes wishes={state.wishes} />
            </>
          )}
        </Loaded>
      </div>
    </>
  );
}

function Here({ state }: { state: NotificationState }) {
  const { t, errorText } = useText();
  const { api } = useSession();
  const queries = useQueryClient();
  const [problem, setProblem] = useState<TextKey | null>(null);
  const change = useMutation({
    mutationFn: () => (state.subscribed ? stopPushes(api) : startPushes(api, state)),
    onSuccess: () => {
      setProblem(null);
      return queries.invalidateQueries({ queryKey: KEY });
    },
    onError: ({ message }: Error) => {
      if (message === "push_denied") setProblem("notify.denied");
      else if (message === "push_unreachable") setProblem("notify.failed");
      else Toast.show({ content: errorText(message) });
    },
  });
  const told = problem ?? standing(state);
  return (
    <section className="el-panel" data-testid="notify-here" data-subscribed={state.subscribed}>
      <div className="el-panel-head">
        <h2>{t("notify.here")}</h2>
        <Button
          size="small"
          color={state.subscribed ? "default" : "primary"}
          loading={change.isPending}
          disabled={standing(state) !== null}
          onClick={() => change.mutate()}
          data-testid="notify-switch"
        >
          {t(state.subscribed ? "notify.turnOff" : "notify.turnOn")}
        </Button>
      </div>
      <p className="el-panel-foot">{t(told ?? "notify.hereHint")}</p>
    </section>
  );
}

/** Why it cannot be turned on here; null when it can. */
function standing({ public_key }: NotificationState): TextKey | null {
  if (!public_key) return "notify.off";
  const allowed = permission();
  if (allowed === "no") return "notify.no";
  return allowed === "denied" ? "notify.denied" : null;
}

function Wishes({ wishes }: { wishes: NotificationWishes }) {
  const { t } = useText();
  const { change, wish } = useWish(wishes);
  const quiet = Boolean(wishes.quiet_from);
  return (
    <>
      <section className="el-panel">
        <div className="el-panel-head">
          <h2>{t("notify.hide")}</h2>
          <Switch
            aria-label={t("notify.hide")}
            data-testid="notify-hide"
            checked={wishes.hide_content ?? true}
            loading={change.isPending}
            onChange={(hide_content) => wish({ hide_content })}
          />
        </div>
        <p className="el-panel-foot">{t("notify.hideHint")}</p>
      </section>
      <section className="el-panel">
        <div className="el-panel-head">
          <h2>{t("notify.quiet")}</h2>
          <Switch
            aria-label={t("notify.quiet")}
            data-testid="notify-quiet"
            checked={quiet}
            loading={change.isPending}
            onChange={(on) => wish(on ? NIGHT : DAY)}
          />
        </div>
        {quiet && (
          <div className="el-quiet">
            <label>
              {t("notify.from")}{" "}
              <input
                type="time"
                data-testid="quiet-from"
                value={wishes.quiet_from}
                onChange={({ target }) => target.value && wish({ quiet_from: target.value })}
              />
            </label>
            <label>
              {t("notify.until")}{" "}
              <input
                type="time"
                data-testid="quiet-until"
                value={wishes.quiet_until}
                onChange={({ target }) => target.value && wish({ quiet_until: target.value })}
              />
            </label>
          </div>
        )}
        <p className="el-panel-foot">{t("notify.quietHint")}</p>
      </section>
    </>
  );
}

/** Shown at once; taken back when the server refuses. The hours are those of this machine's zone. */
function useWish(wishes: NotificationWishes) {
  const { errorText } = useText();
  const { api } = useSession();
  const queries = useQueryClient();
  const change = useMutation({
    mutationFn: (wanted: NotificationWishes) => api.put(PATH, wanted),
    onMutate: (wanted) =>
      queries.setQueryData<NotificationState>(KEY, (state) => state && { ...state, wishes: wanted }),
    onError: (error) => {
      Toast.show({ content: errorText(error) });
      return queries.invalidateQueries({ queryKey: KEY });
    },
  });
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  const wish = (changed: Partial<NotificationWishes>) => change.mutate({ ...wishes, ...changed, zone: timeZone });
  return { change, wish };
}
