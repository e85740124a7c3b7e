/** Words of red packets and transfers to friends, in Chinese. */

export const giftsZh = {
  "gift.send": "红包",
  "gift.menu": "发红包",
  "gift.packet": "红包",
  "gift.friend": "转账",
  "gift.wish": "恭喜发财，大吉大利",
  "gift.open": "拆红包",
  "gift.accept": "收款",
  "gift.look": "看看大家的手气",
  "gift.from": "{name}的红包",
  "gift.fromFriend": "{name}的转账",
  "gift.mine": "您领到 {amount} 元",
  "gift.waiting": "等待对方收款",
  "gift.gone": "已被领完",
  "gift.returned": "超过24小时，剩余已退回",
  "gift.progress": "已领 {taken}/{shares} 个，共 {amount} 元",
  "gift.best": "手气最佳",
  "gift.taken": "{who}领取了{sender}的红包",
  "gift.failed": "没有领到，请稍后再试",
} as const;
