import { useText } from "../text/language";
import type { Thread } from "../thread/thread";

/** 正在输入…, while somebody is. */
export function TypingIndicator({ thread }: { thread: Thread }) {
  const { t } = useText();
  if (!thread.parts.some((part) => part.typing.length > 0)) return null;
  return (
    <span className="el-typing" data-testid="typing-indicator" role="status">
      {t("chat.typing")}
    </span>
  );
}
