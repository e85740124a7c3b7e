/** What waits for a second pair of eyes, and what was decided. */

import { useState } from "react";
import type { BroadcastItem } from "@shared/wire/generated";
import { useBroadcasts } from "../../shared/use-broadcasts";
import { useText } from "../../../shared/text/language";
import { fullTime } from "../../../shared/text/time";
import { BroadcastTag } from "../../shared/broadcast-tag";
import { Loaded } from "../../../shared/ui/loaded";
import { ReviewPanel } from "./review-panel";

export function ReviewScreen() {
  const { t } = useText();
  const query = useBroadcasts();
  const [chosen, setChosen] = useState("");
  return (
    <Loaded query={query}>
      {(items) => {
        const waiting = items.filter((item) => item.state === "submitted");
        const decided = items.filter((item) => item.state !== "submitted");
        const shown = items.find((item) => item.broadcast === chosen);
        const lines = (some: readonly BroadcastItem[]) =>
          some.map((item) => (
            <Line key={item.broadcast} item={item} chosen={item === shown} onChoose={() => setChosen(item.broadcast)} />
          ));
        return (
          <div className="el-review">
            <div className="el-review-list">
              <h2>{`${t("review.queue")} (${waiting.length})`}</h2>
              {waiting.length ? lines(waiting) : <div className="el-state">{t("review.none")}</div>}
              <h2>{t("review.done")}</h2>
              {lines(decided)}
            </div>
            {shown ? <ReviewPanel key={shown.broadcast} item={shown} /> : <div className="el-state">{t("review.note")}</div>}
          </div>
        );
      }}
    </Loaded>
  );
}

function Line({ item, chosen, onChoose }: { item: BroadcastItem; chosen: boolean; onChoose: () => void }) {
  const { language } = useText();
  return (
    <button
      type="button"
      className="el-plain el-line"
      aria-current={chosen}
      data-testid={`review-${item.broadcast}`}
      data-state={item.state}
      onClick={onChoose}
    >
      <span className="el-line-main">
        <span className="el-line-top">
          <strong>{item.articles[0]?.title}</strong>
        </span>
        <span className="el-line-sub">
          <span>{`${item.maker_name} · ${fullTime(item.submitted, language)}`}</span>
          <BroadcastTag state={item.state} />
        </span>
      </span>
    </button>
  );
}
