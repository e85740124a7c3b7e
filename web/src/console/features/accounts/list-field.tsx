/** A file of customers: the server reads it, and what is wrong with which row stands here. */

import { useMutation } from "@tanstack/react-query";
import { Alert, Button, Space, Upload } from "antd";
import type { CustomerListItem } from "@shared/wire/generated";
import { useSession } from "../../../shared/session/session";
import { isTextKey, useText } from "../../../shared/text/language";
import { accountPath } from "./use-own-accounts";

const SHOWN = 10;

interface Props {
  readonly account: string;
  readonly value?: readonly string[];
  readonly onChange?: (customers: readonly string[]) => void;
}

export function ListField({ account, value = [], onChange }: Props) {
  const { t, errorText } = useText();
  const { api } = useSession();
  const read = useMutation({
    mutationFn: (file: Blob) => api.upload<CustomerListItem>(accountPath(account, "/audience/list"), file),
    onSuccess: ({ customers }) => onChange?.(customers),
    onError: () => onChange?.([]),
  });
  const take = (file: Blob) => {
    read.mutate(file);
    return false;
  };
  const drop = () => {
    read.reset();
    onChange?.([]);
  };
  return (
    <>
      <Space>
        <Upload accept=".csv,.xlsx" showUploadList={false} beforeUpload={take}>
          <Button loading={read.isPending} data-testid="campaign-list">
            {t("campaigns.upload")}
          </Button>
        </Upload>
        {value.length > 0 && (
          <Button type="link" size="small" onClick={drop}>
            {t("menus.remove")}
          </Button>
        )}
      </Space>
      {read.error && <Alert type="error" showIcon className="el-list-told" title={errorText(read.error)} />}
      {read.data && <Told list={read.data} />}
    </>
  );
}

function Told({ list }: { list: CustomerListItem }) {
  const { t } = useText();
  const words = (fault: string) => {
    const key = `listed.${fault}`;
    return isTextKey(key) ? t(key) : fault;
  };
  const faults = Object.entries(list.faults);
  const count = faults.reduce((sum, [, each]) => sum + each, 0);
  const shown = list.bad.slice(0, SHOWN);
  return (
    <Alert
      className="el-list-told"
      data-testid="campaign-list-told"
      type={count === 0 ? "success" : "warning"}
      showIcon
      title={t("campaigns.listed", { rows: list.rows, good: list.customers.length, bad: count })}
      description={
        count > 0 && (
          <>
            <div>{faults.map(([fault, each]) => t("campaigns.fault", { fault: words(fault), count: each })).join(t("campaigns.and"))}</div>
            <ul className="el-list-rows">
              {shown.map(({ row, value, fault }) => (
                <li key={row}>{t("campaigns.badRow", { row, value: value || "—", fault: words(fault) })}</li>
              ))}
            </ul>
            {count > shown.length && t("campaigns.more", { count: count - shown.length })}
          </>
        )
      }
    />
  );
}
