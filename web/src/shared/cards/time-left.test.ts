import type { CardBody } from "@shared/wire/generated";
import { expect, test } from "vitest";
import { timeLeft } from "./time-left";

const card = (times: Partial<CardBody>) => ({ type: "card", card_id: "c", card: {}, fallback: "", ...times }) as CardBody;
const MINUTE = 60_000;
const code = card({ expires_at: 15 * MINUTE, secret_until: 3 * MINUTE });

test("a code is counted down by its own three minutes, not by its card's fifteen", () => {
  expect(timeLeft(code, MINUTE)).toEqual({ of: "secret", ms: 2 * MINUTE });
});

test("a code that ended leaves its card open for the next", () => {
  expect(timeLeft(code, 3 * MINUTE)).toEqual({ of: "renew", ms: 12 * MINUTE });
  expect(timeLeft(code, 15 * MINUTE)).toBeNull();
});

test("a card without a code is counted down by itself, and one without an end is not", () => {
  expect(timeLeft(card({ expires_at: 5 }), 2)).toEqual({ of: "card", ms: 3 });
  expect(timeLeft(card({}), 2)).toBeNull();
});
