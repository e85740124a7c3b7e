"""Both ways of a push, against a service that really listens."""

from __future__ import annotations

import hashlib
import hmac
import json
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from chat_server.adapters.open import open_browser_push, open_carriers, open_vendor_push
from chat_server.adapters.push import posting, vendor, web
from chat_server.adapters.push.allowed import Allowed, OutsideResolver
from chat_server.adapters.push.options import PushOptions
from chat_server.domain.devices import PushAddress, PushKind
from chat_server.domain.errors import ConfigError, InvalidValue
from chat_server.domain.reaching import KNOWN_SERVICES, ReachSettings
from chat_server.ports.notify import Carriage, Notifier, PushOutcome, Urgency
from tests.contracts.notifier_contract import NOTE, NotifierContract, Read
from tests.front_desk import SteppedClock
from tests.push_service import Browser, Posted, PushService, push_service, vapid_claims

CONTACT = "mailto:push@bank.example"


@pytest.fixture
def clock() -> SteppedClock:
    clock = SteppedClock()
    clock.ms = 1_770_000_000_000  # Mon, 02 Feb 2026 02:40:00 GMT
    return clock


@pytest.fixture
async def service() -> AsyncIterator[PushService]:
    async with push_service() as opened:
        yield opened


@pytest.fixture
def options(tmp_path: Path) -> PushOptions:
    return PushOptions(tmp_path / "secrets", CONTACT, KNOWN_SERVICES, loopback=True)


@pytest.fixture
def browser(service: PushService) -> Browser:
    return Browser(service)


class TestWebPush(NotifierContract):
    @pytest.fixture
    def address(self, browser: Browser) -> PushAddress:
        return browser.address

    @pytest.fixture
    def read(self, browser: Browser) -> Read:
        return browser.read

    @pytest.fixture
    async def notifier(self, clock: SteppedClock, options: PushOptions) -> AsyncIterator[Notifier]:
        async with open_browser_push("webpush://", clock=clock, options=options) as opened:
            yield opened

    @pytest.fixture
    async def impatient(
        self, clock: SteppedClock, options: PushOptions, monkeypatch: pytest.MonkeyPatch
    ) -> AsyncIterator[Notifier]:
        monkeypatch.setattr(web, "TIMEOUT_S", 0.2)
        async with open_browser_push("webpush://", clock=clock, options=options) as opened:
            yield opened

    async def test_the_push_service_learns_who_sends_and_when_to_drop_it(
        self, notifier: Notifier, service: PushService, browser: Browser, clock: SteppedClock
    ) -> None:
        await notifier.push(browser.address, NOTE)
        posted = await service.next()
        claims = vapid_claims(posted, notifier.public_key)
        assert claims["aud"] == service.base
        assert claims["sub"] == CONTACT
        assert 0 < claims["exp"] - clock.now_ms() / 1000 <= 24 * 3600
        assert posted.headers["ttl"] == "86400"
        assert posted.headers["topic"] == NOTE.topic
        assert posted.headers["urgency"] == Urgency.NORMAL
        for word in ("王芳", "wangfang", "新消息"):
            assert word.encode() not in posted.body
            assert word not in str(posted.headers)

    async def test_a_signature_is_renewed_before_it_ends(
        self, notifier: Notifier, service: PushService, browser: Browser, clock: SteppedClock
    ) -> None:
        ends = []
        for _ in range(3):
            await notifier.push(browser.address, NOTE)
            posted = await service.next()
            ends.append(vapid_claims(posted, notifier.public_key)["exp"])
            clock.move(1900)
        assert ends[0] == ends[1] < ends[2]

    async def test_the_key_stays_the_same_and_is_the_owners_alone(
        self, notifier: Notifier, options: PushOptions, clock: SteppedClock
    ) -> None:
        async with open_browser_push("webpush://", clock=clock, options=options) as again:
            assert again.public_key == notifier.public_key
        path = options.keys / "vapid.pem"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        path.write_text("no key")
        with pytest.raises(ConfigError, match="is not a key"):
            async with open_browser_push("webpush://", clock=clock, options=options):
                pass

    async def test_a_contact_that_is_none_stops_the_start(
        self, options: PushOptions, clock: SteppedClock
    ) -> None:
        wrong = PushOptions(options.keys, "nobody", KNOWN_SERVICES)
        with pytest.raises(ConfigError, match="push_contact"):
            async with open_browser_push("webpush://", clock=clock, options=wrong):
                pass

    async def test_a_push_service_that_is_no_longer_known_is_not_asked(
        self, service: PushService, browser: Browser, options: PushOptions, clock: SteppedClock
    ) -> None:
        strict = PushOptions(options.keys, CONTACT, KNOWN_SERVICES)
        async with open_browser_push("webpush://", clock=clock, options=strict) as notifier:
            assert await notifier.push(browser.address, NOTE) == PushOutcome(Carriage.GONE)
        assert service.posts.empty()

    async def test_a_wrong_key_is_refused_when_it_is_given(
        self, notifier: Notifier, browser: Browser
    ) -> None:
        notifier.check(browser.address)
        good = browser.address
        for key, secret in (
            ("", good.secret),
            ("AAAA", good.secret),
            ("键", good.secret),
            (good.key[:-4] + "AAAA", good.secret),
            (good.key, ""),
            (good.key, "AAAA"),
            (good.key, "!!"),
        ):
            with pytest.raises(InvalidValue):
                notifier.check(PushAddress(PushKind.WEB, good.endpoint, key, secret))
        with pytest.raises(InvalidValue, match="too long"):
            notifier.check(replace(good, endpoint=good.endpoint + "x" * 2000))


class TestVendorPush(NotifierContract):
    @pytest.fixture
    def address(self) -> PushAddress:
        return PushAddress(PushKind.VENDOR, "apns:0123")

    @pytest.fixture
    def read(self) -> Read:
        return read_json

    @pytest.fixture
    async def notifier(
        self, service: PushService, clock: SteppedClock, options: PushOptions
    ) -> AsyncIterator[Notifier]:
        url = f"{service.base}/gateway"
        async with open_vendor_push(url, clock=clock, options=options) as opened:
            yield opened

    @pytest.fixture
    async def impatient(
        self,
        service: PushService,
        clock: SteppedClock,
        options: PushOptions,
        monkeypatch: pytest.MonkeyPatch,
    ) -> AsyncIterator[Notifier]:
        monkeypatch.setattr(vendor, "TIMEOUT_S", 0.2)
        async with open_vendor_push(service.base, clock=clock, options=options) as opened:
            yield opened

    async def test_the_gateway_can_tell_that_it_is_us(
        self, notifier: Notifier, service: PushService, address: PushAddress, options: PushOptions
    ) -> None:
        await notifier.push(address, NOTE)
        posted = await service.next()
        assert posted.path == "/gateway"
        assert json.loads(posted.body)["token"] == "apns:0123"
        key = (options.keys / "vendor-push.key").read_bytes().strip()
        at = posted.headers["elian-time"]
        signed = hmac.new(key, at.encode() + b"." + posted.body, hashlib.sha256).hexdigest()
        assert posted.headers["elian-signature"] == f"sha256={signed}"
        assert at == "1770000000"

    def test_a_token_is_plain_text(self, notifier: Notifier) -> None:
        for token in ("", "x" * 513, "a\nb", "令牌"):
            with pytest.raises(InvalidValue):
                notifier.check(PushAddress(PushKind.VENDOR, token))

    @pytest.mark.parametrize("url", ["http://gateway.bank/push", "https:///push"])
    async def test_a_gateway_is_asked_over_https(
        self, url: str, clock: SteppedClock, options: PushOptions
    ) -> None:
        with pytest.raises(ConfigError, match="https"):
            async with open_vendor_push(url, clock=clock, options=options):
                pass


def read_json(posted: Posted) -> dict[str, object]:
    found: dict[str, object] = json.loads(posted.body)
    return found


async def test_nobody_carries_anything_where_none_is_set(
    clock: SteppedClock, options: PushOptions, browser: Browser
) -> None:
    settings = ReachSettings(push_url="none://")
    async with open_carriers(settings, options.keys, clock=clock) as carriers:
        for carrier in carriers.values():
            assert carrier.public_key == ""
            with pytest.raises(InvalidValue):
                carrier.check(browser.address)
            assert await carrier.push(browser.address, NOTE) == PushOutcome(Carriage.REFUSED)
    assert not options.keys.exists()


@pytest.mark.parametrize(
    "url",
    [
        "http://fcm.googleapis.com/x",
        "https://fcm.googleapis.com:8443/x",
        "https://fcm.googleapis.com.evil.example/x",
        "https://evil.example/fcm.googleapis.com",
        "https://user@fcm.googleapis.com/x",
        "https://evilnotify.windows.com/x",
        "https://notify.windows.com.evil.example/",
        "https://127.0.0.1/x",
        "https://[::1]/x",
        "https://169.254.169.254/latest",
        "https://2130706433/x",
        "https://localhost/x",
        "https://fcm.googleapis.com#@x/",
        "https://fcm.googleapis.com:99999/x",
        "file:///etc/passwd",
        "//fcm.googleapis.com/x",
        "",
    ],
)
def test_an_address_that_is_no_known_push_service_is_refused(url: str) -> None:
    with pytest.raises(InvalidValue):
        Allowed(KNOWN_SERVICES).check(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://fcm.googleapis.com/fcm/send/abc",
        "https://FCM.googleapis.com:443/x",
        "https://wns2-db5p.notify.windows.com/w/?token=x",
        "https://web.push.apple.com/QK",
    ],
)
def test_the_browsers_push_services_are_known(url: str) -> None:
    Allowed(KNOWN_SERVICES).check(url)


def test_this_machine_is_a_push_service_only_by_setting() -> None:
    url = "http://127.0.0.1:9999/push"
    Allowed((), loopback=True).check(url)
    with pytest.raises(InvalidValue):
        Allowed(("127.0.0.1",)).check(url)
    with pytest.raises(InvalidValue):
        Allowed((), loopback=True).check("http://127.0.0.2/push")


async def test_a_name_that_leads_inside_is_not_connected_to() -> None:
    resolver = OutsideResolver()
    with pytest.raises(OSError, match="not outside"):
        await resolver.resolve("localhost", 443)
    await resolver.close()


def test_a_service_rests_longer_each_time(clock: SteppedClock) -> None:
    circuit = posting.Circuit(clock)
    rests = []
    for _ in range(posting.FAILURES + 6):
        circuit.failed()
        rests.append(circuit.rest_s)
    assert rests == [0, 0, 30, 60, 120, 240, 480, 600, 600]
