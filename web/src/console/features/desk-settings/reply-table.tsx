/** Canned replies: kept one by one, at once; whoever serves finds them behind `/`. */

import { App, Button, Form, Input, Modal, Table, type TableColumnsType } from "antd";
import { useState } from "react";
import type { DeskItem, ReplyItem } from "../../../shared/assist/shapes";
import { newId } from "../../../shared/session/browser";
import { useText } from "../../../shared/text/language";
import { deskPath, useDeskAction, useReplies } from "../../shared/desk/use-desk";

const VARIABLES = ["customer_name", "agent_name", "account_name", "queue_name", "desk_name", "manager_name", "opens_at"];

export function ReplyTable({ desk }: { desk: DeskItem }) {
  const { t, errorText } = useText();
  const { message } = App.useApp();
  const { data = [], isPending } = useReplies(desk.desk);
  const [edited, setEdited] = useState<ReplyItem | null>(null);
  const place = (reply: string) => deskPath(desk.desk, `replies/${encodeURIComponent(reply)}`);
  const remove = useDeskAction((api, reply: string) => api.delete<undefined>(place(reply)));
  const columns: TableColumnsType<ReplyItem> = [
    { title: t("reply.shortcut"), render: (_, { shortcut }) => <kbd>/{shortcut}</kbd>, width: 110 },
    { title: t("reply.title"), dataIndex: "title", width: 160 },
    { title: t("reply.text"), dataIndex: "text" },
    {
      title: "",
      width: 150,
      render: (_, reply) => (
        <span className="el-case-acts">
          <Button size="small" onClick={() => setEdited(reply)}>
            {t("reply.edit")}
          </Button>
          <Button
            size="small"
            onClick={() => remove.mutate(reply.reply, { onError: (error) => void message.error(errorText(error)) })}
          >
            {t("settings.remove")}
          </Button>
        </span>
      ),
    },
  ];
  return (
    <>
      <Table
        rowKey="reply"
        size="small"
        pagination={false}
        loading={isPending}
        columns={columns}
        dataSource={data}
        locale={{ emptyText: t("reply.none") }}
        scroll={{ x: 720 }}
      />
      <div className="el-settings-add">
        <Button data-testid="reply-new" onClick={() => setEdited({ reply: newId().slice(0, 12), shortcut: "", title: "", text: "" })}>
          {t("reply.new")}
        </Button>
      </div>
      {edited && <ReplyDialog reply={edited} place={place(edited.reply)} onClose={() => setEdited(null)} />}
    </>
  );
}

function ReplyDialog({ reply, place, onClose }: { reply: ReplyItem; place: string; onClose: () => void }) {
  const { t, errorText } = useText();
  const { message } = App.useApp();
  const [form] = Form.useForm<ReplyItem>();
  const save = useDeskAction((api, given: object) => api.put<unknown>(place, given));
  const rules = [{ required: true, whitespace: true, message: t("broadcast.required") }];
  const marked: object = { "data-testid": "reply-save" };
  return (
    <Modal
      open
      title={t("reply.edit")}
      okText={t("settings.save")}
      okButtonProps={{ loading: save.isPending, ...marked }}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <Form
        form={form}
        layout="vertical"
        initialValues={reply}
        onFinish={({ shortcut, title, text }) =>
          save.mutate(
            { shortcut: shortcut.trim(), title: title.trim(), text: text.trim() },
            { onSuccess: onClose, onError: (error) => void message.error(errorText(error)) },
          )
        }
      >
        <Form.Item name="shortcut" label={t("reply.shortcut")} rules={rules}>
          <Input prefix="/" maxLength={32} data-testid="reply-shortcut" />
        </Form.Item>
        <Form.Item name="title" label={t("reply.title")} rules={rules}>
          <Input maxLength={64} data-testid="reply-title" />
        </Form.Item>
        <Form.Item
          name="text"
          label={t("reply.text")}
          rules={rules}
          extra={t("reply.variables", { names: VARIABLES.map((name) => `{${name}}`).join("  ") })}
        >
          <Input.TextArea rows={4} maxLength={1000} data-testid="reply-text" />
        </Form.Item>
      </Form>
    </Modal>
  );
}
