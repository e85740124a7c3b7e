/** The menu that everybody sees, and those for some: edited with the phone beside them. */

import { App, Button, Select, Table, type TableColumnsType } from "antd";
import { useState } from "react";
import type { ConditionalItem, ConductItem, MenuButtonDraft, MenuRuleItem } from "@shared/wire/generated";
import { useText } from "../../../shared/text/language";
import { Loaded } from "../../../shared/ui/loaded";
import { MenuFields, MenuPreview } from "./menu-fields";
import { draftsOf } from "./menu-draft";
import { accountPath, useAccountAction, useOfAccount, useTags } from "./use-own-accounts";

export function MenuPanel({ account, name }: { account: string; name: string }) {
  const query = useOfAccount<ConductItem>(account, "/conduct");
  return (
    <Loaded query={query}>
      {(conduct) => <Edited key={JSON.stringify(conduct.menu)} account={account} name={name} conduct={conduct} />}
    </Loaded>
  );
}

interface Props {
  readonly account: string;
  readonly name: string;
  readonly conduct: ConductItem;
}

const LANGUAGES = [
  { value: "zh-CN", label: "menus.language.zh" },
  { value: "en", label: "menus.language.en" },
] as const;
const CLIENTS = ["ios", "android", "other"] as const;

function Edited({ account, name, conduct }: Props) {
  const { t } = useText();
  const { message } = App.useApp();
  const tags = useTags(account).data ?? [];
  const [buttons, setButtons] = useState<readonly MenuButtonDraft[]>(() => draftsOf(conduct.menu));
  const [rule, setRule] = useState<MenuRuleItem>({ tag: 0, language: "", client: "" });
  const told = () => void message.success(t("menus.saved"));
  const save = useAccountAction(
    (api, menu: readonly MenuButtonDraft[]) => api.put<ConductItem>(accountPath(account, "/menu"), { buttons: menu }),
    told,
  );
  const add = useAccountAction(
    (api, menu: readonly MenuButtonDraft[]) => api.post<ConditionalItem>(accountPath(account, "/menus"), { rule, buttons: menu }),
    told,
  );
  const remove = useAccountAction((api, number: number) => api.delete(accountPath(account, `/menus/${number}`)));
  const ruled = Boolean(rule.tag || rule.language || rule.client);
  const any = { value: "", label: t("menus.any") };
  const wordsOf = ({ tag, language, client }: MenuRuleItem) =>
    [
      tag ? (tags.find((each) => each.tag === tag)?.name ?? String(tag)) : "",
      language ? t(language === "en" ? "menus.language.en" : "menus.language.zh") : "",
      client ? t(`menus.client.${client}`) : "",
    ]
      .filter(Boolean)
      .join(" · ");
  const columns: TableColumnsType<ConditionalItem> = [
    { title: t("menus.for"), render: (_, one) => wordsOf(one.rule) },
    { title: t("accounts.tab.menu"), render: (_, one) => one.buttons.map((button) => button.title).join(" / ") },
    {
      title: "",
      width: 90,
      render: (_, one) => (
        <Button size="small" onClick={() => remove.mutate(one.number)}>
          {t("menus.remove")}
        </Button>
      ),
    },
  ];
  return (
    <div className="el-menu-editor">
      <div>
        <p className="el-hint">{t("menus.limits")}</p>
        <MenuFields buttons={buttons} onChange={setButtons} />
        <div className="el-accounts-bar">
          <Button type="primary" data-testid="menu-save" loading={save.isPending} onClick={() => save.mutate(buttons)}>
            {t("menus.save")}
          </Button>
        </div>
        <h3>{t("menus.conditional")}</h3>
        <div className="el-accounts-bar">
          <Select
            value={rule.tag ?? 0}
            aria-label={t("menus.ruleTag")}
            data-testid="rule-tag"
            options={[{ value: 0, label: `${t("menus.ruleTag")}：${t("menus.any")}` }, ...tags.map((each) => ({ value: each.tag, label: each.name }))]}
            onChange={(tag) => setRule({ ...rule, tag })}
          />
          <Select
            value={rule.language ?? ""}
            aria-label={t("menus.ruleLanguage")}
            options={[any, ...LANGUAGES.map((each) => ({ value: each.value, label: t(each.label) }))]}
            onChange={(language: NonNullable<MenuRuleItem["language"]>) => setRule({ ...rule, language })}
          />
          <Select
            value={rule.client ?? ""}
            aria-label={t("menus.ruleClient")}
            options={[any, ...CLIENTS.map((each) => ({ value: each, label: t(`menus.client.${each}`) }))]}
            onChange={(client: NonNullable<MenuRuleItem["client"]>) => setRule({ ...rule, client })}
          />
          <Button
            disabled={!ruled || !buttons.length}
            loading={add.isPending}
            data-testid="menu-add-conditional"
            onClick={() => add.mutate(buttons)}
          >
            {t("menus.addConditional")}
          </Button>
        </div>
        <Table
          rowKey="number"
          size="small"
          pagination={false}
          columns={columns}
          dataSource={[...conduct.menus].reverse()}
          locale={{ emptyText: t("menus.none") }}
        />
      </div>
      <MenuPreview name={name} buttons={buttons} />
    </div>
  );
}
