import { expect, test } from "vitest";
import { wordsIn } from "../../../shared/text/language";
import { detailWords, kindWords, KINDS } from "./audit-words";

const zh = wordsIn("zh-CN").t;
const en = wordsIn("en").t;

test("an event is told in the language of the reader", () => {
  expect(kindWords("broadcast_approved", zh)).toBe("批准群发");
  expect(kindWords("broadcast_approved", en)).toBe("Broadcast approved");
  expect(KINDS).toContain("login_refused");
});

test("what has no words yet is shown as it is stored", () => {
  expect(kindWords("moon_landed", zh)).toBe("moon_landed");
  expect(detailWords({ orbit: 3 }, zh)).toBe("orbit：3");
});

test("details have names, and what they say is said in words", () => {
  expect(detailWords({ role: "manager", branch: "haidian" }, zh)).toBe("角色：客户经理；网点：haidian");
  expect(detailWords({ purpose: "chat_content", granted: false }, en)).toBe(
    "Purpose: Use of chat intents for offers; Granted: no",
  );
  expect(detailWords({ reason: "" }, zh)).toBe("");
});
