/** Whom one may bring into a group: a manager her customers, a customer his contacts and manager. */

import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import type { ContactItem, CustomerItem } from "@shared/wire/generated";
import { byCall, calledOf, contactsOf } from "../contacts/use-contacts";
import { useSession } from "../session/session";
import { useMe } from "../session/use-me";

export interface Acquaintance {
  readonly user: string;
  readonly name: string;
  readonly branch: string;
}

export function useAcquaintances(): UseQueryResult<Acquaintance[]> {
  const { api } = useSession();
  const manager = useMe().data?.role === "manager";
  const customers = useQuery<CustomerItem[], Error, Acquaintance[]>({
    queryKey: ["staff", "customers"],
    queryFn: () => api.get<CustomerItem[]>("/v1/staff/customers"),
    enabled: manager,
  });
  const contacts = useQuery({ ...contactsOf(api), select: asAcquaintances });
  return manager ? customers : contacts;
}

function asAcquaintances(contacts: ContactItem[]): Acquaintance[] {
  return contacts
    .filter(({ blocked }) => !blocked)
    .sort(byCall)
    .map((each) => ({ user: each.user, name: calledOf(each), branch: "" }));
}
