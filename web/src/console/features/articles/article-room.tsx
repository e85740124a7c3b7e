/** Articles of an account: what is being written, and what became of the rest. */

import { PlusOutlined } from "@ant-design/icons";
import { Button, Select, Tabs } from "antd";
import { lazy, Suspense, useState } from "react";
import { Route, Routes, useNavigate } from "react-router";
import { useText } from "../../../shared/text/language";
import { Loaded } from "../../../shared/ui/loaded";
import { DraftList } from "./draft-list";
import { PublishedList } from "./published-list";
import { useActiveAccounts } from "./use-articles";
import "./articles.css";

/** The editor is large, and few write. */
const EditorScreen = lazy(async () => ({ default: (await import("./editor-screen")).EditorScreen }));

export function ArticleRoom() {
  return (
    <Suspense fallback={<div className="el-state" />}>
      <Routes>
        <Route path="write/:account" element={<EditorScreen />} />
        <Route path="write/:account/:draft" element={<EditorScreen />} />
        <Route path="*" element={<Lists />} />
      </Routes>
    </Suspense>
  );
}

function Lists() {
  const { t } = useText();
  const navigate = useNavigate();
  const query = useActiveAccounts();
  const [chosen, setChosen] = useState("");
  return (
    <div className="el-screen">
      <Loaded query={query}>
        {(accounts) => {
          const account = (accounts.find((each) => each.account === chosen) ?? accounts[0])?.account ?? "";
          return (
            <>
              <div className="el-screen-head">
                <h1>{t("console.articles")}</h1>
                <span className="el-articles-head">
                  <Select
                    value={account}
                    aria-label={t("broadcast.account")}
                    options={accounts.map((each) => ({ value: each.account, label: each.name }))}
                    onChange={setChosen}
                  />
                  <Button
                    type="primary"
                    icon={<PlusOutlined />}
                    disabled={!account}
                    data-testid="article-new"
                    onClick={() => void navigate(`/articles/write/${encodeURIComponent(account)}`)}
                  >
                    {t("articles.new")}
                  </Button>
                </span>
              </div>
              {account && (
                <div className="el-sheet el-articles">
                  <Tabs
                    key={account}
                    destroyOnHidden
                    items={[
                      { key: "drafts", label: t("articles.drafts"), children: <DraftList account={account} /> },
                      {
                        key: "published",
                        label: <span data-testid="articles-published">{t("articles.published")}</span>,
                        children: <PublishedList account={account} />,
                      },
                    ]}
                  />
                </div>
              )}
            </>
          );
        }}
      </Loaded>
    </div>
  );
}
