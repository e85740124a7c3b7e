/** Which delivered and read positions this screen still has to tell the server. */

import type { ClientFrame } from "@shared/wire/generated";
import { positionsOf, type Conversation } from "./conversation";

export class PositionReports {
  readonly #wantRead = new Map<string, number>();
  readonly #toldDelivered = new Map<string, number>();

  /** The screen shows `conv` up to `seq`. */
  noteRead(conv: string, seq: number): void {
    this.#wantRead.set(conv, Math.max(seq, this.#wantRead.get(conv) ?? 0));
  }

  /** A new connection: say again what the server's marks do not show. */
  forgetTold(): void {
    this.#toldDelivered.clear();
  }

  due(conversation: Conversation, me: string): ClientFrame[] {
    const { item, log } = conversation;
    const mine = positionsOf(conversation, me);
    const read = Math.min(this.#wantRead.get(item.conv) ?? 0, log.high);
    if (read > mine.read) return [{ type: "read", conv: item.conv, seq: read }];
    // Nobody sees delivered marks of a feed.
    const told = Math.max(mine.delivered, mine.read, this.#toldDelivered.get(item.conv) ?? 0);
    if (item.kind === "feed" || log.high <= told) return [];
    this.#toldDelivered.set(item.conv, log.high);
    return [{ type: "delivered", conv: item.conv, seq: log.high }];
  }
}
