import { expect, test } from "vitest";
import { piecesOf } from "./marked";

test("what was looked for is marked, and nothing is lost around it", () => {
  expect(piecesOf("请给李娜转账", [[2, 4]])).toEqual([
    { text: "请给", marked: false },
    { text: "李娜", marked: true },
    { text: "转账", marked: false },
  ]);
});

test("marks stay in their places after characters of two halves", () => {
  expect(piecesOf("😀李娜", [[1, 3]])).toEqual([
    { text: "😀", marked: false },
    { text: "李娜", marked: true },
  ]);
});

test("a text without marks is one piece", () => {
  expect(piecesOf("定期", [])).toEqual([{ text: "定期", marked: false }]);
  expect(piecesOf("", [])).toEqual([]);
});
