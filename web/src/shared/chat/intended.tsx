import { useText } from "../text/language";
import type { Intent } from "./drafting";
import { previewOf } from "./preview";

/** Above the composer: the message that is answered, or edited. */
export function Intended({ intent, onStop }: { intent: Exclude<Intent, { kind: "new" }>; onStop: () => void }) {
  const { t } = useText();
  const words =
    intent.kind === "edit"
      ? t("message.editing")
      : t("message.quoting", { name: intent.name, text: previewOf(intent.event, t) });
  return (
    <div className="el-intended" data-testid="intended" data-kind={intent.kind}>
      <span>{words}</span>
      <button type="button" className="el-plain" aria-label={t("message.stop")} onClick={onStop}>
        ×
      </button>
    </div>
  );
}
