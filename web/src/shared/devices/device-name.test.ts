import { describe, expect, it } from "vitest";
import { wordsIn } from "../text/language";
import { deviceName } from "./device-name";

const { t } = wordsIn("zh-CN");
const device = { name: "", kind: "desk", browser: "Chrome", system: "Windows" };

describe("a device's name", () => {
  it("is its person's word first", () => {
    expect(deviceName({ ...device, name: "办公室电脑" }, t)).toBe("办公室电脑");
  });
  it("is else what it said of itself, as far as it said", () => {
    expect(deviceName(device, t)).toBe("Chrome · Windows");
    expect(deviceName({ ...device, browser: "" }, t)).toBe("Windows");
    expect(deviceName({ ...device, browser: "", system: "", kind: "program" }, t)).toBe("程序");
    expect(deviceName({ ...device, browser: "", system: "", kind: "" }, t)).toBe("未知设备");
  });
});
