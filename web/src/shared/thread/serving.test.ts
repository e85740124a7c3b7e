import type { AssignBody, EventFrame } from "@shared/wire/generated";
import { expect, test } from "vitest";
import { agentsIn, servingAge } from "./serving";

function assign(seq: number, body: Partial<AssignBody>): EventFrame {
  const whole: AssignBody = { type: "assign", case: "c", state: "waiting", text: "", ...body };
  return { type: "event", conv: "s", seq, mid: `${seq}`, from: "@service", ts: seq, kind: "assign", n: 0, body: whole };
}

test("the names of those who served come from the log", () => {
  const events = [
    assign(1, {}),
    assign(2, { state: "serving", agent: "kefu1", name: "林晓" }),
    assign(5, { state: "serving", agent: "kefu2", name: "陈晨" }),
    assign(9, { state: "closed" }),
  ];
  expect([...agentsIn(events)]).toEqual([
    ["kefu1", "林晓"],
    ["kefu2", "陈晨"],
  ]);
  expect(servingAge(events)).toBe(9);
  expect(servingAge([])).toBe(0);
});
