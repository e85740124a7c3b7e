/** The messages that a manager starred, in her customers' conversations and her groups. */

import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "react-router";
import type { CustomerItem, StarItem } from "@shared/wire/generated";
import { StarList } from "../../../shared/own/star-list";
import { placed } from "../../../shared/search/place";
import { useSession } from "../../../shared/session/session";
import { useText } from "../../../shared/text/language";
import type { Thread } from "../../../shared/thread/thread";

export function StarRoom() {
  const { t } = useText();
  const { api } = useSession();
  const navigate = useNavigate();
  const { data } = useQuery({
    queryKey: ["staff", "customers"],
    queryFn: () => api.get<CustomerItem[]>("/v1/staff/customers"),
  });
  function open(thread: Thread, star: StarItem) {
    const place = data?.find(({ conv }) => conv === thread.key)?.user ?? thread.key;
    void navigate(placed(`/inbox/${encodeURIComponent(place)}`, star));
  }
  return (
    <div className="el-starred-room">
      <h1>{t("own.stars")}</h1>
      <StarList onOpen={open} />
    </div>
  );
}
