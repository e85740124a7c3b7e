/** Partners' buttons and the desk for their programs, in English. */

import type { partnersZh } from "./zh-CN";

export const partnersEn: Record<keyof typeof partnersZh, string> = {
  "press.scan": "Photograph a code",
  "press.code": "What the code says",
  "press.send": "Send",
  "press.photo": "Take a photo",
  "press.pictures": "Choose pictures",
  "press.place": "Send where I am",
  "press.busy": "Sending…",
  "press.noCode": "No code was found; try again, or type what it says",
  "press.noPictures": "Choose pictures",
  "press.failed": "Not sent; try again",
};
