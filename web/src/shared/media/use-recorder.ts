/** One's voice, recorded until it is sent or thrown away. */

import { useEffect, useRef, useState } from "react";
import type { Sending } from "./upload";

const LONGEST_MS = 5 * 60_000;
const TICK_MS = 250;

interface Recording {
  readonly recorder: MediaRecorder;
  readonly startedAt: number;
}

export function useRecorder(onVoice: (sending: Sending) => void) {
  const recording = useRef<Recording | null>(null);
  const [sinceMs, setSinceMs] = useState<number | null>(null);

  function stop(keep: boolean) {
    const now = recording.current;
    if (!now) return;
    recording.current = null;
    setSinceMs(null);
    const { recorder, startedAt } = now;
    const voiceMs = performance.now() - startedAt;
    recorder.ondataavailable = ({ data }) => {
      if (keep && data.size) onVoice({ file: new File([data], "voice", { type: data.type }), voiceMs });
    };
    recorder.stop();
    recorder.stream.getTracks().forEach((track) => track.stop());
  }

  const running = sinceMs !== null;
  useEffect(() => {
    if (!running) return undefined;
    const timer = setInterval(() => {
      const since = performance.now() - (recording.current?.startedAt ?? 0);
      if (since >= LONGEST_MS) stop(true);
      else setSinceMs(since);
    }, TICK_MS);
    return () => clearInterval(timer);
  });
  useEffect(
    () => () => recording.current?.recorder.stream.getTracks().forEach((track) => track.stop()),
    [],
  );

  /** False when there is no microphone, or it may not be used. */
  async function start(): Promise<boolean> {
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      const recorder = new MediaRecorder(stream);
      recorder.start();
      recording.current = { recorder, startedAt: performance.now() };
      setSinceMs(0);
      return true;
    } catch {
      return false;
    }
  }
  return { sinceMs, start, finish: () => stop(true), cancel: () => stop(false) };
}
