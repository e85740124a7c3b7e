import { useEffect, useRef } from "react";
import { useSession } from "../session/session";

const REPEAT_MS = 3000;
const IDLE_MS = 4000;

/** Tells the other that this person types: `on` again every few seconds, `off` when they stop. */
export function useTypingSignal(conv: string): { typed: () => void; stopped: () => void } {
  const { chat } = useSession();
  const told = useRef(0);
  const idle = useRef<ReturnType<typeof setTimeout>>(undefined);
  const stopped = () => {
    clearTimeout(idle.current);
    if (told.current) chat.typing(conv, false);
    told.current = 0;
  };
  const typed = () => {
    const now = Date.now();
    if (now - told.current > REPEAT_MS) {
      chat.typing(conv, true);
      told.current = now;
    }
    clearTimeout(idle.current);
    idle.current = setTimeout(stopped, IDLE_MS);
  };
  useEffect(
    () => () => {
      clearTimeout(idle.current);
      if (told.current) chat.typing(conv, false);
      told.current = 0;
    },
    [chat, conv],
  );
  return { typed, stopped };
}
