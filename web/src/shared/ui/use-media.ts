import { useSyncExternalStore } from "react";

/** Is there room for two columns? */
export function useWide(): boolean {
  return useSyncExternalStore(
    (listener) => {
      const query = matchMedia("(min-width: 860px)");
      query.addEventListener("change", listener);
      return () => query.removeEventListener("change", listener);
    },
    () => matchMedia("(min-width: 860px)").matches,
  );
}

/** Can a person see this page now? */
export function useVisible(): boolean {
  return useSyncExternalStore(
    (listener) => {
      document.addEventListener("visibilitychange", listener);
      return () => document.removeEventListener("visibilitychange", listener);
    },
    () => document.visibilityState === "visible",
  );
}
