/** Followers of an account: filed by tags and remarks, or put on the black list. */

import { App, Button, Input, Modal, Select } from "antd";
import { useState } from "react";
import type { Changed, TagItem } from "@shared/wire/generated";
import { useText } from "../../../shared/text/language";
import { FollowerTable } from "./follower-table";
import { accountPath, useAccountAction, useTags } from "./use-own-accounts";

const BLOCKED = -1; // shown instead of followers

export function FollowerPanel({ account }: { account: string }) {
  const { t } = useText();
  const { message, modal } = App.useApp();
  const tags = useTags(account).data ?? [];
  const [shown, setShown] = useState(0);
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [naming, setNaming] = useState(false);
  const [name, setName] = useState("");
  const told = ({ count }: Changed) => {
    setChosen([]);
    void message.success(t("followers.changed", { count }));
  };
  const move = useAccountAction((api, { tag, tagged }: { tag: number; tagged: boolean }) =>
    api.post<Changed>(accountPath(account, `/tags/${tag}/followers`), { customers: chosen, tagged }),
  );
  const list = useAccountAction((api, blocked: boolean) =>
    api.post<Changed>(accountPath(account, "/black-list"), { customers: chosen, blocked }),
  );
  const create = useAccountAction((api, given: string) => api.post<TagItem>(accountPath(account, "/tags"), { name: given }));
  const remove = useAccountAction((api, tag: number) => api.delete(accountPath(account, `/tags/${tag}`)));
  const tag = tags.find((each) => each.tag === shown);
  const choices = tags.map((each) => ({ value: each.tag, label: each.name }));
  const give = (value: number, tagged: boolean) => move.mutate({ tag: value, tagged }, { onSuccess: told });
  const askDelete = () =>
    tag &&
    void modal.confirm({
      title: t("followers.deleteTag"),
      content: t("followers.deleteAsk", { name: tag.name }),
      onOk: () => remove.mutateAsync(tag.tag).then(() => setShown(0)),
    });
  return (
    <>
      <div className="el-accounts-bar">
        <Select
          value={shown}
          data-testid="follower-filter"
          aria-label={t("followers.tags")}
          onChange={(next) => {
            setShown(next);
            setChosen([]);
          }}
          options={[
            { value: 0, label: t("followers.all") },
            ...tags.map((each) => ({ value: each.tag, label: t("followers.tagN", { name: each.name, count: each.count }) })),
            { value: BLOCKED, label: t("followers.blackList") },
          ]}
        />
        <Button data-testid="tag-new" onClick={() => setNaming(true)}>
          {t("followers.newTag")}
        </Button>
        {tag && <Button onClick={askDelete}>{t("followers.deleteTag")}</Button>}
        {chosen.length > 0 && (
          <span className="el-accounts-acts">
            <span className="el-hint">{t("followers.chosen", { count: chosen.length })}</span>
            {shown === BLOCKED ? (
              <Button data-testid="follower-unblock" onClick={() => list.mutate(false, { onSuccess: told })}>
                {t("followers.unblock")}
              </Button>
            ) : (
              <>
                <Select
                  value={null}
                  placeholder={t("followers.tag")}
                  data-testid="follower-tag"
                  aria-label={t("followers.tag")}
                  options={choices}
                  onChange={(value: number | null) => value !== null && give(value, true)}
                />
                {tag && <Button onClick={() => give(tag.tag, false)}>{t("followers.untag")}</Button>}
                <Button danger data-testid="follower-block" onClick={() => list.mutate(true, { onSuccess: told })}>
                  {t("followers.block")}
                </Button>
              </>
            )}
          </span>
        )}
      </div>
      <FollowerTable
        key={shown}
        account={account}
        tags={tags}
        query={shown === BLOCKED ? "blocked=true" : `tag=${shown}`}
        chosen={chosen}
        onChoose={setChosen}
      />
      <Modal
        open={naming}
        title={t("followers.newTag")}
        onCancel={() => setNaming(false)}
        okButtonProps={{ disabled: !name.trim(), loading: create.isPending }}
        onOk={() =>
          create.mutate(name.trim(), {
            onSuccess: () => {
              setNaming(false);
              setName("");
            },
          })
        }
      >
        <Input
          value={name}
          maxLength={30}
          placeholder={t("followers.tagName")}
          data-testid="tag-name"
          onChange={(event) => setName(event.target.value)}
        />
      </Modal>
    </>
  );
}
