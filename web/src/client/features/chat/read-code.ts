/** What a photographed code says, where the browser can read codes; elsewhere it is typed. */

import type { Pressed } from "@shared/wire/generated";

interface Detector {
  detect(picture: ImageBitmap): Promise<readonly { rawValue: string; format: string }[]>;
}

function detector(): Detector | null {
  const known = (globalThis as { BarcodeDetector?: new () => Detector }).BarcodeDetector;
  return known ? new known() : null;
}

export function canRead(): boolean {
  return detector() !== null;
}

export async function codeIn(picture: Blob): Promise<Pick<Pressed, "code" | "code_type"> | null> {
  const found = await detector()?.detect(await createImageBitmap(picture));
  const first = found?.[0];
  if (!first?.rawValue) return null;
  return { code: first.rawValue.slice(0, 2048), code_type: first.format === "qr_code" ? "qrcode" : "barcode" };
}
