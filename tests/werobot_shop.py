"""A partner's backend made with an unmodified WeRoBot; run as a program by the tests.

Arguments: URL of the house, appid, secret, token, AES key, mode. Prints its port. Its answers
come from WeRoBot's own handlers; what it asks of the API, too: only the host is another.
"""

from __future__ import annotations

import socketserver
import sys
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import requests
import werobot
from werobot.client import Client
from werobot.replies import Article, ArticlesReply, TransferCustomerServiceReply


class Elsewhere(Client):
    house = ""

    def request(self, method, url, **kwargs):
        path = url.partition("://")[2].partition("/")[2]
        return super().request(method, f"{self.house}/{path}", **kwargs)


class Quiet(WSGIRequestHandler):
    def log_message(self, *arguments):
        pass


class Server(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True


def main(house, appid, secret, token, aes_key, mode):
    config = {"TOKEN": token, "SESSION_STORAGE": False, "APP_ID": appid, "APP_SECRET": secret}
    if mode != "plain":
        config["ENCODING_AES_KEY"] = aes_key
    robot = werobot.WeRoBot(config=werobot.config.Config(config), enable_session=False)
    Elsewhere.house = house
    client = Elsewhere(robot.config)

    @robot.subscribe
    def welcome(message):
        return "欢迎关注"

    @robot.key_click("BALANCE")
    def balance(message):
        return "您点了余额"

    @robot.filter("图文")
    def articles(message):
        reply = ArticlesReply(message=message)
        reply.add_article(
            Article(title="利率", description="新利率", img="", url="https://a.example/r")
        )
        return reply

    @robot.filter("转人工")
    def hand_over(message):
        return TransferCustomerServiceReply(message=message)

    @robot.text
    def text(message):
        name = client.get_user_info(message.source)["nickname"]
        return f"{name}说：{message.content}"

    @robot.image
    def image(message):
        size = len(requests.get(message.img, timeout=10).content)
        return f"图片 {size} 字节"

    server = make_server("127.0.0.1", 0, robot.wsgi, server_class=Server, handler_class=Quiet)
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
