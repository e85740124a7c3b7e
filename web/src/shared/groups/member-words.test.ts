import type { MemberChangeBody } from "@shared/wire/generated";
import { describe, expect, it } from "vitest";
import { wordsIn } from "../text/language";
import { memberWords } from "./member-words";

const NAMES: Record<string, string> = { wangfang: "王芳", lina: "李娜", zhangwei: "张伟" };
const say = (body: Omit<MemberChangeBody, "type" | "who">) =>
  memberWords({ type: "member", who: "wangfang", ...body }, (user) => NAMES[user] ?? user, wordsIn("zh-CN").t);

describe("memberWords", () => {
  it("says who brought whom", () => {
    expect(say({ what: "invited", whom: ["lina"] })).toBe("王芳邀请李娜加入群聊");
    expect(say({ what: "created", whom: ["wangfang", "zhangwei", "lina"] })).toBe("王芳创建了群聊，邀请了张伟、李娜");
    expect(say({ what: "created", whom: ["wangfang"] })).toBe("王芳创建了群聊");
    expect(say({ what: "joined", whom: ["lina"], by: "wangfang" })).toBe("李娜通过王芳的邀请加入群聊");
  });

  it("says how many when they are many", () => {
    expect(say({ what: "invited", whom: ["a", "b", "c", "d", "e", "f"] })).toBe("王芳邀请a、b、c、d、e… (6)加入群聊");
  });

  it("says what was set", () => {
    expect(say({ what: "setting", text: "silent" })).toBe("王芳开启了全员禁言");
    expect(say({ what: "role", whom: ["lina"], text: "member" })).toBe("王芳取消了李娜的管理员身份");
    expect(say({ what: "announced" })).toBe("王芳撤下了群公告");
  });

  it("has a line for what it does not know yet", () => {
    expect(say({ what: "teleported" })).toBe("群聊有更新");
    expect(say({ what: "setting", text: "other" })).toBe("群聊有更新");
  });
});
