/** `/open/:conv`: from a notification, which knows a conversation, to the thread that shows it. */

import { Navigate, useParams } from "react-router";
import { useChat } from "../../../shared/session/session";
import { useThreads } from "../../../shared/thread/use-threads";

export function OpenedChat() {
  const { conv = "" } = useParams();
  const { listed } = useChat();
  const thread = useThreads().find(({ parts }) => parts.some(({ item }) => item.conv === conv));
  if (thread) return <Navigate to={`/chat/${encodeURIComponent(thread.key)}`} replace />;
  return listed ? <Navigate to="/messages" replace /> : null;
}
