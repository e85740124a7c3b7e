import { expect, test } from "vitest";
import { filledIn, matching, shortcutIn } from "./canned";

const reply = (shortcut: string, title: string, text = "") => ({ reply: shortcut, shortcut, title, text });
const REPLIES = [reply("hi", "问候", "您好"), reply("hy", "核验", "请核验身份"), reply("bye", "再见", "hi 再见")];
const found = (sought: string) => matching(REPLIES, sought).map(({ shortcut }) => shortcut);

test("a shortcut begins the text and is the only word of it", () => {
  expect(shortcutIn("/")).toBe("");
  expect(shortcutIn("/hy")).toBe("hy");
  expect(shortcutIn("/hy 您好")).toBeNull();
  expect(shortcutIn("1/2")).toBeNull();
});

test("a reply is shown as the customer would read it", () => {
  expect(filledIn("{customer_name}您好，{opens_at}见", { customer_name: "李娜", opens_at: "" })).toBe("李娜您好，{opens_at}见");
  expect(matching([reply("a", "问候", "{name}您好")], "nam")).toEqual([]);
});

test("shortcuts that begin so come before words that contain it", () => {
  expect(found("h")).toEqual(["hi", "hy", "bye"]);
  expect(found("核")).toEqual(["hy"]);
  expect(found("")).toEqual(["bye", "hi", "hy"]);
  expect(found("zzz")).toEqual([]);
});
