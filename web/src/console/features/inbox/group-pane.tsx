import { SearchOutlined, SettingOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useState } from "react";
import { Composer } from "../../../shared/chat/composer";
import { DraftingProvider } from "../../../shared/chat/drafting";
import { TypingIndicator } from "../../../shared/chat/typing-indicator";
import { AnnouncementBar } from "../../../shared/groups/announcement-bar";
import { GroupPage } from "../../../shared/groups/group-page";
import { PlacedThread } from "../../../shared/search/placed-thread";
import { useText } from "../../../shared/text/language";
import { membersOf, type Thread } from "../../../shared/thread/thread";

/** A group's chat, or its page. */
export function GroupPane({ thread }: { thread: Thread }) {
  const { t } = useText();
  const [paged, setPaged] = useState(false);
  const [searching, setSearching] = useState(false);
  return (
    <DraftingProvider>
      <header className="el-inbox-head" data-testid="chat-title">
        <strong>{thread.title}</strong>
        <span className="el-inbox-find">
          <Button
            type="text"
            icon={<SearchOutlined />}
            data-testid="search-in-chat"
            aria-label={t("search.inChat")}
            aria-pressed={searching}
            onClick={() => {
              setPaged(false);
              setSearching(!searching);
            }}
          />
          <Button
            type="text"
            icon={<SettingOutlined />}
            data-testid="group-details"
            aria-label={t("group.info")}
            aria-pressed={paged}
            onClick={() => setPaged(!paged)}
          />
        </span>
        <span>
          {t("group.count", { count: membersOf(thread) })} <TypingIndicator thread={thread} />
        </span>
      </header>
      {paged && thread.conv ? (
        <div className="el-inbox-side">
          <GroupPage conv={thread.conv} manager onGone={() => setPaged(false)} />
        </div>
      ) : (
        <>
          {thread.conv && <AnnouncementBar conv={thread.conv} />}
          <PlacedThread
            thread={thread}
            path={`/inbox/${encodeURIComponent(thread.key)}`}
            onArticle={() => undefined}
            searching={searching}
            onSearched={() => setSearching(false)}
          />
          {thread.conv ? (
            <Composer conv={thread.conv} placeholder={t("chat.placeholder")} />
          ) : (
            <div className="el-readonly">{t(membersOf(thread) ? "group.hushed" : "group.gone")}</div>
          )}
        </>
      )}
    </DraftingProvider>
  );
}
