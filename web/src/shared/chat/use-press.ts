import { useRef, type MouseEvent, type TouchEvent } from "react";

const LONG_MS = 450;

/** Handlers for what opens at the other mouse button, the menu key, or a finger that stays. */
export function usePress<T>(open: (what: T, x: number, y: number) => void) {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const cancel = () => clearTimeout(timer.current);
  return (what: T) => ({
    onContextMenu: (event: MouseEvent) => {
      event.preventDefault();
      cancel();
      open(what, event.clientX, event.clientY);
    },
    onTouchStart: (event: TouchEvent) => {
      const touch = event.touches[0];
      cancel();
      if (touch) timer.current = setTimeout(() => open(what, touch.clientX, touch.clientY), LONG_MS);
    },
    onTouchMove: cancel,
    onTouchEnd: cancel,
    onTouchCancel: cancel,
  });
}
