/** What can be sent besides words: a photo or video, a file, where one is, one's voice. */

import { AddCircleOutline, AudioOutline, FolderOutline, LocationOutline, PictureOutline } from "antd-mobile-icons";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { GiftButton } from "../gifts/gift-button";
import { useSession } from "../session/session";
import { useText } from "../text/language";
import { useRecorder } from "./use-recorder";
import { durationText } from "./size";
import { useTray } from "./use-tray";
import "./media.css";

export function AttachButton({ conv }: { conv: string }) {
  const { t } = useText();
  const { chat } = useSession();
  const tray = useTray();
  const [open, setOpen] = useState(false);
  const [problem, setProblem] = useState<"" | "media.noLocation" | "media.noMicrophone">("");
  const slot = useRef<HTMLSpanElement>(null);
  const recorder = useRecorder((sending) => tray.add(conv, sending));
  useEffect(() => {
    if (!open) return undefined;
    const close = (event: PointerEvent) => {
      if (!(event.target instanceof Node && slot.current?.contains(event.target))) setOpen(false);
    };
    addEventListener("pointerdown", close);
    return () => removeEventListener("pointerdown", close);
  }, [open]);

  const take = (files: FileList | null) => {
    [...(files ?? [])].forEach((file) => tray.add(conv, { file }));
    setOpen(false);
  };
  function sendPlace() {
    setProblem("");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        chat.send(conv, { type: "location", latitude: coords.latitude, longitude: coords.longitude });
        setOpen(false);
      },
      () => setProblem("media.noLocation"),
      { timeout: 10_000 },
    );
  }
  async function record() {
    setProblem("");
    if (await recorder.start()) setOpen(false);
    else setProblem("media.noMicrophone");
  }

  if (recorder.sinceMs !== null) {
    return (
      <span className="el-recording" role="status">
        <button type="button" className="el-plain" onClick={recorder.cancel} data-testid="voice-cancel">
          {t("media.cancel")}
        </button>
        <span className="el-recording-dot" /> {durationText(recorder.sinceMs)}
        <button type="button" className="el-plain el-recording-send" onClick={recorder.finish} data-testid="voice-send">
          {t("media.sendVoice")}
        </button>
      </span>
    );
  }
  return (
    <span className="el-attach" ref={slot}>
      <button
        type="button"
        className="el-plain el-toggle"
        data-testid="attach"
        aria-label={t("media.more")}
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <AddCircleOutline fontSize={26} />
      </button>
      {open && (
        <span className="el-attach-panel" role="menu">
          <Picker label={t("media.photo")} accept="image/*,video/*" testId="attach-photo" onFiles={take}>
            <PictureOutline />
          </Picker>
          <Picker label={t("media.file")} testId="attach-file" onFiles={take}>
            <FolderOutline />
          </Picker>
          <button type="button" role="menuitem" className="el-plain" data-testid="attach-place" onClick={sendPlace}>
            <LocationOutline />
            {t("media.place")}
          </button>
          <button type="button" role="menuitem" className="el-plain" data-testid="attach-voice" onClick={() => void record()}>
            <AudioOutline />
            {t("media.voice")}
          </button>
          <GiftButton conv={conv} onSent={() => setOpen(false)} />
          {problem && <span role="alert">{t(problem)}</span>}
        </span>
      )}
    </span>
  );
}

interface PickerProps {
  readonly label: string;
  readonly accept?: string;
  readonly testId: string;
  readonly onFiles: (files: FileList | null) => void;
  readonly children: ReactNode;
}

function Picker({ label, accept, testId, onFiles, children }: PickerProps) {
  return (
    <label className="el-plain">
      {children}
      {label}
      <input
        type="file"
        multiple
        accept={accept}
        data-testid={testId}
        onChange={(event) => {
          onFiles(event.target.files);
          event.target.value = "";
        }}
      />
    </label>
  );
}
