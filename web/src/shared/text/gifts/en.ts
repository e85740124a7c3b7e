/** Words of red packets and transfers to friends, in English. */

import type { giftsZh } from "./zh-CN";

export const giftsEn: Record<keyof typeof giftsZh, string> = {
  "gift.send": "Red packet",
  "gift.menu": "Send a red packet",
  "gift.packet": "Red packet",
  "gift.friend": "Transfer",
  "gift.wish": "Best wishes",
  "gift.open": "Open",
  "gift.accept": "Take it",
  "gift.look": "Who took what",
  "gift.from": "Red packet from {name}",
  "gift.fromFriend": "Transfer from {name}",
  "gift.mine": "You took CNY {amount}",
  "gift.waiting": "Waiting to be taken",
  "gift.gone": "All taken",
  "gift.returned": "24 hours are over; the rest went back",
  "gift.progress": "{taken} of {shares} taken, CNY {amount} in all",
  "gift.best": "Luckiest",
  "gift.taken": "{who} took from the red packet of {sender}",
  "gift.failed": "Not taken; please try again",
};
