import { useQuery } from "@tanstack/react-query";
import type { Me } from "@shared/wire/generated";
import { useSession } from "./session";

/** Who is logged in. */
export function useMe() {
  const { api } = useSession();
  return useQuery({ queryKey: ["me"], queryFn: () => api.get<Me>("/v1/me"), staleTime: Infinity });
}
