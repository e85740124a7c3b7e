/** Writing articles, with the phone beside them; saved as a draft, shown to one, submitted. */

import { App, Button, Segmented, type ButtonProps } from "antd";
import { useEffect, useState } from "react";
import { useNavigate, useParams } from "react-router";
import type { BroadcastItem, DraftItem } from "@shared/wire/generated";
import { useText } from "../../../shared/text/language";
import { Loaded } from "../../../shared/ui/loaded";
import { BroadcastPreview } from "../../shared/broadcast-preview";
import { PreviewButton } from "./preview-button";
import { changed, MOST_ARTICLES, NEW_STORY, storyOf, type Story } from "./story";
import { StoryFields } from "./story-fields";
import { placeOf, useAct, useActiveAccounts, useAsked } from "./use-articles";

const SURE: ButtonProps & Record<`data-${string}`, string> = { "data-testid": "article-submit-sure" };
const NONE = { draft: "", revision: 0, editor: "", created: 0, edited: 0, articles: [NEW_STORY] };

export function EditorScreen() {
  const { account = "", draft = "" } = useParams();
  const path = placeOf(account, `/article-drafts/${encodeURIComponent(draft)}`);
  const query = useAsked<DraftItem>(path, { enabled: draft !== "" });
  if (!draft) return <Editor key="new" account={account} read={NONE} />;
  return <Loaded query={query}>{(read) => <Editor key={draft} account={account} read={read} />}</Loaded>;
}

function Editor({ account, read }: { account: string; read: DraftItem }) {
  const { t } = useText();
  const { message, modal } = App.useApp();
  const navigate = useNavigate();
  const name = useActiveAccounts().data?.find((each) => each.account === account)?.name ?? account;
  const [stories, setStories] = useState<readonly Story[]>(() => read.articles.map(storyOf));
  const [saved, setSaved] = useState({ draft: read.draft, revision: read.revision });
  const [dirty, setDirty] = useState(false);
  const [shown, setShown] = useState(0);
  useUnsaved(dirty);
  const story = stories[shown] ?? NEW_STORY;
  const drafts = placeOf(account, "/article-drafts");
  const own = `${drafts}/${encodeURIComponent(saved.draft)}`;
  const put = useAct((api, articles: readonly Story[]) => {
    const body = { articles, revision: saved.revision };
    return saved.draft ? api.put<DraftItem>(own, body) : api.post<DraftItem>(drafts, body);
  });
  const hand = useAct((api, one: DraftItem) =>
    api.post<BroadcastItem>(`${drafts}/${encodeURIComponent(one.draft)}/submit`, { revision: one.revision }),
  );
  const change = (next: readonly Story[]) => {
    setStories(next);
    setDirty(true);
  };
  /** What is stored afterwards; one revision for what did not change. */
  const save = async (): Promise<DraftItem> => {
    if (!dirty && saved.draft) return { ...read, ...saved };
    const made = await put.mutateAsync(stories);
    setSaved({ draft: made.draft, revision: made.revision });
    setDirty(false);
    return made;
  };
  const keep = () => save().then(() => void message.success(t("articles.saved"))).catch(() => undefined);
  const submit = () =>
    void modal.confirm({
      title: t("broadcast.submit"),
      content: t("articles.submitAsk"),
      okText: t("broadcast.submit"),
      okButtonProps: SURE,
      onOk: () =>
        save()
          .then((one) => hand.mutateAsync(one))
          .then(() => {
            void message.success(t("broadcast.submitted"));
            void navigate("/articles");
          })
          .catch(() => undefined),
    });
  const ready = stories.every((each) => each.title.trim() !== "");
  return (
    <div className="el-screen">
      <div className="el-screen-head">
        <h1>{t(saved.draft ? "articles.edit" : "articles.new")}</h1>
        <span className="el-articles-head">
          {dirty && <span className="el-hint">{t("articles.unsaved")}</span>}
          <Button onClick={() => void navigate("/articles")}>{t("app.back")}</Button>
          <Button loading={put.isPending} data-testid="article-save" onClick={() => void keep()}>
            {t("articles.save")}
          </Button>
          <PreviewButton account={account} disabled={!ready} save={save} />
          <Button type="primary" disabled={!ready} data-testid="article-submit" onClick={submit}>
            {t("broadcast.submit")}
          </Button>
        </span>
      </div>
      <div className="el-compose">
        <div className="el-articles-write">
          <div className="el-articles-head">
            <Segmented
              value={shown}
              options={stories.map((_, index) => ({ value: index, label: t("broadcast.articleN", { n: index + 1 }) }))}
              onChange={setShown}
            />
            {stories.length < MOST_ARTICLES && (
              <Button
                size="small"
                onClick={() => {
                  change([...stories, NEW_STORY]);
                  setShown(stories.length);
                }}
              >
                {t("broadcast.addArticle")}
              </Button>
            )}
            {stories.length > 1 && (
              <Button
                size="small"
                type="text"
                onClick={() => {
                  change(stories.filter((_, index) => index !== shown));
                  setShown(0);
                }}
              >
                {t("broadcast.removeArticle")}
              </Button>
            )}
          </div>
          <StoryFields
            key={`${stories.length}-${shown}`}
            account={account}
            story={story}
            onChange={(part) => change(changed(stories, shown, part))}
          />
        </div>
        <BroadcastPreview accountName={name} articles={stories.map((each) => ({ ...each, paragraphs: [] }))} />
      </div>
    </div>
  );
}

/** A page with unsaved words is not left by accident. */
function useUnsaved(dirty: boolean) {
  useEffect(() => {
    if (!dirty) return undefined;
    const stop = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", stop);
    return () => removeEventListener("beforeunload", stop);
  }, [dirty]);
}
