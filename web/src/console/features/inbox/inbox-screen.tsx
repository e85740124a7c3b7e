/** A manager's own customers on the left, the conversation with one of them on the right. */

import { useQuery } from "@tanstack/react-query";
import { Input } from "antd";
import { useMemo, useState } from "react";
import { useLocation, useNavigate } from "react-router";
import type { CustomerItem } from "@shared/wire/generated";
import { useSession } from "../../../shared/session/session";
import { useText } from "../../../shared/text/language";
import type { Thread } from "../../../shared/thread/thread";
import { useThreads } from "../../../shared/thread/use-threads";
import { Loaded } from "../../../shared/ui/loaded";
import { ChatPane } from "./chat-pane";
import { CustomerLine } from "./customer-line";

export interface Client {
  readonly customer: CustomerItem;
  /** Absent until the two have a conversation. */
  readonly thread: Thread | undefined;
}

export function InboxScreen() {
  const { t } = useText();
  const { api } = useSession();
  const threads = useThreads();
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const [search, setSearch] = useState("");
  const query = useQuery({
    queryKey: ["staff", "customers"],
    queryFn: () => api.get<CustomerItem[]>("/v1/staff/customers"),
  });
  const clients = useMemo(() => clientsOf(query.data ?? [], threads), [query.data, threads]);
  const user = decodeURIComponent(pathname.split("/")[2] ?? "");
  const chosen = clients.find(({ customer }) => customer.user === user);
  const found = clients.filter(({ customer }) => `${customer.name} ${customer.user}`.includes(search.trim()));
  return (
    <div className="el-inbox">
      <div className="el-inbox-list">
        <h1>{t("console.customers")}</h1>
        <div className="el-inbox-search">
          <Input.Search
            allowClear
            placeholder={t("console.searchCustomer")}
            value={search}
            onChange={(event) => setSearch(event.target.value)}
          />
        </div>
        <Loaded query={query}>
          {() =>
            found.length === 0 ? (
              <div className="el-state">{t("console.noCustomers")}</div>
            ) : (
              found.map((client) => (
                <CustomerLine
                  key={client.customer.user}
                  client={client}
                  chosen={client === chosen}
                  onChoose={() => void navigate(`/inbox/${encodeURIComponent(client.customer.user)}`)}
                />
              ))
            )
          }
        </Loaded>
      </div>
      <div className="el-inbox-pane">
        {chosen ? (
          <ChatPane key={chosen.customer.user} client={chosen} />
        ) : (
          <div className="el-state">{t("console.pickCustomer")}</div>
        )}
      </div>
    </div>
  );
}

/** Who wrote last comes first; customers without a conversation come after, by name. */
function clientsOf(customers: readonly CustomerItem[], threads: readonly Thread[]): Client[] {
  const byConv = new Map(threads.map((thread) => [thread.key, thread]));
  return customers
    .map((customer) => ({ customer, thread: byConv.get(customer.conv) }))
    .sort(
      (a, b) =>
        (b.thread?.last?.ts ?? 0) - (a.thread?.last?.ts ?? 0) || a.customer.name.localeCompare(b.customer.name, "zh-CN"),
    );
}
