import { expect, test } from "vitest";
import { stillOpen } from "./windows";

const limits = {
  frame_bytes: 65536,
  text_chars: 4000,
  sync_conversations: 500,
  history: 200,
  edit_s: 900,
  recall_s: 120,
  staff_recall_s: 86_400,
};
const after = (seconds: number, staff = false) => stillOpen(limits, staff, 0, seconds * 1000);

test("a customer recalls for two minutes and edits for a quarter of an hour", () => {
  expect(after(120)).toEqual({ edit: true, recall: true });
  expect(after(121)).toEqual({ edit: true, recall: false });
  expect(after(901)).toEqual({ edit: false, recall: false });
});

test("staff recall for longer", () => {
  expect(after(3600, true)).toEqual({ edit: false, recall: true });
  expect(after(86_401, true).recall).toBe(false);
});

test("nothing is withheld before the server has told its limits", () => {
  expect(stillOpen(null, false, 0, 10 ** 9)).toEqual({ edit: true, recall: true });
});
