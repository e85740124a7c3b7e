/** Partners' buttons and the desk for their programs, in Chinese; `en.ts` has the same keys. */

export const partnersZh = {
  "press.scan": "拍摄二维码或条码",
  "press.code": "码的内容",
  "press.send": "发送",
  "press.photo": "拍照",
  "press.pictures": "选择图片",
  "press.place": "发送我的位置",
  "press.busy": "正在发送……",
  "press.noCode": "没有识别到码，请重试或输入内容",
  "press.noPictures": "请选择图片",
  "press.failed": "发送失败，请重试",
};
