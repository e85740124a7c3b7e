import { Badge, SafeArea, TabBar } from "antd-mobile";
import { AppOutline, MessageOutline, UserContactOutline, UserOutline } from "antd-mobile-icons";
import { useNavigate } from "react-router";
import { useContactRequests } from "../../shared/contacts/use-contacts";
import { useChat } from "../../shared/session/session";
import { useText } from "../../shared/text/language";
import { badgeOf } from "../../shared/thread/thread";
import { useThreads } from "../../shared/thread/use-threads";

export type Tab = "messages" | "contacts" | "accounts" | "me";

const ICONS = { messages: <MessageOutline />, contacts: <UserContactOutline />, accounts: <AppOutline />, me: <UserOutline /> };

export function Tabs({ active }: { active: Tab }) {
  const { t } = useText();
  const navigate = useNavigate();
  const { user } = useChat();
  const unread = useThreads().reduce((sum, thread) => sum + badgeOf(thread, user), 0);
  const waiting = useContactRequests().data?.theirs.length ?? 0;
  const badges = { messages: capped(unread), contacts: capped(waiting), accounts: null, me: null };
  return (
    <nav className="el-tabs">
      <TabBar activeKey={active} onChange={(key) => void navigate(`/${key}`)}>
        {(["messages", "contacts", "accounts", "me"] as const).map((tab) => (
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

function capped(count: number): string | null {
  if (count === 0) return null;
  return count > 99 ? "99+" : String(count);
}
