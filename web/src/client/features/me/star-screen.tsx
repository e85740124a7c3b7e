/** The messages that this customer starred. */

import { NavBar } from "antd-mobile";
import { useNavigate } from "react-router";
import { StarList } from "../../../shared/own/star-list";
import { placed } from "../../../shared/search/place";
import { useText } from "../../../shared/text/language";

export function StarScreen() {
  const { t } = useText();
  const navigate = useNavigate();
  return (
    <>
      <NavBar onBack={() => void navigate("/me")}>{t("own.stars")}</NavBar>
      <div className="el-body">
        <StarList onOpen={(thread, star) => void navigate(placed(`/chat/${encodeURIComponent(thread.key)}`, star))} />
      </div>
    </>
  );
}
