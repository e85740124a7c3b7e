import { useChat } from "../session/session";
import { useText } from "../text/language";
import { isMentioned, type Thread } from "../thread/thread";

/** [有人@我], in front of a list line, until it is read. */
export function Mentioned({ thread }: { thread: Thread }) {
  const { t } = useText();
  const { user } = useChat();
  if (thread.unread === 0 || !isMentioned(thread, user)) return null;
  return (
    <b className="el-mentioned" data-testid="mentioned">
      {t("message.mentioned")}
    </b>
  );
}
