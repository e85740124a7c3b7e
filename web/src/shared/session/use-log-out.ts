import { forgetPushes } from "../push/browser-push";
import { useSession } from "./session";

/** Ends the session on the server; this device forgets it even when the server cannot be asked. */
export function useLogOut(): () => Promise<void> {
  const { api, tokens } = useSession();
  return () => api.post<undefined>("/v1/logout").catch(() => undefined).then(forgetPushes).catch(() => undefined).then(tokens.forget);
}
