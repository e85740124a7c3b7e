/** A query's three faces: waiting, failed with a way on, and what it brought. */

import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useText } from "../text/language";

interface Props<T> {
  readonly query: UseQueryResult<T>;
  readonly children: (data: T) => ReactNode;
}

export function Loaded<T>({ query, children }: Props<T>) {
  const { t, errorText } = useText();
  if (query.data !== undefined) return children(query.data);
  if (query.isPending) return <div className="el-state">{t("app.loading")}…</div>;
  return (
    <div className="el-state" role="alert">
      <span>{errorText(query.error)}</span>
      <button type="button" onClick={() => void query.refetch()}>
        {t("app.retry")}
      </button>
    </div>
  );
}
