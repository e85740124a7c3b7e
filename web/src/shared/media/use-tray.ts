/** The tray of this session, and what was pasted or dropped into it. */

import { useSyncExternalStore, type ClipboardEvent, type DragEvent } from "react";
import { useSession } from "../session/session";
import type { Api } from "../http/api";
import { Tray, type TrayItem } from "./tray";

const trays = new WeakMap<Api, Tray>();

export function useTray(): Tray {
  const { api, chat } = useSession();
  const known = trays.get(api);
  if (known) return known;
  const tray = new Tray(api, chat);
  trays.set(api, tray);
  return tray;
}

export function useTrayItems(conv: string): readonly TrayItem[] {
  const tray = useTray();
  return useSyncExternalStore(tray.subscribe, tray.items).filter((item) => item.conv === conv);
}

/** Handlers for the element that files may be pasted or dropped on. */
export function useDropped(conv: string) {
  const tray = useTray();
  const take = (files: FileList) => [...files].forEach((file) => tray.add(conv, { file }));
  return {
    onPaste: (event: ClipboardEvent) => {
      if (!event.clipboardData.files.length) return;
      event.preventDefault();
      take(event.clipboardData.files);
    },
    onDragOver: (event: DragEvent) => {
      if (event.dataTransfer.types.includes("Files")) event.preventDefault();
    },
    onDrop: (event: DragEvent) => {
      if (!event.dataTransfer.files.length) return;
      event.preventDefault();
      take(event.dataTransfer.files);
    },
  };
}
