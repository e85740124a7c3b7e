import { useText } from "../text/language";
import { useGroup } from "./use-group";
import "./groups.css";

/** The group's announcement over its chat, if there is one. */
export function AnnouncementBar({ conv }: { conv: string }) {
  const { t } = useText();
  const { data } = useGroup(conv);
  if (!data?.announcement) return null;
  return (
    <div className="el-announcement" data-testid="announcement" title={data.announcement}>
      <strong>{t("group.announcement")}</strong> {data.announcement}
    </div>
  );
}
