/** One broadcast before its reviewer: all that customers will see, to whom, and the decision. */

import { App, Button, Descriptions, Input, Modal, type ButtonProps } from "antd";
import { useState } from "react";
import type { BroadcastItem } from "@shared/wire/generated";
import { BroadcastPreview } from "../../shared/broadcast-preview";
import { useAccounts } from "../../../shared/http/use-accounts";
import { useDecideBroadcast, type Decision } from "../../shared/use-broadcasts";
import { useText } from "../../../shared/text/language";
import { fullTime } from "../../../shared/text/time";
import { BroadcastTag } from "../../shared/broadcast-tag";

const SURE: ButtonProps & Record<`data-${string}`, string> = { "data-testid": "review-approve-sure" };

export function ReviewPanel({ item }: { item: BroadcastItem }) {
  const { t, language } = useText();
  const accounts = useAccounts().data ?? [];
  const name = accounts.find((each) => each.account === item.account)?.name ?? item.account;
  const facts = [
    { key: "account", label: t("broadcast.account"), children: name },
    { key: "state", label: t("broadcast.state"), children: <BroadcastTag state={item.state} /> },
    { key: "audience", label: t("broadcast.audience"), children: t("broadcast.audienceN", { count: item.audience }) },
    { key: "maker", label: t("broadcast.maker"), children: item.maker_name },
    { key: "submitted", label: t("broadcast.submittedAt"), children: fullTime(item.submitted, language) },
    { key: "hash", label: t("review.hash"), children: <code>{item.content_hash}</code> },
  ];
  if (item.decided) {
    facts.push(
      { key: "reviewer", label: t("broadcast.reviewer"), children: item.reviewer_name },
      { key: "decided", label: t("broadcast.decidedAt"), children: fullTime(item.decided, language) },
    );
  }
  if (item.reason) facts.push({ key: "reason", label: t("broadcast.reason"), children: item.reason });
  return (
    <div className="el-review-body">
      <section className="el-review-facts">
        <Descriptions column={1} size="small" items={facts} />
        {item.state === "submitted" && (
          <>
            <p className="el-hint">{t("review.note")}</p>
            <Decide item={item} />
          </>
        )}
      </section>
      <BroadcastPreview accountName={name} articles={item.articles} broadcast={item.broadcast} />
    </div>
  );
}

function Decide({ item }: { item: BroadcastItem }) {
  const { t, errorText } = useText();
  const { message, modal } = App.useApp();
  const decide = useDecideBroadcast(item.broadcast);
  const [rejecting, setRejecting] = useState(false);
  const [reason, setReason] = useState("");
  const run = (decision: Decision) =>
    decide
      .mutateAsync(decision)
      .then(() => void message.success(t(decision.verdict === "approve" ? "review.approved" : "review.rejected")))
      .catch((error: unknown) => void message.error(errorText(error)));
  const approve = () =>
    void modal.confirm({
      title: t("review.approve"),
      content: t("review.approveAsk", { count: item.audience }),
      okText: t("review.approve"),
      okButtonProps: SURE,
      onOk: () => run({ verdict: "approve", content_hash: item.content_hash }),
    });
  return (
    <div className="el-review-actions">
      <Button type="primary" onClick={approve} loading={decide.isPending} data-testid="review-approve">
        {t("review.approve")}
      </Button>
      <Button danger onClick={() => setRejecting(true)} data-testid="review-reject">
        {t("review.reject")}
      </Button>
      <Modal
        title={t("review.rejectReason")}
        open={rejecting}
        onCancel={() => setRejecting(false)}
        okText={t("review.reject")}
        okButtonProps={{ disabled: !reason.trim() }}
        onOk={() => run({ verdict: "reject", reason: reason.trim() }).then(() => setRejecting(false))}
      >
        <Input.TextArea
          value={reason}
          maxLength={200}
          showCount
          rows={3}
          data-testid="review-reason"
          onChange={(event) => setReason(event.target.value)}
        />
      </Modal>
    </div>
  );
}
