'use strict';

// What partners' Node programs do with three more unmodified libraries: only the host differs.
// Usage: node libraries.js URL APPID SECRET OPENID CODE; prints one JSON object.
const { promisify } = require('node:util');
const WechatApi = require('wechat-api');
const OAuth = require('wechat-oauth');
const { OfficialAccount } = require('node-easywechat');

async function wechatApi(url, appid, secret, openid) {
  const api = new WechatApi(appid, secret);
  api.endpoint = url;
  api.prefix = `${url}/cgi-bin/`;
  api.mpPrefix = `${url}/cgi-bin/`;
  api.fileServerPrefix = `${url}/cgi-bin/`;
  api.payPrefix = `${url}/`;
  const ask = (name, ...given) => promisify(api[name]).apply(api, given);
  const told = {};
  told.user = await ask('getUser', { openid, lang: 'zh_CN' });
  told.sent = await ask('sendText', openid, '来自 wechat-api');
  told.tag = await ask('createTag', '老客户');
  told.tagged = await ask('membersBatchtagging', told.tag.tag.id, [openid]);
  told.tags = await ask('getUserTags', openid);
  told.mass = await ask('massSendText', '群发', told.tag.tag.id);
  told.state = await ask('getMassMessageStatus', told.mass.msg_id);
  try {
    await ask('sendText', `o${'x'.repeat(27)}`, 'nobody');
  } catch (error) {
    told.refused = error.code;
  }
  return told;
}

async function easyWechat(url, appid, secret, openid) {
  const app = new OfficialAccount({ app_id: appid, secret, use_stable_access_token: true, http: { baseURL: `${url}/` } });
  const client = app.getClient();
  const told = {};
  told.user = (await client.get('/cgi-bin/user/info', { params: { openid } })).toObject();
  const message = { touser: openid, msgtype: 'text', text: { content: '来自 EasyWeChat' } };
  told.sent = (await client.postJson('/cgi-bin/message/custom/send', message)).toObject();
  told.draft = (await client.postJson('/cgi-bin/draft/add', { articles: [{ title: '题', content: '<p>文</p>' }] })).toObject();
  return told;
}

async function oauth(url, appid, secret, code) {
  const client = new OAuth(appid, secret);
  const ask = OAuth.prototype.request;
  client.request = (place, ...given) => ask.call(client, place.replace('https://api.weixin.qq.com', url), ...given);
  const token = (await promisify(client.getAccessToken).call(client, code)).data;
  const user = await promisify(client.getUser).call(client, { openid: token.openid, lang: 'zh_CN' });
  return { openid: token.openid, nickname: user.nickname };
}

async function main([url, appid, secret, openid, code]) {
  return {
    wechatApi: await wechatApi(url, appid, secret, openid),
    easyWechat: await easyWechat(url, appid, secret, openid),
    oauth: await oauth(url, appid, secret, code),
  };
}

main(process.argv.slice(2)).then(
  (told) => process.stdout.write(`${JSON.stringify(told)}\n`),
  (error) => {
    process.stderr.write(`${error.stack}\n`);
    process.exitCode = 1;
  },
);
