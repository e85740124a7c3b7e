/** What a device is called: as its person calls it, else as it said of itself at log-in. */

import type { DeviceItem } from "@shared/wire/generated";
import type { Translate } from "../text/language";

type Named = Pick<DeviceItem, "name" | "kind" | "browser" | "system">;

export function deviceName(device: Named, t: Translate): string {
  return device.name || makeOf(device, t);
}

export function makeOf({ kind, browser, system }: Named, t: Translate): string {
  const named = browser === "WeChat" ? t("devices.wechat") : browser;
  const make = [named, system].filter(Boolean).join(" · ");
  if (make) return make;
  return kind === "program" ? t("devices.program") : t("devices.unknown");
}
