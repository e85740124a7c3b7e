/** A public account before one follows it, or to stop. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { QRCodeSVG } from "@rc-component/qrcode";
import { Button, Dialog, NavBar, Popup, Toast } from "antd-mobile";
import { useState } from "react";
import { useNavigate, useParams } from "react-router";
import type { AccountItem } from "@shared/wire/generated";
import { useAccount } from "../../../shared/http/use-accounts";
import { useSession } from "../../../shared/session/session";
import { useText } from "../../../shared/text/language";
import { Avatar } from "../../../shared/ui/avatar";
import { Loaded } from "../../../shared/ui/loaded";
import { TrustBadge } from "../../../shared/ui/trust-badge";

export function AccountDetail() {
  const { account = "" } = useParams();
  const navigate = useNavigate();
  return (
    <>
      <NavBar onBack={() => void navigate(-1)} />
      <div className="el-body">
        <AboutAccount account={account} ticket="" />
      </div>
    </>
  );
}

/** `ticket` is the code that led here, if one did. */
export function AboutAccount({ account, ticket }: { account: string; ticket: string }) {
  const query = useAccount(account);
  return <Loaded query={query}>{(item) => <About item={item} ticket={ticket} />}</Loaded>;
}

function About({ item, ticket }: { item: AccountItem; ticket: string }) {
  const { t } = useText();
  const navigate = useNavigate();
  const follow = useFollow(item.account, ticket);
  const [code, setCode] = useState(false);
  const address = `${location.origin}/#/account/${encodeURIComponent(item.account)}`;
  const stop = async () => {
    const content = t("account.unfollowAsk", { name: item.name });
    const sure = await Dialog.confirm({ content, confirmText: t("account.unfollow"), cancelText: t("app.cancel") });
    if (sure) follow.mutate(false);
  };
  return (
    <section className="el-about">
      <Avatar name={item.name} account size={72} />
      <h1>
        {item.name}
        <TrustBadge badge={item.verified ? "verified" : ""} />
      </h1>
      <p>{item.description}</p>
      <p>{t("account.followers", { count: item.followers })}</p>
      <Button size="small" fill="none" data-testid="account-code" onClick={() => setCode(true)}>
        {t("account.code")}
      </Button>
      <Popup visible={code} onMaskClick={() => setCode(false)} bodyClassName="el-about-code" destroyOnClose>
        <QRCodeSVG value={address} size={220} level="M" marginSize={4} title={item.name} />
        <strong>{item.name}</strong>
      </Popup>
      <div className="el-about-actions">
        {item.following ? (
          <>
            <Button onClick={stop} loading={follow.isPending} data-testid="account-unfollow">
              {t("account.unfollow")}
            </Button>
            <Button
              color="primary"
              data-testid="account-enter"
              onClick={() => void navigate(`/chat/${encodeURIComponent(item.account)}`)}
            >
              {t("account.enter")}
            </Button>
          </>
        ) : (
          <Button
            color="primary"
            loading={follow.isPending}
            data-testid="account-follow"
            onClick={() => follow.mutate(true)}
          >
            {t("account.follow")}
          </Button>
        )}
      </div>
    </section>
  );
}

function useFollow(account: string, ticket: string) {
  const { api, chat } = useSession();
  const { errorText } = useText();
  const queries = useQueryClient();
  const path = `/v1/accounts/${encodeURIComponent(account)}/follow`;
  const code = ticket && `?ticket=${encodeURIComponent(ticket)}`;
  return useMutation({
    mutationFn: (follow: boolean) => (follow ? api.post<AccountItem>(path + code) : api.delete<AccountItem>(path)),
    onSuccess: (item) => {
      queries.setQueryData(["accounts", account], item);
      chat.relist();
      return queries.invalidateQueries({ queryKey: ["accounts"], exact: true });
    },
    onError: (error) => void Toast.show({ content: errorText(error) }),
  });
}
