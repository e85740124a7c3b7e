/** A button that has the customer scan, photograph or say where they are, and then tells the account. */

import { useEffect, useRef, useState } from "react";
import type { MenuItem, Pressed } from "@shared/wire/generated";
import { bodyOf, uploadFile } from "../../../shared/media/upload";
import { useSession } from "../../../shared/session/session";
import { useText } from "../../../shared/text/language";
import { canRead, codeIn } from "./read-code";

type Kind = Pressed["kind"];
type Problem = "" | "press.noCode" | "press.noPictures" | "media.noLocation" | "press.failed";

const KINDS: readonly string[] = [
  "scancode_push",
  "scancode_waitmsg",
  "pic_sysphoto",
  "pic_photo_or_album",
  "pic_weixin",
  "location_select",
] satisfies Kind[];
const MOST_PICTURES = 9;

export function isSpecial(item: MenuItem): boolean {
  return KINDS.includes(item.kind ?? "");
}

interface Props {
  readonly item: MenuItem;
  readonly conv: string;
  readonly onDone: () => void;
}

export function SpecialPress({ item, conv, onDone }: Props) {
  const { t } = useText();
  const { api, chat } = useSession();
  const [problem, setProblem] = useState<Problem>("");
  const [busy, setBusy] = useState(false);
  const [typing, setTyping] = useState("");
  const panel = useRef<HTMLDivElement>(null);
  const kind = item.kind as Kind;
  useEffect(() => panel.current?.querySelector<HTMLElement>("input,button")?.focus(), []);

  function press(did: Omit<Pressed, "kind">) {
    chat.send(conv, { type: "menu", key: item.key ?? "", title: item.title, pressed: { kind, ...did } });
    onDone();
  }

  async function during(work: () => Promise<void>, otherwise: Problem) {
    setProblem("");
    setBusy(true);
    try {
      await work();
    } catch {
      setProblem(otherwise);
    }
    setBusy(false);
  }

  const pictures = (files: FileList | null) =>
    during(async () => {
      const chosen = [...(files ?? [])].filter((file) => file.type.startsWith("image/")).slice(0, MOST_PICTURES);
      if (!chosen.length) {
        setProblem("press.noPictures");
        return;
      }
      const until = new AbortController();
      const sent = [];
      for (const file of chosen) {
        const medium = await uploadFile(api, conv, file, null, () => undefined, until.signal);
        sent.push(chat.send(conv, bodyOf({ file }, medium)));
      }
      press({ sent });
    }, "press.failed");

  const place = () =>
    during(async () => {
      const { coords } = await new Promise<GeolocationPosition>((found, failed) =>
        navigator.geolocation.getCurrentPosition(found, failed, { timeout: 10_000 }),
      );
      press({ sent: [chat.send(conv, { type: "location", latitude: coords.latitude, longitude: coords.longitude })] });
    }, "media.noLocation");

  const scanned = (files: FileList | null) =>
    during(async () => {
      const code = files?.[0] && (await codeIn(files[0]));
      if (code) press(code);
      else setProblem("press.noCode");
    }, "press.noCode");

  const typed = () => {
    const code = typing.trim();
    if (code) press({ code, code_type: "qrcode" });
  };

  return (
    <div className="el-press" role="dialog" aria-label={item.title} data-testid="special-press" ref={panel}>
      <strong>{item.title}</strong>
      {kind.startsWith("scancode") && (
        <>
          {canRead() && <FileField label={t("press.scan")} capture onFiles={(files) => void scanned(files)} />}
          <form
            onSubmit={(event) => {
              event.preventDefault();
              typed();
            }}
          >
            <input value={typing} onChange={(event) => setTyping(event.target.value)} maxLength={2048} placeholder={t("press.code")} aria-label={t("press.code")} />
            <button disabled={busy}>{t("press.send")}</button>
          </form>
        </>
      )}
      {kind.startsWith("pic_") && (
        <FileField
          label={t(kind === "pic_sysphoto" ? "press.photo" : "press.pictures")}
          capture={kind === "pic_sysphoto"}
          multiple
          onFiles={(files) => void pictures(files)}
        />
      )}
      {kind === "location_select" && (
        <button type="button" className="el-press-do" disabled={busy} onClick={() => void place()}>
          {t("press.place")}
        </button>
      )}
      {busy && <span role="status">{t("press.busy")}</span>}
      {problem && <span role="alert">{t(problem)}</span>}
      <button type="button" className="el-plain" onClick={onDone}>
        {t("app.cancel")}
      </button>
    </div>
  );
}

interface FieldProps {
  readonly label: string;
  readonly capture?: boolean;
  readonly multiple?: boolean;
  readonly onFiles: (files: FileList | null) => void;
}

function FileField({ label, capture, multiple, onFiles }: FieldProps) {
  return (
    <label className="el-press-do">
      {label}
      <input
        type="file"
        accept="image/*"
        data-testid="press-file"
        multiple={multiple ?? false}
        {...(capture && { capture: "environment" as const })}
        onChange={(event) => onFiles(event.target.files)}
      />
    </label>
  );
}
