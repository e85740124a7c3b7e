/** The desk: a menu that shows only what this person's role may do, and the room they chose. */

import {
  AuditOutlined,
  BankOutlined,
  BulbOutlined,
  CustomerServiceOutlined,
  DashboardOutlined,
  FileSearchOutlined,
  LaptopOutlined,
  LogoutOutlined,
  MessageOutlined,
  NotificationOutlined,
  ReadOutlined,
  RobotOutlined,
  SettingOutlined,
  ShopOutlined,
  StarOutlined,
} from "@ant-design/icons";
import { App, Button, Menu } from "antd";
import { useEffect, type ReactNode } from "react";
import { Navigate, Route, Routes, useLocation, useNavigate } from "react-router";
import type { Me } from "@shared/wire/generated";
import { ConnectionBanner } from "../../shared/chat/connection-banner";
import { useSession } from "../../shared/session/session";
import { useLogOut } from "../../shared/session/use-log-out";
import { useMe } from "../../shared/session/use-me";
import { useContactNews } from "../../shared/contacts/use-contacts";
import { useAway } from "../../shared/presence/use-presence";
import { useOwnLanguage } from "../../shared/session/use-own-language";
import { isTextKey, useText } from "../../shared/text/language";
import type { TextKey } from "../../shared/text/zh-CN";
import { Avatar } from "../../shared/ui/avatar";
import { LanguageChoice } from "../../shared/ui/language-choice";
import { Loaded } from "../../shared/ui/loaded";
import { Mark } from "../../shared/ui/mark";
import { StatusSwitch } from "../shared/desk/status-switch";
import { ArticleRoom } from "../features/articles/article-room";
import { AuditScreen } from "../features/audit/audit-screen";
import { BroadcastScreen } from "../features/broadcasts/broadcast-screen";
import { ComposeScreen } from "../features/broadcasts/compose-screen";
import { AccountScreen } from "../features/accounts/account-screen";
import { DayScreen } from "../features/bank/day-screen";
import { BoardScreen } from "../features/board/board-screen";
import { BotsScreen } from "../features/bots/bots-screen";
import { DeskScreen } from "../features/desk/desk-screen";
import { SettingsScreen } from "../features/desk-settings/settings-screen";
import { DeviceRoom } from "../features/devices/device-room";
import { InboxScreen } from "../features/inbox/inbox-screen";
import { ModelScreen } from "../features/recommender/model-screen";
import { ReviewScreen } from "../features/review/review-screen";
import { StarRoom } from "../features/stars/star-room";

interface Room {
  readonly path: string;
  readonly title: TextKey;
  readonly icon: ReactNode;
  readonly screen: ReactNode;
}

const ACCOUNTS: Room = { path: "accounts", title: "console.accounts", icon: <ShopOutlined />, screen: <AccountScreen /> };

const DESK_SETTINGS: Room = {
  path: "desk-settings",
  title: "console.deskSettings",
  icon: <SettingOutlined />,
  screen: <SettingsScreen />,
};

const BOTS: Room = { path: "bots", title: "console.bots", icon: <RobotOutlined />, screen: <BotsScreen /> };

const RECOMMENDER: Room = { path: "recommender", title: "console.recommender", icon: <BulbOutlined />, screen: <ModelScreen /> };

const BANK_DAYS: Room = { path: "bank-days", title: "console.bankDays", icon: <BankOutlined />, screen: <DayScreen /> };

/** By role; the first is where one begins. */
const ROOMS: Record<string, readonly [Room, ...Room[]]> = {
  manager: [
    { path: "inbox", title: "console.inbox", icon: <MessageOutlined />, screen: <InboxScreen /> },
    { path: "stars", title: "own.stars", icon: <StarOutlined />, screen: <StarRoom /> },
  ],
  operator: [
    { path: "broadcasts", title: "console.broadcasts", icon: <NotificationOutlined />, screen: <BroadcastScreen /> },
    { path: "articles", title: "console.articles", icon: <ReadOutlined />, screen: <ArticleRoom /> },
    ACCOUNTS,
    RECOMMENDER,
    BANK_DAYS,
  ],
  reviewer: [
    { path: "review", title: "console.review", icon: <FileSearchOutlined />, screen: <ReviewScreen /> },
    ACCOUNTS,
    BANK_DAYS,
  ],
  agent: [{ path: "desk", title: "console.desk", icon: <CustomerServiceOutlined />, screen: <DeskScreen /> }],
  supervisor: [
    { path: "board", title: "console.board", icon: <DashboardOutlined />, screen: <BoardScreen /> },
    BOTS,
    DESK_SETTINGS,
  ],
  administrator: [
    { path: "audit", title: "console.audit", icon: <AuditOutlined />, screen: <AuditScreen /> },
    ACCOUNTS,
    RECOMMENDER,
    BANK_DAYS,
    BOTS,
    DESK_SETTINGS,
  ],
};

export function Desk() {
  const query = useMe();
  useOwnLanguage();
  useContactNews();
  useAway();
  return <Loaded query={query}>{(me) => <Rooms me={me} />}</Loaded>;
}

function Rooms({ me }: { me: Me }) {
  const { t } = useText();
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const logOut = useLogOut();
  const rooms = ROOMS[me.role];
  useProblems();
  if (!rooms) return <NotStaff />;
  const role = `role.${me.role}`;
  return (
    <div className="el-console">
      <aside className="el-side">
        <div className="el-side-brand">
          <Mark />
          <div>
            <strong>{t("app.brand")}</strong>
            <span>{t("app.staff")}</span>
          </div>
        </div>
        <Menu
          mode="inline"
          selectedKeys={[pathname.split("/")[1] ?? ""]}
          items={rooms.map(({ path, icon, title }) => ({ key: path, icon, label: t(title) }))}
          onClick={({ key }) => void navigate(`/${key}`)}
        />
        <div className="el-side-foot">
          <div className="el-side-me" data-testid="profile">
            <Avatar name={me.name} size={36} />
            <div>
              <strong>{me.name}</strong>
              <span>{[isTextKey(role) ? t(role) : me.role, me.branch].filter(Boolean).join(" · ")}</span>
            </div>
          </div>
          {me.role === "manager" && <StatusSwitch />}
          <LanguageChoice />
          <Button size="small" type="text" icon={<LaptopOutlined />} onClick={() => void navigate("/devices")} data-testid="my-devices">
            {t("me.devices")}
          </Button>
          <Button size="small" type="text" icon={<LogoutOutlined />} onClick={logOut} data-testid="logout">
            {t("me.logout")}
          </Button>
        </div>
      </aside>
      <main className="el-room">
        {me.demo && <div className="el-demo">{t("app.demo")}</div>}
        <ConnectionBanner />
        <Routes>
          {rooms.map(({ path, screen }) => (
            <Route key={path} path={`/${path}/*`} element={screen} />
          ))}
          {me.role === "operator" && <Route path="/broadcasts/new" element={<ComposeScreen />} />}
          <Route path="/devices" element={<DeviceRoom />} />
          <Route path="*" element={<Navigate to={`/${rooms[0].path}`} replace />} />
        </Routes>
      </main>
    </div>
  );
}

function useProblems() {
  const { chat } = useSession();
  const { errorText } = useText();
  const { message } = App.useApp();
  useEffect(() => chat.onProblem((code) => void message.warning(errorText(code))), [chat, errorText, message]);
}

function NotStaff() {
  const { t } = useText();
  const logOut = useLogOut();
  return (
    <div className="el-state" role="alert">
      <span>{t("login.notStaff")}</span>
      <a href="/">{t("login.customerLink")}</a>
      <button type="button" onClick={logOut}>
        {t("me.logout")}
      </button>
    </div>
  );
}
