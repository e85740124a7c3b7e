/** Where a member of staff is logged in: names, and out with what should not be. */

import { App, Button, Popconfirm, Tag, Typography } from "antd";
import type { DeviceItem } from "@shared/wire/generated";
import { makeOf } from "../../../shared/devices/device-name";
import { useDeviceChanges, useDevices } from "../../../shared/devices/use-devices";
import { useText } from "../../../shared/text/language";
import { fullTime } from "../../../shared/text/time";
import { Loaded } from "../../../shared/ui/loaded";
import "./device-room.css";

const LONGEST_NAME = 40;

export function DeviceRoom() {
  const { t, errorText } = useText();
  const { message } = App.useApp();
  const query = useDevices();
  const changes = useDeviceChanges((error) => void message.error(errorText(error)));
  return (
    <div className="el-device-room">
      <Typography.Title level={3}>{t("me.devices")}</Typography.Title>
      <Loaded query={query}>
        {(items) => (
          <>
            <p>{t("devices.countStaff", { count: items.length })}</p>
            {items.map((item) => (
              <DeviceLine key={item.session} item={item} changes={changes} />
            ))}
            {items.length > 1 && (
              <Popconfirm
                title={t("devices.revokeOthersAsk")}
                okText={t("devices.revoke")}
                cancelText={t("app.cancel")}
                onConfirm={() => changes.revokeOthers.mutate()}
              >
                <Button danger loading={changes.revokeOthers.isPending} data-testid="revoke-others">
                  {t("devices.revokeOthers")}
                </Button>
              </Popconfirm>
            )}
          </>
        )}
      </Loaded>
    </div>
  );
}

interface LineProps {
  readonly item: DeviceItem;
  readonly changes: ReturnType<typeof useDeviceChanges>;
}

function DeviceLine({ item, changes }: LineProps) {
  const { t, language } = useText();
  const rename = (name: string) => changes.rename.mutate({ session: item.session, name });
  return (
    <section className="el-device-line" data-testid="device">
      <div>
        <Typography.Text strong editable={{ text: item.name, maxLength: LONGEST_NAME, tooltip: t("devices.rename"), onChange: rename }}>
          {item.name || makeOf(item, t)}
        </Typography.Text>
        <small>
          {item.name && <>{makeOf(item, t)} · </>}
          {t("devices.active", { time: fullTime(item.active, language) })} ·{" "}
          {t("devices.created", { time: fullTime(item.created, language) })}
        </small>
      </div>
      {item.current ? (
        <Tag color="success">{t("devices.current")}</Tag>
      ) : (
        <Popconfirm
          title={t("devices.revokeAsk")}
          okText={t("devices.revoke")}
          cancelText={t("app.cancel")}
          onConfirm={() => changes.revoke.mutate(item.session)}
        >
          <Button size="small" data-testid="revoke">
            {t("devices.revoke")}
          </Button>
        </Popconfirm>
      )}
    </section>
  );
}
