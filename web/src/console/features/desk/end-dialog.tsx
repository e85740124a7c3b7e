import { App, Checkbox, Input, Modal } from "antd";
import { useState } from "react";
import type { CaseItem } from "../../../shared/assist/shapes";
import { useText } from "../../../shared/text/language";
import { casePath, useDeskAction } from "../../shared/desk/use-desk";

/** Ways in which an agent's part ends: back into the queue, back to the bot, over. */
export type End = "return" | "bot" | "close";

interface Props {
  readonly item: CaseItem;
  readonly end: End;
  readonly onClose: (done: boolean) => void;
}

export function EndDialog({ item, end, onClose }: Props) {
  const { t, errorText } = useText();
  const { message } = App.useApp();
  const [note, setNote] = useState("");
  const [rated, setRated] = useState(true);
  const run = useDeskAction((api, said: object) => api.post<CaseItem>(casePath(item.case, `/${end}`), said));
  const confirm = () =>
    run.mutate(
      { note: note.trim(), ...(end === "close" && { ask_rating: rated }) },
      {
        onSuccess: () => {
          void message.success(t(`end.${end}.done`));
          onClose(true);
        },
        onError: (error) => void message.error(errorText(error)),
      },
    );
  const marked: object = { "data-testid": "end-send" };
  return (
    <Modal
      open
      title={t(`end.${end}.title`, { name: item.customer_name })}
      okText={t(`end.${end}.ok`)}
      okButtonProps={{ loading: run.isPending, ...marked }}
      onOk={confirm}
      onCancel={() => onClose(false)}
    >
      <div className="el-desk-form">
        <p className="el-hint">{t(`end.${end}.hint`)}</p>
        <Input.TextArea
          data-testid="end-note"
          aria-label={t("end.note")}
          rows={3}
          maxLength={1000}
          placeholder={t("end.note")}
          value={note}
          onChange={(event) => setNote(event.target.value)}
        />
        {end === "close" && (
          <Checkbox checked={rated} onChange={(event) => setRated(event.target.checked)}>
            {t("end.askRating")}
          </Checkbox>
        )}
      </div>
    </Modal>
  );
}
