/** Words of logging in, tabs, badges and the connection, in English. */

import type { entryZh } from "./zh-CN";

export const entryEn: Record<keyof typeof entryZh, string> = {
  "login.title": "Log in",
  "login.user": "User name",
  "login.password": "Password",
  "login.submit": "Log in",
  "login.privacy": "Bank staff will never ask for your password or SMS code",
  "login.failed": "Wrong user name or password",
  "login.staffLink": "Staff: go to the desk",
  "login.customerLink": "Customers: go to Elian",
  "login.notStaff": "This is not a staff user",
  "login.revoked": "This device was logged out from elsewhere. Please log in again",
  "tab.messages": "Messages",
  "tab.accounts": "Accounts",
  "tab.me": "Me",
  "badge.manager": "Manager",
  "badge.verified": "Verified",
  "status.connecting": "Connecting…",
  "status.waiting": "No network. Reconnecting…",
  "status.ended": "Disconnected. Please log in again",
  "status.catchingUp": "Receiving messages…",
};
