/** The directory of public accounts, and looking for one. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Button, SearchBar, Toast } from "antd-mobile";
import { useDeferredValue, useState } from "react";
import { useNavigate } from "react-router";
import type { AccountItem } from "@shared/wire/generated";
import { useAccounts, useFoundAccounts } from "../../../shared/http/use-accounts";
import { useSession } from "../../../shared/session/session";
import { useText } from "../../../shared/text/language";
import { Avatar } from "../../../shared/ui/avatar";
import { Loaded } from "../../../shared/ui/loaded";
import { TrustBadge } from "../../../shared/ui/trust-badge";

export function AccountList() {
  const { t } = useText();
  const [search, setSearch] = useState("");
  const wanted = useDeferredValue(search.trim());
  const all = useAccounts();
  const found = useFoundAccounts(wanted);
  return (
    <>
      <header className="el-head">
        <h1>{t("tab.accounts")}</h1>
      </header>
      <div className="el-account-search">
        <SearchBar value={search} onChange={setSearch} maxLength={64} placeholder={t("account.search")} />
      </div>
      <Loaded query={wanted ? found : all}>
        {(accounts) =>
          accounts.length === 0 ? (
            <div className="el-state">{t(wanted ? "account.notFound" : "account.none")}</div>
          ) : (
            accounts.map((account) => <Line key={account.account} account={account} follow={wanted !== ""} />)
          )
        }
      </Loaded>
    </>
  );
}

function Line({ account, follow }: { account: AccountItem; follow: boolean }) {
  const { t, errorText } = useText();
  const { api, chat } = useSession();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const place = encodeURIComponent(account.account);
  const following = useMutation({
    mutationFn: () => api.post<AccountItem>(`/v1/accounts/${place}/follow`),
    onSuccess: () => {
      chat.relist();
      return queries.invalidateQueries({ queryKey: ["accounts"] });
    },
    onError: (error) => void Toast.show({ content: errorText(error) }),
  });
  return (
    <div className="el-account-line">
      <button
        type="button"
        className="el-plain el-line"
        data-testid={`account-${account.name}`}
        onClick={() => void navigate(`/account/${place}`)}
      >
        <Avatar name={account.name} account size={46} />
        <span className="el-line-main">
          <span className="el-line-top">
            <strong>{account.name}</strong>
            <TrustBadge badge={account.verified ? "verified" : ""} />
            {account.following && <span className="el-line-time">{t("account.following")}</span>}
          </span>
          <span className="el-line-sub">
            <span>{account.description}</span>
          </span>
        </span>
      </button>
      {follow && !account.following && (
        <Button
          size="mini"
          color="primary"
          loading={following.isPending}
          data-testid={`follow-${account.name}`}
          onClick={() => following.mutate()}
        >
          {t("account.follow")}
        </Button>
      )}
    </div>
  );
}
