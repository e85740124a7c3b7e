/** What is on its way from here: how far it is, and what can be done when it failed. */

import { useText } from "../text/language";
import { sizeText } from "./size";
import { useTray, useTrayItems } from "./use-tray";
import "./media.css";

export function UploadTray({ conv }: { conv: string }) {
  const { t, errorText } = useText();
  const tray = useTray();
  const items = useTrayItems(conv);
  if (!items.length) return null;
  return (
    <ul className="el-tray" data-testid="upload-tray">
      {items.map(({ id, sending, received, failed }) => (
        <li key={id} data-failed={failed || undefined}>
          <span className="el-tray-name">{sending.voiceMs === undefined ? sending.file.name : t("media.voice")}</span>
          {failed ? (
            <span role="alert">{errorText(failed)}</span>
          ) : (
            <span>
              {sizeText(received)} / {sizeText(sending.file.size)}
            </span>
          )}
          {failed && (
            <button type="button" className="el-plain" onClick={() => tray.retry(id)}>
              {t("media.retry")}
            </button>
          )}
          <button type="button" className="el-plain" onClick={() => tray.discard(id)}>
            {t("media.cancel")}
          </button>
          <progress max={sending.file.size} value={received} aria-label={sending.file.name} />
        </li>
      ))}
    </ul>
  );
}
