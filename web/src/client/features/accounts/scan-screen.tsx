/** Where a scanned code leads: its account, to follow or to enter. */

import { useQuery } from "@tanstack/react-query";
import { NavBar } from "antd-mobile";
import { useNavigate, useParams } from "react-router";
import type { ScanPage } from "@shared/wire/generated";
import { ApiError } from "../../../shared/http/api";
import { useSession } from "../../../shared/session/session";
import { useText } from "../../../shared/text/language";
import { Loaded } from "../../../shared/ui/loaded";
import { AboutAccount } from "./account-detail";

export function ScanScreen() {
  const { t } = useText();
  const { api } = useSession();
  const navigate = useNavigate();
  const { ticket = "" } = useParams();
  const query = useQuery({
    queryKey: ["scan", ticket],
    queryFn: () => api.post<ScanPage>(`/v1/scans/${encodeURIComponent(ticket)}`),
    staleTime: Infinity, // asked again would be scanned again
    retry: false,
  });
  const gone = query.error instanceof ApiError && query.error.code === "not_found";
  return (
    <>
      <NavBar onBack={() => void navigate("/accounts")}>{t("scan.title")}</NavBar>
      <div className="el-body">
        {gone ? (
          <div className="el-state" role="alert">
            {t("scan.gone")}
          </div>
        ) : (
          <Loaded query={query}>{({ account }) => <AboutAccount account={account.account} ticket={ticket} />}</Loaded>
        )}
      </div>
    </>
  );
}
