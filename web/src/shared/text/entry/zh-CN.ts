/** Words of logging in, tabs, badges and the connection, in Chinese. */

export const entryZh = {
  "login.title": "登录",
  "login.user": "用户名",
  "login.password": "密码",
  "login.submit": "登录",
  "login.privacy": "银行工作人员不会向您索要密码或短信验证码",
  "login.failed": "用户名或密码不正确",
  "login.staffLink": "员工请进入工作台",
  "login.customerLink": "客户请进入融e联",
  "login.notStaff": "此账号不是员工账号",
  "login.revoked": "此设备已在别处被注销，请重新登录",
  "tab.messages": "消息",
  "tab.accounts": "公众号",
  "tab.me": "我",
  "badge.manager": "客户经理",
  "badge.verified": "官方认证",
  "status.connecting": "正在连接…",
  "status.waiting": "网络不可用，正在重新连接…",
  "status.ended": "连接已结束，请重新登录",
  "status.catchingUp": "正在收取消息…",
} as const;
