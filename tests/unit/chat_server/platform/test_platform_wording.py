"""What crosses the line to partners: seals, XML, multipart bodies, tokens, limits."""

from __future__ import annotations

import pytest

from chat_server.domain.errors import ConfigError
from chat_server.platform.api.multipart import read_parts
from chat_server.platform.apps import (
    Mode,
    new_aes_key,
    new_app,
    new_name,
    ticket_heard,
    ticket_told,
)
from chat_server.platform.faults import Refused
from chat_server.platform.keys import OPENID, Keys
from chat_server.platform.limits import OPEN, WECHAT, calls_of, limits_of
from chat_server.platform.sealing import BadSeal, Crypter, signature
from chat_server.platform.xml_text import BadXml, read, text_of, write

KEY = "0123456789012345678901234567890123456789012"


class TestSeals:
    def test_what_is_sealed_opens_again_of_every_length(self) -> None:
        crypter = Crypter("wx0123456789abcdef", new_aes_key())
        for length in range(70):
            text = "<xml>好</xml>" + "x" * length
            assert crypter.decrypt(crypter.encrypt(text)) == text

    def test_line_breaks_in_the_text_do_no_harm(self) -> None:
        crypter = Crypter("wx0", KEY)
        sealed = crypter.encrypt("<xml/>")
        assert crypter.decrypt("\n".join(sealed[i : i + 7] for i in range(0, len(sealed), 7)))

    @pytest.mark.parametrize("text", ["", "%%%", "AAAA", "A" * 44, "好"])
    def test_what_is_no_seal_is_refused(self, text: str) -> None:
        with pytest.raises(BadSeal):
            Crypter("wx0", KEY).decrypt(text)

    def test_another_key_or_another_appid_is_refused(self) -> None:
        sealed = Crypter("wx0", KEY).encrypt("<xml/>")
        for other in (Crypter("wx1", KEY), Crypter("wx0", new_aes_key())):
            with pytest.raises(BadSeal):
                other.decrypt(sealed)

    def test_a_signature_is_of_the_sorted_parts(self) -> None:
        assert signature("b", "a", "c") == "a9993e364706816aba3e25717850c26c9cd0d89d"  # of `abc`


class TestXml:
    def test_what_is_written_is_read_again(self) -> None:
        fields = {"Content": "a ]]> <b>&", "MsgId": 7, "List": {"item": [{"A": "1"}, {"A": "2"}]}}
        found = read(write(fields).encode())
        assert found["Content"] == "a ]]> <b>&"
        assert found["List"] == [{"A": "1"}, {"A": "2"}]
        assert text_of(found, "MsgId") == "7"

    def test_letters_that_xml_cannot_hold_are_left_out(self) -> None:
        assert read(write({"Content": "a\x00b\x0bc\ud800"}).encode())["Content"] == "abc"

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"success!",
            b"{}",
            b"<xml>",
            b"\xff\xfe",
            b"<other/>",
            b'<!DOCTYPE xml [<!ENTITY a "b">]><xml>&a;</xml>',
            b"<xml>&a;</xml>",
            b"<xml>" + b"<a><b/>" * 20 + b"</a>" * 20 + b"</xml>",
        ],
    )
    def test_what_is_no_reply_is_refused(self, content: bytes) -> None:
        with pytest.raises(BadXml):
            read(content)

    def test_a_path_that_is_not_there_is_empty(self) -> None:
        found = read(b"<xml><Image><MediaId>m</MediaId></Image><A>1</A></xml>")
        assert text_of(found, "Image", "MediaId") == "m"
        assert text_of(found, "A", "B") == text_of(found, "Voice", "MediaId") == ""


class TestMultipart:
    @pytest.mark.parametrize(
        ("disposition", "filename"),
        [
            ('form-data; name="media"; filename="a.png"', "a.png"),
            ('form-data; name="media"', ""),
            ('form-data; name="media"; filename="%E5%9B%BE.png"', "图.png"),
            ("form-data; name=\"media\"; filename*=utf-8''%E5%9B%BE.png", "图.png"),
            ('form-data; name="media"; filename="../../x.png"', "x.png"),
        ],
    )
    def test_a_file_is_found_however_it_is_named(self, disposition: str, filename: str) -> None:
        content = b"\x00\r\n--not the end\xff"
        body = (
            b"--b\r\nContent-Disposition: "
            + disposition.encode()
            + b"\r\n\r\n"
            + content
            + b"\r\n--b--\r\n"
        )
        part = read_parts(body, "multipart/form-data; boundary=b")["media"]
        assert (part.content, part.filename) == (content, filename)

    @pytest.mark.parametrize("kind", ["", "application/json", "multipart/form-data"])
    def test_what_is_no_multipart_body_is_refused(self, kind: str) -> None:
        with pytest.raises(Refused) as caught:
            read_parts(b"{}", kind)
        assert caught.value.code == 41005

    def test_a_body_that_breaks_off_gives_no_part(self) -> None:
        body = b'--b\r\nContent-Disposition: form-data; name="media"\r\n\r\nhalf'
        assert read_parts(body, "multipart/form-data; boundary=b") == {}


class TestKeys:
    def test_several_tokens_are_good_at_once_until_they_end(self) -> None:
        keys = Keys(b"k" * 32)
        app, _ = new_app("@shop", callback="", mode=Mode.PLAIN)
        one, other = keys.access_token(app, 100), keys.access_token(app, 200)
        assert one != other
        assert keys.appid_of(one) == app.appid
        keys.check(app, one, 99)
        keys.check(app, other, 150)
        with pytest.raises(Refused) as caught:
            keys.check(app, one, 100)
        assert caught.value.code == 42001

    def test_a_token_of_another_house_account_or_secret_is_not_good(self) -> None:
        app, _ = new_app("@shop", callback="", mode=Mode.PLAIN)
        other, _ = new_app("@shop", callback="", mode=Mode.PLAIN)
        token = Keys(b"k" * 32).access_token(app, 100)
        for keys, whose in ((Keys(b"x" * 32), app), (Keys(b"k" * 32), other)):
            with pytest.raises(Refused) as caught:
                keys.check(whose, token, 1)
            assert caught.value.code == 40001

    @pytest.mark.parametrize(("token", "code"), [("", 41001), ("abc", 40001), ("图", 40014)])
    def test_what_is_no_token_is_told(self, token: str, code: int) -> None:
        with pytest.raises(Refused) as caught:
            Keys.appid_of(token)
        assert caught.value.code == code

    def test_an_openid_is_the_same_for_one_customer_of_one_account(self) -> None:
        keys = Keys(b"k" * 32)
        openid = keys.openid("@shop", "zhangwei")
        assert OPENID.fullmatch(openid)
        assert openid.startswith("o")
        assert openid == keys.openid("@shop", "zhangwei")
        assert openid not in {keys.openid("@shop", "lina"), keys.openid("@bank", "zhangwei")}
        assert keys.unionid("zhangwei") == keys.unionid("zhangwei") != keys.unionid("lina")

    def test_names_sort_by_when_they_were_made(self) -> None:
        assert new_name(1_000) < new_name(1_001) < new_name(1_000_000_000_000)

    def test_a_ticket_is_told_in_plain_letters_and_heard_again(self) -> None:
        told = ticket_told("shop.one~Ab_-9")
        assert told.replace("-", "").replace("_", "").isalnum()
        assert ticket_heard(told) == "shop.one~Ab_-9"
        assert ticket_heard("%%%") == ticket_heard("") == ""


class TestLimits:
    def test_a_preset_has_single_values_changed(self) -> None:
        limits = limits_of("wechat", ["replies_per_message=7", " calls = 9 "])
        assert (limits.replies_per_message, limits.calls) == (7, 9)
        assert limits.custom_calls == WECHAT.custom_calls != OPEN.custom_calls
        assert calls_of(limits, "/cgi-bin/token") == WECHAT.token_calls
        assert calls_of(limits, "/cgi-bin/user/get") == 9

    @pytest.mark.parametrize(
        ("preset", "change", "word"),
        [("none", "calls=1", "open"), ("open", "cals=1", "calls"), ("open", "calls=x", "number")],
    )
    def test_what_is_no_limit_is_told(self, preset: str, change: str, word: str) -> None:
        with pytest.raises(ConfigError, match=word):
            limits_of(preset, [change])
