/** The directory of public accounts. */

import { useNavigate } from "react-router";
import { useAccounts } from "../../../shared/http/use-accounts";
import { useText } from "../../../shared/text/language";
import { Avatar } from "../../../shared/ui/avatar";
import { Loaded } from "../../../shared/ui/loaded";
import { TrustBadge } from "../../../shared/ui/trust-badge";

export function AccountList() {
  const { t } = useText();
  const navigate = useNavigate();
  const query = useAccounts();
  return (
    <>
      <header className="el-head">
        <h1>{t("tab.accounts")}</h1>
      </header>
      <Loaded query={query}>
        {(accounts) =>
          accounts.length === 0 ? (
            <div className="el-state">{t("account.none")}</div>
          ) : (
            accounts.map((account) => (
              <button
                key={account.account}
                type="button"
                className="el-plain el-line"
                data-testid={`account-${account.name}`}
                onClick={() => void navigate(`/account/${encodeURIComponent(account.account)}`)}
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
            ))
          )
        }
      </Loaded>
    </>
  );
}
