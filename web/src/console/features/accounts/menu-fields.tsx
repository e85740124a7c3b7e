/** The lines of a menu, and how it will look under the chat. */

import { Button, Input, Select } from "antd";
import type { ChildButton, MenuButtonDraft } from "@shared/wire/generated";
import { useText } from "../../../shared/text/language";
import { MOST_BUTTONS, MOST_CHILDREN, NEW_BUTTON, replaced } from "./menu-draft";

interface Props {
  readonly buttons: readonly MenuButtonDraft[];
  readonly onChange: (buttons: readonly MenuButtonDraft[]) => void;
}

export function MenuFields({ buttons, onChange }: Props) {
  const { t } = useText();
  return (
    <>
      {buttons.map((button, index) => {
        const children = button.children ?? [];
        const put = (next: MenuButtonDraft | null) => onChange(replaced(buttons, index, next));
        return (
          <div key={index} className="el-menu-button">
            <Line
              button={button}
              parent={children.length > 0}
              place={String(index)}
              onChange={(next) => put({ ...button, ...next })}
              onRemove={() => put(null)}
            />
            {children.map((child, below) => (
              <div key={below} className="el-menu-child">
                <Line
                  button={child}
                  parent={false}
                  place={`${index}-${below}`}
                  onChange={(next) => put({ ...button, children: replaced(children, below, next) })}
                  onRemove={() => put({ ...button, children: replaced(children, below, null) })}
                />
              </div>
            ))}
            {children.length < MOST_CHILDREN && (
              <Button
                size="small"
                type="dashed"
                data-testid={`menu-child-${index}`}
                onClick={() =>
                  put({ ...button, kind: "click", key: "", url: "", children: [...children, { title: "", kind: "click", key: "", url: "" }] })
                }
              >
                {t("menus.addChild")}
              </Button>
            )}
          </div>
        );
      })}
      {buttons.length < MOST_BUTTONS && (
        <Button block type="dashed" className="el-menu-add" data-testid="menu-add" onClick={() => onChange([...buttons, NEW_BUTTON])}>
          {t("menus.add")}
        </Button>
      )}
    </>
  );
}

interface LineProps {
  readonly button: ChildButton;
  readonly parent: boolean;
  readonly place: string;
  readonly onChange: (button: ChildButton) => void;
  readonly onRemove: () => void;
}

function Line({ button, parent, place, onChange, onRemove }: LineProps) {
  const { t } = useText();
  const { title, kind = "click", key = "", url = "" } = button;
  const put = (change: Partial<ChildButton>) => onChange({ title, kind, key, url, ...change });
  return (
    <div className="el-menu-line">
      <Input value={title} placeholder={t("menus.title")} data-testid={`menu-title-${place}`} onChange={(event) => put({ title: event.target.value })} />
      {parent ? (
        <span />
      ) : (
        <Select
          value={kind}
          aria-label={t("menus.kind")}
          data-testid={`menu-kind-${place}`}
          options={[
            { value: "click", label: t("menus.kind.click") },
            { value: "view", label: t("menus.kind.view") },
          ]}
          onChange={(next: NonNullable<ChildButton["kind"]>) => put({ kind: next, key: "", url: "" })}
        />
      )}
      {parent ? (
        <span />
      ) : kind === "view" ? (
        <Input value={url} placeholder={t("menus.url")} data-testid={`menu-url-${place}`} onChange={(event) => put({ url: event.target.value })} />
      ) : (
        <Input value={key} placeholder={t("menus.key")} data-testid={`menu-key-${place}`} onChange={(event) => put({ key: event.target.value })} />
      )}
      <Button onClick={onRemove}>{t("menus.remove")}</Button>
    </div>
  );
}

export function MenuPreview({ name, buttons }: { name: string; buttons: readonly MenuButtonDraft[] }) {
  const { t } = useText();
  return (
    <div className="el-phone" data-testid="menu-preview" aria-label={t("menus.preview")}>
      <div className="el-phone-head">{name}</div>
      <div className="el-phone-body">
        <div className="el-menu-phone">
          {buttons.map((button, index) => (
            <div key={index}>
              <b>{button.title || t("menus.title")}</b>
              {[...(button.children ?? [])].reverse().map((child, below) => (
                <small key={below}>{child.title || t("menus.title")}</small>
              ))}
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}
