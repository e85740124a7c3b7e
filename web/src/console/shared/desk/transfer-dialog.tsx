/** A case goes to a colleague or into a queue, with a word that only colleagues read. */

import { App, Input, Modal, Select } from "antd";
import { useState } from "react";
import type { AgentItem, CaseItem, DeskItem } from "../../../shared/assist/shapes";
import { useText } from "../../../shared/text/language";
import { casePath, useAgents, useDeskAction } from "./use-desk";

const LONGEST = 1000;

interface Props {
  readonly item: CaseItem;
  readonly desk: DeskItem;
  readonly onClose: (done: boolean) => void;
}

export function TransferDialog({ item, desk, onClose }: Props) {
  const { t, errorText } = useText();
  const { message } = App.useApp();
  const { data: agents = [] } = useAgents(desk.desk);
  const [target, setTarget] = useState("");
  const [note, setNote] = useState("");
  const transfer = useDeskAction((api, to: object) => api.post<CaseItem>(casePath(item.case, "/transfer"), to));
  function send() {
    const [kind = "", ...name] = target.split(":");
    transfer.mutate(
      { [kind]: name.join(":"), note: note.trim() },
      {
        onSuccess: () => {
          void message.success(t("transfer.done"));
          onClose(true);
        },
        onError: (error) => void message.error(errorText(error)),
      },
    );
  }
  const able = ({ user, role, status, serving, capacity }: AgentItem) =>
    role === "agent" && user !== item.agent && status !== "away" && serving < capacity;
  return (
    <Modal
      open
      title={t("transfer.title", { name: item.customer_name })}
      okText={t("transfer.send")}
      okButtonProps={{ disabled: !target || !note.trim(), loading: transfer.isPending, ...testid("transfer-send") }}
      onOk={send}
      onCancel={() => onClose(false)}
    >
      <div className="el-desk-form">
        <label htmlFor="transfer-to">{t("transfer.to")}</label>
        <Select
          id="transfer-to"
          data-testid="transfer-to"
          value={target || null}
          placeholder={t("transfer.pick")}
          onChange={(chosen: string) => setTarget(chosen)}
          options={[
            {
              label: t("transfer.agents"),
              options: agents
                .filter(({ user, role }) => role === "agent" && user !== item.agent)
                .map((agent) => ({
                  value: `agent:${agent.user}`,
                  disabled: !able(agent),
                  label: `${agent.name} · ${t(`status.${agent.status}`)} · ${agent.serving}/${agent.capacity}`,
                })),
            },
            {
              label: t("transfer.queues"),
              options: desk.queues
                .filter(({ queue }) => item.state !== "waiting" || queue !== item.queue)
                .map(({ queue, name, waiting }) => ({
                  value: `queue:${queue}`,
                  label: `${name} · ${t("desk.waitingN", { count: waiting })}`,
                })),
            },
          ]}
        />
        <label htmlFor="transfer-note">{t("transfer.note")}</label>
        <Input.TextArea
          id="transfer-note"
          data-testid="transfer-note"
          rows={4}
          maxLength={LONGEST}
          showCount
          value={note}
          placeholder={t("transfer.noteHint")}
          onChange={(event) => setNote(event.target.value)}
        />
      </div>
    </Modal>
  );
}

function testid(name: string): object {
  return { "data-testid": name };
}
