/** Where this person is logged in: what each device is called, and out with those that should not be. */

import { Button, Dialog, Input, NavBar, Tag, Toast } from "antd-mobile";
import { EditSOutline } from "antd-mobile-icons";
import { useNavigate } from "react-router";
import type { DeviceItem } from "@shared/wire/generated";
import { deviceName, makeOf } from "../../../shared/devices/device-name";
import "../../../shared/devices/devices.css";
import { useDeviceChanges, useDevices } from "../../../shared/devices/use-devices";
import { useText } from "../../../shared/text/language";
import { fullTime } from "../../../shared/text/time";
import { Loaded } from "../../../shared/ui/loaded";

const LONGEST_NAME = 40;

export function DeviceScreen() {
  const { t } = useText();
  const navigate = useNavigate();
  const query = useDevices();
  const { revokeOthers } = useChanges();
  const ask = async () => {
    const content = t("devices.revokeOthersAsk");
    if (await Dialog.confirm({ content, confirmText: t("devices.revoke"), cancelText: t("app.cancel") })) revokeOthers.mutate();
  };
  return (
    <>
      <NavBar onBack={() => void navigate("/me")}>{t("me.devices")}</NavBar>
      <div className="el-body">
        <Loaded query={query}>
          {(items) => (
            <>
              <p className="el-hint">{t("devices.count", { count: items.length })}</p>
              {items.map((item) => (
                <DevicePanel key={item.session} item={item} />
              ))}
              {items.length > 1 && (
                <div className="el-devices-all">
                  <Button block color="danger" fill="outline" onClick={ask} loading={revokeOthers.isPending} data-testid="revoke-others">
                    {t("devices.revokeOthers")}
                  </Button>
                </div>
              )}
            </>
          )}
        </Loaded>
      </div>
    </>
  );
}

function DevicePanel({ item }: { item: DeviceItem }) {
  const { t, language } = useText();
  const { revoke, rename } = useChanges();
  const ask = async () => {
    const content = t("devices.revokeAsk");
    const sure = await Dialog.confirm({ content, confirmText: t("devices.revoke"), cancelText: t("app.cancel") });
    if (sure) revoke.mutate(item.session);
  };
  const name = async () => {
    let typed = item.name;
    const content = (
      <Input
        defaultValue={item.name}
        placeholder={t("devices.renameHint")}
        maxLength={LONGEST_NAME}
        onChange={(value) => (typed = value)}
        data-testid="device-name-input"
      />
    );
    const sure = await Dialog.confirm({
      title: t("devices.rename"),
      content,
      confirmText: t("devices.save"),
      cancelText: t("app.cancel"),
    });
    if (sure) rename.mutate({ session: item.session, name: typed });
  };
  return (
    <section className="el-panel" data-testid="device" data-session={item.session}>
      <div className="el-panel-head">
        <button type="button" className="el-device-name" onClick={name} aria-label={t("devices.rename")} data-testid="device-name">
          {deviceName(item, t)}
          <EditSOutline />
        </button>
        {item.current ? (
          <Tag color="success" fill="outline">
            {t("devices.current")}
          </Tag>
        ) : (
          <Button size="small" onClick={ask} loading={revoke.isPending} data-testid="revoke">
            {t("devices.revoke")}
          </Button>
        )}
      </div>
      <p className="el-panel-foot">
        {item.name && <>{makeOf(item, t)} · </>}
        {t("devices.active", { time: fullTime(item.active, language) })}
        <br />
        {t("devices.created", { time: fullTime(item.created, language) })}
        {item.push && <> · {t("devices.told")}</>}
      </p>
    </section>
  );
}

function useChanges() {
  const { errorText } = useText();
  return useDeviceChanges((error) => void Toast.show({ content: errorText(error) }));
}
