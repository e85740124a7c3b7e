/** A manager's own customers on the left, the conversation with one of them on the right. */

import { useQuery } from "@tanstack/react-query";
import { Input } from "antd";
import { useMemo, useState } from "react";
import { useLocation, useNavigate } from "react-router";
import type { CustomerItem, FoundMessage } from "@shared/wire/generated";
import { FoundMessages } from "../../../shared/search/found-messages";
import { useThreadMenu } from "../../../shared/own/use-thread-menu";
import { placed } from "../../../shared/search/place";
import { useSession } from "../../../shared/session/session";
import { useText } from "../../../shared/text/language";
import type { Thread } from "../../../shared/thread/thread";
import { useThreads } from "../../../shared/thread/use-threads";
import { Loaded } from "../../../shared/ui/loaded";
import { GroupForm } from "../../../shared/groups/group-form";
import { ChatPane } from "./chat-pane";
import { CustomerLine } from "./customer-line";
import { GroupLines } from "./group-lines";
import { GroupPane } from "./group-pane";

const NEW_GROUP = "+group"; // no customer's name

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
  const { pressOf, menu } = useThreadMenu({ hideable: false });
  const query = useQuery({
    queryKey: ["staff", "customers"],
    queryFn: () => api.get<CustomerItem[]>("/v1/staff/customers"),
  });
  const clients = useMemo(() => clientsOf(query.data ?? [], threads), [query.data, threads]);
  const user = decodeURIComponent(pathname.split("/")[2] ?? "");
  const chosen = clients.find(({ customer }) => customer.user === user);
  const groups = threads.filter(({ kind }) => kind === "group");
  const group = groups.find(({ key }) => key === user);
  const enter = (place: string) => void navigate(`/inbox/${encodeURIComponent(place)}`);
  const found = clients.filter(({ customer }) => `${customer.name} ${customer.user}`.includes(search.trim()));
  function open(thread: Thread, message: FoundMessage) {
    const client = clients.find(({ customer }) => customer.conv === thread.key);
    const place = client?.customer.user ?? thread.key;
    void navigate(placed(`/inbox/${encodeURIComponent(place)}`, message));
  }
  return (
    <div className="el-inbox">
      <div className="el-inbox-list">
        <GroupLines threads={groups} chosen={user} onChoose={enter} onNew={() => enter(NEW_GROUP)} pressOf={pressOf} />
        <h1>{t("console.customers")}</h1>
        <div className="el-inbox-search">
          <Input.Search
            allowClear
            data-testid="search-input"
            maxLength={64}
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
                  press={client.thread && pressOf(client.thread)}
                  onChoose={() => void navigate(`/inbox/${encodeURIComponent(client.customer.user)}`)}
                />
              ))
            )
          }
        </Loaded>
        {menu}
        {search.trim() && <FoundMessages text={search} onOpen={open} />}
      </div>
      <div className="el-inbox-pane">
        {chosen ? (
          <ChatPane key={chosen.customer.user} client={chosen} />
        ) : group ? (
          <GroupPane key={group.key} thread={group} />
        ) : user === NEW_GROUP ? (
          <div className="el-inbox-side">
            <GroupForm onMade={enter} />
          </div>
        ) : (
          <div className="el-state">{t("console.pickCustomer")}</div>
        )}
      </div>
    </div>
  );
}

/** What is pinned comes first, then who wrote last; customers without a conversation come after, by name. */
function clientsOf(customers: readonly CustomerItem[], threads: readonly Thread[]): Client[] {
  const byConv = new Map(threads.map((thread) => [thread.key, thread]));
  return customers
    .map((customer) => ({ customer, thread: byConv.get(customer.conv) }))
    .sort(
      (a, b) =>
        Number(b.thread?.pinned ?? false) - Number(a.thread?.pinned ?? false) ||
        (b.thread?.last?.ts ?? 0) - (a.thread?.last?.ts ?? 0) || a.customer.name.localeCompare(b.customer.name, "zh-CN"),
    );
}
