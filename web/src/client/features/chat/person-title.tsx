/** Over a chat with one person: what I call them, and whether they are there. */

import { useCalled } from "../../../shared/contacts/use-contacts";
import { TypingIndicator } from "../../../shared/chat/typing-indicator";
import { PresenceWords } from "../../../shared/presence/presence-sign";
import { usePresence } from "../../../shared/presence/use-presence";
import { peerOf, type Thread } from "../../../shared/thread/thread";
import { TrustBadge } from "../../../shared/ui/trust-badge";

export function PersonTitle({ thread }: { thread: Thread }) {
  const called = useCalled();
  const peer = peerOf(thread);
  const presence = usePresence(peer);
  const typing = thread.parts.some((part) => part.typing.length > 0);
  return (
    <span className="el-title" data-testid="chat-title">
      <span className="el-title-top">
        {called(peer, thread.title)}
        <TrustBadge badge={thread.badge} />
      </span>
      {typing ? <TypingIndicator thread={thread} /> : <PresenceWords presence={presence} />}
    </span>
  );
}
