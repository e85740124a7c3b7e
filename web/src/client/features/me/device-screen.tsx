/** Where this customer is logged in; any device can be logged out from here. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Dialog, NavBar, Tag, Toast } from "antd-mobile";
import { useNavigate } from "react-router";
import type { DeviceItem } from "@shared/wire/generated";
import { useSession } from "../../../shared/session/session";
import { useText } from "../../../shared/text/language";
import { fullTime } from "../../../shared/text/time";
import { Loaded } from "../../../shared/ui/loaded";

export function DeviceScreen() {
  const { t } = useText();
  const { api } = useSession();
  const navigate = useNavigate();
  const query = useQuery({ queryKey: ["devices"], queryFn: () => api.get<DeviceItem[]>("/v1/devices") });
  return (
    <>
      <NavBar onBack={() => void navigate("/me")}>{t("me.devices")}</NavBar>
      <div className="el-body">
        <Loaded query={query}>
          {(items) => items.map((item) => <DevicePanel key={item.session} item={item} />)}
        </Loaded>
      </div>
    </>
  );
}

function DevicePanel({ item }: { item: DeviceItem }) {
  const { t, language } = useText();
  const revoke = useRevoke();
  const ask = async () => {
    const content = t("devices.revokeAsk");
    const sure = await Dialog.confirm({ content, confirmText: t("devices.revoke"), cancelText: t("app.cancel") });
    if (sure) revoke.mutate(item.session);
  };
  return (
    <section className="el-panel" data-testid="device" data-session={item.session}>
      <div className="el-panel-head">
        <h2>{item.device.slice(0, 16)}</h2>
        {item.current ? (
          <Tag color="success" fill="outline">
            {t("devices.current")}
          </Tag>
        ) : (
          <Button size="small" onClick={ask} loading={revoke.isPending}>
            {t("devices.revoke")}
          </Button>
        )}
      </div>
      <p className="el-panel-foot">
        {t("devices.created", { time: fullTime(item.created, language) })} ·{" "}
        {t("devices.refreshed", { time: fullTime(item.refreshed, language) })}
      </p>
    </section>
  );
}

function useRevoke() {
  const { api } = useSession();
  const { errorText } = useText();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (session: string) => api.delete(`/v1/devices/${encodeURIComponent(session)}`),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["devices"] }),
    onError: (error) => void Toast.show({ content: errorText(error) }),
  });
}
