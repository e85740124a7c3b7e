/** The frame around every screen: one column on a phone, list and detail side by side on a desk. */

import { Toast } from "antd-mobile";
import { useEffect, useState, type ReactNode } from "react";
import { Navigate, Route, Routes, useLocation, useNavigate } from "react-router";
import { ConnectionBanner } from "../../shared/chat/connection-banner";
import { useContactNews } from "../../shared/contacts/use-contacts";
import { useAway } from "../../shared/presence/use-presence";
import { onPressed } from "../../shared/push/browser-push";
import { useHiddenNotices } from "../../shared/push/use-hidden-notices";
import { useSession } from "../../shared/session/session";
import { useMe } from "../../shared/session/use-me";
import { useOwnLanguage } from "../../shared/session/use-own-language";
import { useText } from "../../shared/text/language";
import { Mark } from "../../shared/ui/mark";
import { useWide } from "../../shared/ui/use-media";
import { AccountDetail } from "../features/accounts/account-detail";
import { AccountList } from "../features/accounts/account-list";
import { ScanScreen } from "../features/accounts/scan-screen";
import { ArticleScreen } from "../features/articles/article-screen";
import { ChatScreen } from "../features/chat/chat-screen";
import { OpenedChat } from "../features/chat/opened-chat";
import { AddScreen } from "../features/contacts/add-screen";
import { BlockedScreen } from "../features/contacts/blocked-screen";
import { CardScreen, OpenedCardScreen } from "../features/contacts/card-screens";
import { ContactList } from "../features/contacts/contact-list";
import { ContactScreen } from "../features/contacts/contact-screen";
import { RequestsScreen } from "../features/contacts/requests-screen";
import { GroupScreen, JoinScreen, NewGroupScreen } from "../features/groups/group-screens";
import { ConsentScreen } from "../features/me/consent-screen";
import { DeviceScreen } from "../features/me/device-screen";
import { MeScreen } from "../features/me/me-screen";
import { NotificationScreen } from "../features/me/notification-screen";
import { StarScreen } from "../features/me/star-screen";
import { PrivacyScreen } from "../features/me/privacy-screen";
import { ThreadList } from "../features/messages/thread-list";
import { Tabs, type Tab } from "./tabs";

const LISTS: Record<Tab, ReactNode> = {
  messages: <ThreadList />,
  contacts: <ContactList />,
  accounts: <AccountList />,
  me: <MeScreen />,
};

/** The tab that an address belongs to; an article can be reached from several. */
const TAB_OF: Readonly<Record<string, Tab>> = {
  messages: "messages",
  chat: "messages",
  open: "messages",
  group: "messages",
  join: "messages",
  contacts: "contacts",
  contact: "contacts",
  card: "contacts",
  accounts: "accounts",
  account: "accounts",
  scan: "accounts",
  me: "me",
};

export function Home() {
  const wide = useWide();
  const { pathname } = useLocation();
  const [, room = "", ...rest] = pathname.split("/");
  const here = TAB_OF[room];
  const [before, setBefore] = useState<Tab>("messages");
  if (here && here !== before) setBefore(here);
  const tab = here ?? before;
  const atList = rest.length === 0 && room in LISTS;
  useProblems();
  useOwnLanguage();
  useContactNews();
  useAway();
  usePressedNotifications();
  useHiddenNotices();

  const detail = (
    <Routes>
      <Route path="/chat/:key" element={<ChatScreen />} />
      <Route path="/open/:conv" element={<OpenedChat />} />
      <Route path="/group/new" element={<NewGroupScreen />} />
      <Route path="/group/:conv" element={<GroupScreen />} />
      <Route path="/join/:token" element={<JoinScreen />} />
      <Route path="/article/:broadcast/:index" element={<ArticleScreen />} />
      <Route path="/scan/:ticket" element={<ScanScreen />} />
      <Route path="/account/:account" element={<AccountDetail />} />
      <Route path="/contacts/add" element={<AddScreen />} />
      <Route path="/contacts/requests" element={<RequestsScreen />} />
      <Route path="/contacts/card" element={<CardScreen />} />
      <Route path="/contacts/blocked" element={<BlockedScreen />} />
      <Route path="/contact/:user" element={<ContactScreen />} />
      <Route path="/card/:card" element={<OpenedCardScreen />} />
      <Route path="/me/privacy" element={<PrivacyScreen />} />
      <Route path="/me/consents" element={<ConsentScreen />} />
      <Route path="/me/devices" element={<DeviceScreen />} />
      <Route path="/me/notifications" element={<NotificationScreen />} />
      <Route path="/me/stars" element={<StarScreen />} />
      <Route path="*" element={<Navigate to="/messages" replace />} />
    </Routes>
  );
  const list = (
    <div className="el-column">
      <DemoBanner />
      <ConnectionBanner />
      <div className="el-list">{LISTS[tab]}</div>
      <Tabs active={tab} />
    </div>
  );
  if (!wide) return atList ? list : <div className="el-column">{detail}</div>;
  return (
    <div className="el-desk">
      {list}
      <div className="el-column el-detail">{atList ? <Nothing /> : detail}</div>
    </div>
  );
}

/** A notification that is pressed while this page is open shows its conversation here. */
function usePressedNotifications() {
  const navigate = useNavigate();
  useEffect(() => onPressed((conv) => void navigate(`/open/${encodeURIComponent(conv)}`)), [navigate]);
}

/** What could not be sent is said once, wherever the person is. */
function useProblems() {
  const { chat } = useSession();
  const { errorText } = useText();
  useEffect(
    () => chat.onProblem((code) => void Toast.show({ content: errorText(code), duration: 4000 })),
    [chat, errorText],
  );
}

function DemoBanner() {
  const { t } = useText();
  const { data } = useMe();
  if (!data?.demo) return null;
  return (
    <div className="el-demo" data-testid="demo-banner">
      {t("app.demo")} ·{" "}
      <a href="/demo/phone" target="elian-phone" rel="noreferrer">
        {t("app.demoPhone")}
      </a>
    </div>
  );
}

function Nothing() {
  const { t } = useText();
  return (
    <div className="el-nothing">
      <Mark />
      <span>{t("app.empty")}</span>
    </div>
  );
}
