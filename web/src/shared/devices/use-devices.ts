/** One's devices as the server has them, and what can be done to them. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { DeviceItem } from "@shared/wire/generated";
import { useSession } from "../session/session";

const KEY = ["devices"];
const PATH = "/v1/devices";
const pathOf = (session: string) => `${PATH}/${encodeURIComponent(session)}`;

export function useDevices() {
  const { api } = useSession();
  return useQuery({ queryKey: KEY, queryFn: () => api.get<DeviceItem[]>(PATH) });
}

/** `failed` says it on the screen. */
export function useDeviceChanges(failed: (error: unknown) => void) {
  const { api } = useSession();
  const queries = useQueryClient();
  const after = { onSuccess: () => queries.invalidateQueries({ queryKey: KEY }), onError: failed };
  const revoke = useMutation({ mutationFn: (session: string) => api.delete(pathOf(session)), ...after });
  const revokeOthers = useMutation({ mutationFn: () => api.delete(PATH), ...after });
  const rename = useMutation({
    mutationFn: ({ session, name }: { session: string; name: string }) => api.patch(pathOf(session), { name }),
    ...after,
  });
  return { revoke, revokeOthers, rename };
}
