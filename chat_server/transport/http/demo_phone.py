"""`/demo/phone`: the demonstration's phone, on which the SMS of demonstration customers arrive.

Routed in demonstration mode only. One page that holds all it needs; it shows the texts that
`/demo/phone/messages` gives and never anything from the chat.
"""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from string import Template

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from chat_server.transport.http.words import WORDS, language_of

_SCRIPT = """
"use strict";
const list = document.querySelector("ol"), state = document.querySelector("footer");
const phone = new URLSearchParams(location.search).get("phone") ?? "";
const clock = new Intl.DateTimeFormat(document.documentElement.lang, {timeStyle: "medium"});
let shown = "";
async function look() {
  try {
    const answer = await fetch("/demo/phone/messages?phone=" + encodeURIComponent(phone));
    if (!answer.ok) throw new Error(answer.status);
    const text = await answer.text();
    if (text !== shown) { shown = text; show(JSON.parse(text)); }
    state.textContent = "";
  } catch { state.textContent = state.dataset.lost; }
  setTimeout(look, 1000);
}
function show(messages) {
  list.replaceChildren(...messages.map((message) => {
    const item = document.createElement("li");
    const head = document.createElement("small");
    head.textContent = message.phone + " · " + clock.format(message.at);
    const words = document.createElement("p");
    for (const piece of message.text.split(/(?<![0-9])([0-9]{6})(?![0-9])/)) {
      const part = document.createElement(/^[0-9]{6}$/.test(piece) ? "b" : "span");
      part.textContent = piece;
      words.append(part);
    }
    item.append(head, words);
    return item;
  }));
  document.querySelector("#none").hidden = messages.length > 0;
  list.lastElementChild?.scrollIntoView({block: "end"});
}
look();
"""
_PAGE = """<!doctype html>
<html lang="$language"><head><meta charset="utf-8"><title>$phone_title</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
body{margin:0;min-height:100vh;display:grid;place-items:center;background:#e9ecf1;
font:16px/1.5 system-ui,"PingFang SC","Noto Sans CJK SC",sans-serif;color:#1f2328}
main{width:min(390px,100vw);height:min(780px,100vh);box-sizing:border-box;background:#fff;
border:10px solid #1f2328;border-radius:44px;display:flex;flex-direction:column;overflow:hidden}
header{padding:18px;text-align:center;border-bottom:1px solid #e3e6ea}
h1{font-size:17px;margin:0}header p{margin:0;font-size:12px;color:#59636e}
ol{flex:1;overflow-y:auto;margin:0;padding:14px;list-style:none}
li{margin-bottom:14px}small{color:#59636e}
li p{margin:4px 0 0;padding:10px 14px;background:#eef0f3;border-radius:18px;width:fit-content;
max-width:88%;overflow-wrap:anywhere}
b{font-size:1.15em;letter-spacing:.06em;color:#c8102e}
#none{text-align:center;color:#59636e;padding:30px}
footer{min-height:1.6em;text-align:center;font-size:12px;color:#c8102e}
</style></head>
<body><main><header><h1>$phone_heading</h1><p>$phone_hint</p></header>
<p id="none">$phone_none</p><ol></ol>
<footer role="status" data-lost="$phone_lost"></footer></main>
<script>$script</script></body></html>
"""
_SCRIPT_HASH = b64encode(sha256(_SCRIPT.encode()).digest()).decode()
_POLICY = (
    f"default-src 'none'; script-src 'sha256-{_SCRIPT_HASH}'; style-src 'unsafe-inline'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def phone_routes() -> list[Route]:
    pages = {
        language: Template(_PAGE).substitute(words, language=language, script=_SCRIPT)
        for language, words in WORDS.items()
    }

    def page(request: Request) -> Response:
        headers = {"content-security-policy": _POLICY, "cache-control": "no-store"}
        return HTMLResponse(pages[language_of(request)], headers=headers)

    return [Route("/demo/phone", page)]
