/** What is being written in this thread: something new, an answer, or other words for a message. */

import { createContext, use, useMemo, useState, type ReactNode } from "react";
import type { EventFrame } from "@shared/wire/generated";

export type Intent =
  | { readonly kind: "new"; readonly text?: string }
  | { readonly kind: "reply"; readonly event: EventFrame; readonly name: string }
  | { readonly kind: "edit"; readonly event: EventFrame };

interface Drafting {
  readonly intent: Intent;
  readonly intend: (intent: Intent) => void;
  /** Words of own messages that were recalled here, by `<conv> <seq>`; in memory only. */
  readonly recalled: ReadonlyMap<string, string>;
  readonly keepRecalled: (event: EventFrame) => void;
}

const NEW: Intent = { kind: "new" };
const NOTHING: Drafting = { intent: NEW, intend: () => undefined, recalled: new Map(), keepRecalled: () => undefined };

const DraftingContext = createContext<Drafting>(NOTHING);

export function useDrafting(): Drafting {
  return use(DraftingContext);
}

/** Give it the thread's key: what is begun in one thread does not go to another. */
export function DraftingProvider({ children }: { children: ReactNode }) {
  const [intent, intend] = useState<Intent>(NEW);
  const [recalled, setRecalled] = useState<ReadonlyMap<string, string>>(new Map());
  const drafting = useMemo(() => {
    const keepRecalled = ({ conv, seq, body }: EventFrame) => {
      if (body.type === "text") setRecalled((held) => new Map(held).set(`${conv} ${seq}`, body.text));
    };
    return { intent, intend, recalled, keepRecalled };
  }, [intent, recalled]);
  return <DraftingContext value={drafting}>{children}</DraftingContext>;
}
