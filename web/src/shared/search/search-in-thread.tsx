/** Search inside one thread: a field, and what was found in each of its conversations. */

import { useState } from "react";
import type { FoundMessage } from "@shared/wire/generated";
import { useText } from "../text/language";
import type { Thread } from "../thread/thread";
import { FoundMessages } from "./found-messages";
import { SearchField } from "./search-field";

interface Props {
  readonly thread: Thread;
  readonly onOpen: (found: FoundMessage) => void;
}

export function SearchInThread({ thread, onOpen }: Props) {
  const { t } = useText();
  const [text, setText] = useState("");
  return (
    <div className="el-in-chat">
      <SearchField autoFocus value={text} onChange={setText} placeholder={t("search.inChat")} />
      {text.trim() &&
        thread.parts.map(({ item }) => (
          <FoundMessages key={item.conv} text={text} conv={item.conv} onOpen={(_, found) => onOpen(found)} />
        ))}
    </div>
  );
}
