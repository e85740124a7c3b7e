'use strict';

// What a partner's Node program does with an unmodified co-wechat-api: only the host differs.
// Usage: node partner.js URL APPID SECRET OPENID; prints one JSON object.
const { mkdtempSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const path = require('node:path');
const API = require('co-wechat-api');

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

async function main([url, appid, secret, openid]) {
  const api = new API(appid, secret);
  api.prefix = `${url}/cgi-bin/`;
  api.mpPrefix = `${url}/cgi-bin/`;
  api.fileServerPrefix = `${url}/cgi-bin/`;
  api.snsPrefix = `${url}/sns/`;
  const told = {};
  told.user = await api.getUser(openid);
  told.followers = await api.getFollowers();
  told.sent = await api.sendText(openid, '来自 Node 的消息');
  const picture = path.join(mkdtempSync(path.join(tmpdir(), 'partner-')), '图.png');
  writeFileSync(picture, PNG);
  told.media = await api.uploadMedia(picture, 'image');
  told.bytes = (await api.getMedia(told.media.media_id)).length;
  told.image = await api.sendImage(openid, told.media.media_id);
  told.made = await api.createMenu({ button: [{ type: 'click', name: '余额', key: 'BALANCE' }] });
  told.menu = await api.getMenu();
  told.code = await api.createTmpQRCode(7, 60);
  told.shown = api.showQRCodeURL(told.code.ticket);
  told.ticket = await api.getTicket();
  try {
    await api.sendText(`o${'x'.repeat(27)}`, 'nobody');
  } catch (error) {
    told.refused = { code: error.code, message: error.message };
  }
  return told;
}

main(process.argv.slice(2)).then(
  (told) => process.stdout.write(`${JSON.stringify(told)}\n`),
  (error) => {
    process.stderr.write(`${error.stack}\n`);
    process.exitCode = 1;
  },
);
