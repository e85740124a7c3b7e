/** What a message says, by the type of its body. */

import type { Body, EventFrame, NoticeBody } from "@shared/wire/generated";
import type { CardPhase } from "../thread/card-phase";
import { useText } from "../text/language";
import { GiftTakenLine, GiftView } from "../gifts/gift-view";
import { MediaView } from "../media/media-view";
import { ArticleView } from "./article-view";
import { CardView } from "./card-view";
import { LeafletView } from "./leaflet-view";

interface Props {
  readonly body: Body;
  /** Absent while the message is on its way. */
  readonly event?: EventFrame;
  readonly phase: CardPhase;
  readonly mine: boolean;
  readonly onArticle: (broadcast: string, index: number) => void;
}

export function BodyView({ body, event, phase, mine, onArticle }: Props) {
  const { t } = useText();
  switch (body.type) {
    case "text":
      return <p className="el-bubble">{body.text}</p>;
    case "menu":
      return (
        <p className="el-bubble el-bubble-menu" aria-label={t("chat.menuTapped", { title: body.title })}>
          {body.title}
        </p>
      );
    case "notice":
      return <NoticeView body={body} />;
    case "article":
      return <ArticleView body={body} onOpen={(index) => onArticle(body.broadcast, index)} />;
    case "card":
      return event ? <CardView body={body} event={event} phase={phase} readOnly={mine} /> : null;
    case "leaflet":
      return <LeafletView body={body} event={event} mine={mine} />;
    case "gift":
      return <GiftView body={body} />;
    case "gift_taken":
      return <GiftTakenLine body={body} who={event?.from ?? ""} />;
    case "image":
    case "voice":
    case "video":
    case "file":
    case "location":
    case "link":
      return <MediaView body={body} />;
    default:
      return <p className="el-bubble el-bubble-unknown">{t("chat.unknownBody")}</p>;
  }
}

function NoticeView({ body }: { body: NoticeBody }) {
  const { t } = useText();
  const { topic, fields = [] } = body;
  const known = topic === "balance" || topic === "offer" ? topic : "system";
  return (
    <section className="el-frame el-notice" data-testid="notice" data-topic={topic}>
      <h3>{body.title || t(`notice.${known}`)}</h3>
      {fields.length ? (
        <dl>
          {fields.map(({ label, value }) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      ) : (
        <p>{body.text}</p>
      )}
      {body.note && <p className="el-notice-note">{body.note}</p>}
    </section>
  );
}

/** A wide body has a frame of its own. */
export function isWide(body: Body): boolean {
  return body.type === "card" || body.type === "article" || body.type === "notice" || body.type === "leaflet" || body.type === "gift";
}
