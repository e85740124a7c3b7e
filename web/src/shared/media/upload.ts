/** One file on its way to the server, piece by piece, from where it was broken off. */

import type { ClientBody, MediumItem, UploadItem, UploadRequest } from "@shared/wire/generated";
import { ApiError, type Api } from "../http/api";

export const LARGEST = 100 * 1024 * 1024;
const PIECE = 1024 * 1024;
const TRIES = 5;
const PAUSE_MS = 1000;

export interface Sending {
  readonly file: File;
  /** A recording says how long it is, and is a voice whatever its container could hold. */
  readonly voiceMs?: number;
}

/** Goes on with `begun` if the server still has it. */
export async function uploadFile(
  api: Api,
  conv: string,
  file: File,
  begun: string | null,
  told: (upload: UploadItem) => void,
  signal: AbortSignal,
): Promise<MediumItem> {
  const request: UploadRequest = { conv, size: file.size, name: file.name.slice(-255) };
  let upload = begun
    ? await insist(() => api.get<UploadItem>(`/v1/media/uploads/${begun}`), signal)
    : await insist(() => api.post<UploadItem>("/v1/media/uploads", request), signal);
  const place = `/v1/media/uploads/${upload.upload}`;
  told(upload);
  while (upload.received < file.size) {
    const { received } = upload;
    const piece = file.slice(received, received + Math.min(PIECE, upload.piece));
    upload = await insist(async () => {
      try {
        return await api.putPiece<UploadItem>(`${place}?offset=${received}`, piece);
      } catch (error) {
        if (!(error instanceof ApiError) || error.code !== "version_conflict") throw error;
        return api.get<UploadItem>(place);
      }
    }, signal);
    told(upload);
  }
  return insist(() => api.post<MediumItem>(`${place}/finish`), signal);
}

/** What the server refuses stays refused; what did not arrive is sent again. */
async function insist<T>(ask: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let tried = 1; ; tried += 1) {
    signal.throwIfAborted();
    try {
      return await ask();
    } catch (error) {
      const lost = error instanceof ApiError && (error.status === 0 || error.status >= 500);
      if (!lost || tried === TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, (error.retryAfter ?? 0) * 1000 || PAUSE_MS * tried));
    }
  }
}

/** The message that an uploaded file becomes. */
export function bodyOf({ file, voiceMs }: Sending, medium: MediumItem): ClientBody {
  const said = { media: medium.digest, name: file.name.slice(-255) };
  if (voiceMs !== undefined) return { type: "voice", ...said, duration_ms: Math.round(voiceMs) };
  const { mime, width, height, size, thumbnail } = medium;
  if (width) return { type: "image", ...said, mime, width, height, size, thumbnail };
  if (mime.startsWith("video/")) return { type: "video", ...said, mime, size };
  return { type: "file", ...said, mime, size };
}
