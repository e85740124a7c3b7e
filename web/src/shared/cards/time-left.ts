/** What a card counts down to: its code's own end, and then the card's. */

import type { CardBody } from "@shared/wire/generated";

export interface TimeLeft {
  /** `secret`: the code still works. `renew`: it does not, and the card takes the next one. */
  readonly of: "card" | "secret" | "renew";
  readonly ms: number;
}

/** Null when the card never ends, or is over. */
export function timeLeft({ expires_at, secret_until }: CardBody, now: number): TimeLeft | null {
  const card = expires_at == null ? Infinity : expires_at - now;
  if (card <= 0) return null;
  if (secret_until != null && secret_until - now < card) {
    const secret = secret_until - now;
    return secret > 0 ? { of: "secret", ms: secret } : { of: "renew", ms: card };
  }
  return card === Infinity ? null : { of: "card", ms: card };
}
