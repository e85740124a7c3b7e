/** Words of a campaign with a button that opens a page; who pressed it is told to the account. */

import type { EventFrame, LeafletBody } from "@shared/wire/generated";
import { useSession } from "../session/session";

export function LeafletView({ body, event, mine }: { body: LeafletBody; event: EventFrame | undefined; mine: boolean }) {
  const { api } = useSession();
  const press = () => {
    if (!event || mine) return;
    // The page opens whether or not it could be told.
    void api.post(`/v1/accounts/${encodeURIComponent(event.from)}/leaflets/${event.seq}`).catch(() => undefined);
  };
  return (
    <section className="el-frame el-notice el-leaflet" data-testid="leaflet">
      <p>{body.text}</p>
      <a href={body.url} target="_blank" rel="noopener noreferrer" onClick={press} data-testid="leaflet-open">
        {body.title}
      </a>
    </section>
  );
}
