import { Badge, SafeArea, TabBar } from "antd-mobile";
import { AppOutline, MessageOutline, UserOutline } from "antd-mobile-icons";
import { useNavigate } from "react-router";
import { useText } from "../../shared/text/language";
import { useThreads } from "../../shared/thread/use-threads";

export type Tab = "messages" | "accounts" | "me";

const ICONS = { messages: <MessageOutline />, accounts: <AppOutline />, me: <UserOutline /> };

export function Tabs({ active }: { active: Tab }) {
  const { t } = useText();
  const navigate = useNavigate();
  const unread = useThreads().reduce((sum, thread) => sum + thread.unread, 0);
  const badges = { messages: unread > 0 ? capped(unread) : null, accounts: null, me: null };
  return (
    <nav className="el-tabs">
      <TabBar activeKey={active} onChange={(key) => void navigate(`/${key}`)}>
        {(["messages", "accounts", "me"] as const).map((tab) => (
          <TabBar.Item
            key={tab}
            data-testid={`tab-${tab}`}
            icon={<Badge content={badges[tab]}>{ICONS[tab]}</Badge>}
            title={t(`tab.${tab}`)}
          />
        ))}
      </TabBar>
      <SafeArea position="bottom" />
    </nav>
  );
}

function capped(count: number): string {
  return count > 99 ? "99+" : String(count);
}
