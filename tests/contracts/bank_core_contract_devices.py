"""Device keys at any bank that takes them (bank-services §1.7, A3): what every one promises."""

from __future__ import annotations

import msgspec
import pytest

from bank_bridge.contract import Instruction, InstructionState, Money, RefusalCode
from bank_bridge.device_contract import DeviceKeys, KeyOrder, KeyState
from tests.contracts.bank_samples import DEVICE, Teller, refusal
from tests.soft_key import SoftKey

RICH = 3_000_000_00
OTHER_DEVICE = "phone-2"
AUTH, DONE = InstructionState.REQUIRES_AUTH, InstructionState.SUCCEEDED


class SigningTeller:
    """Zhang Wei with a second, well-filled account, and devices with keys."""

    def __init__(self, teller: Teller) -> None:
        self.teller, self.bank = teller, teller.bank
        self.rich = ""

    @property
    def keys(self) -> DeviceKeys:
        assert isinstance(self.bank, DeviceKeys)
        return self.bank

    async def with_key(self) -> SoftKey:
        self.rich = await self.bank.open_account("zhangwei", Money(RICH), "rich")
        await self.keys.grant_device_key("zhangwei")
        return await self.new_key(DEVICE)

    async def new_key(self, device: str, key: SoftKey | None = None) -> SoftKey:
        key = key or SoftKey()
        asked = await self.asked(device)
        challenge = (await self.keys.signing(asked, "zhangwei")).challenge
        made = await self.keys.make_device_key(
            asked, "zhangwei", device, self.teller.inbox.code, key.register(challenge)
        )
        assert made.state is DONE
        return key

    async def asked(self, device: str) -> str:
        """The id of a key that only waits for its code."""
        order = KeyOrder("zhangwei", device, "张伟的手机")
        quoted = await self.keys.create_device_key(order, f"key-{device}-{SoftKey().origin}")
        await self.bank.confirm(quoted.instruction_id, "zhangwei", device)
        await self.bank.challenge(quoted.instruction_id, "zhangwei")
        return quoted.instruction_id

    async def confirmed(self, fen: int, key: str, device: str = DEVICE) -> Instruction:
        order = self.teller.order(fen, payer_number=self.rich)
        quoted = await self.bank.create_transfer(order, key)
        return await self.bank.confirm(quoted.instruction_id, "zhangwei", device)

    async def signed(self, made: Instruction, key: SoftKey, device: str = DEVICE) -> Instruction:
        new = made.instruction_id
        asked = await self.keys.signing(new, "zhangwei")
        return await self.keys.authorise_signed(new, "zhangwei", device, key.sign(asked.challenge))


class DeviceContract:
    @pytest.fixture
    async def desk(self, teller: Teller) -> SigningTeller:
        return SigningTeller(teller)

    async def test_the_first_key_needs_the_branch_and_a_code(self, desk: SigningTeller) -> None:
        with refusal(RefusalCode.STRONGER_PROOF_NEEDED):
            await desk.keys.create_device_key(KeyOrder("zhangwei", DEVICE, "手机"), "k")
        await desk.with_key()
        (key,) = await desk.keys.device_keys("zhangwei")
        assert (key.state, key.device, key.uses) == (KeyState.ACTIVE, DEVICE, 0)

    async def test_a_wrong_code_makes_no_key(self, desk: SigningTeller) -> None:
        await desk.keys.grant_device_key("zhangwei")
        asked = await desk.asked(DEVICE)
        challenge = (await desk.keys.signing(asked, "zhangwei")).challenge
        wrong, key = desk.teller.inbox.wrong_code, SoftKey().register(challenge)
        with refusal(RefusalCode.AUTH_FAILED):
            await desk.keys.make_device_key(asked, "zhangwei", DEVICE, wrong, key)
        assert await desk.keys.device_keys("zhangwei") == []

    async def test_above_the_day_s_limit_for_codes_a_signature_is_asked_and_pays(
        self, desk: SigningTeller
    ) -> None:
        key = await desk.with_key()
        small = await desk.confirmed(50_000_00, "at-the-limit")
        assert (small.state, small.level) == (AUTH, "A2")
        large = await desk.confirmed(50_000_01, "above")
        assert (large.state, large.level) == (AUTH, "A3")
        with refusal(RefusalCode.STRONGER_PROOF_NEEDED):
            await desk.bank.challenge(large.instruction_id, "zhangwei")
        with refusal(RefusalCode.STRONGER_PROOF_NEEDED):
            await desk.bank.authorise(large.instruction_id, "zhangwei", DEVICE, "123456")
        done = await desk.signed(large, key)
        assert done.state is DONE
        again = await desk.keys.authorise_signed(large.instruction_id, "zhangwei", DEVICE, "{}")
        assert again == done
        (used,) = await desk.keys.device_keys("zhangwei")
        assert used.uses == 1

    async def test_a_signature_for_one_instruction_is_none_for_another(
        self, desk: SigningTeller
    ) -> None:
        key = await desk.with_key()
        one, two = await desk.confirmed(60_000_00, "one"), await desk.confirmed(60_000_01, "two")
        asked = await desk.keys.signing(one.instruction_id, "zhangwei")
        await desk.keys.signing(two.instruction_id, "zhangwei")
        signature = key.sign(asked.challenge)
        with refusal(RefusalCode.AUTH_FAILED):
            await desk.keys.authorise_signed(two.instruction_id, "zhangwei", DEVICE, signature)
        paid = await desk.keys.authorise_signed(one.instruction_id, "zhangwei", DEVICE, signature)
        assert paid.state is DONE

    async def test_another_device_s_signature_counts_for_nothing(self, desk: SigningTeller) -> None:
        key = await desk.with_key()
        large = await desk.confirmed(60_000_00, "one")
        with refusal(RefusalCode.AUTH_FAILED):
            await desk.signed(large, key, OTHER_DEVICE)
        elsewhere = await desk.confirmed(60_000_00, "two", OTHER_DEVICE)
        with refusal(RefusalCode.STRONGER_PROOF_NEEDED):
            await desk.keys.signing(elsewhere.instruction_id, "zhangwei")

    async def test_a_second_device_s_key_waits_until_the_first_one_signs(
        self, desk: SigningTeller
    ) -> None:
        first = await desk.with_key()
        await desk.new_key(OTHER_DEVICE)
        assert {key.state for key in await desk.keys.device_keys("zhangwei")} == set(KeyState) - {
            KeyState.REVOKED
        }
        asked = await desk.keys.create_key_approval("zhangwei", DEVICE, "approve")
        confirmed = await desk.bank.confirm(asked.instruction_id, "zhangwei", DEVICE)
        assert confirmed.level == "A3"
        assert (await desk.signed(confirmed, first)).state is DONE
        states = [key.state for key in await desk.keys.device_keys("zhangwei")]
        assert states == [KeyState.ACTIVE, KeyState.ACTIVE]

    @pytest.mark.parametrize("by", ["key", "device"])
    async def test_a_revoked_key_signs_nothing_any_more(self, desk: SigningTeller, by: str) -> None:
        key = await desk.with_key()
        large = await desk.confirmed(60_000_00, "one")
        asked = await desk.keys.signing(large.instruction_id, "zhangwei")
        if by == "key":
            (known,) = await desk.keys.device_keys("zhangwei")
            await desk.keys.revoke_device_key("zhangwei", known.key)
        else:
            await desk.keys.revoke_device("zhangwei", DEVICE)
        signature = key.sign(asked.challenge)
        with refusal(RefusalCode.AUTH_FAILED):
            await desk.keys.authorise_signed(large.instruction_id, "zhangwei", DEVICE, signature)
        assert await desk.keys.device_keys("zhangwei") == []

    async def test_five_wrong_signatures_lock_the_customer(self, desk: SigningTeller) -> None:
        key = await desk.with_key()
        large = await desk.confirmed(60_000_00, "one")
        await desk.keys.signing(large.instruction_id, "zhangwei")
        for _ in range(4):
            with refusal(RefusalCode.AUTH_FAILED):
                await desk.keys.authorise_signed(large.instruction_id, "zhangwei", DEVICE, "{")
        with refusal(RefusalCode.AUTH_LOCKED):
            await desk.keys.authorise_signed(large.instruction_id, "zhangwei", DEVICE, "{")
        with refusal(RefusalCode.AUTH_LOCKED):
            await desk.confirmed(60_000_00, "two")
        assert key.counter == 0

    async def test_a_counter_that_goes_back_ends_the_key(self, desk: SigningTeller) -> None:
        key = await desk.with_key()
        assert (await desk.signed(await desk.confirmed(60_000_00, "one"), key)).state is DONE
        key.counter = 0
        with refusal(RefusalCode.AUTH_FAILED):
            await desk.signed(await desk.confirmed(1_00, "two"), key)
        assert await desk.keys.device_keys("zhangwei") == []

    async def test_above_three_hundred_thousand_a_day_the_customer_is_told_once(
        self, desk: SigningTeller
    ) -> None:
        key = await desk.with_key()
        for place, fen in enumerate((300_000_00, 1, 60_000_00)):
            done = await desk.signed(await desk.confirmed(fen, f"large-{place}"), key)
            told = [e for e in await desk.bank.events(0, 200) if e.type == "day.total"]
            assert done.state is DONE
            assert len(told) == min(place, 1)

    async def test_a_signature_also_ends_at_a_day_s_limit(self, desk: SigningTeller) -> None:
        await desk.with_key()
        with refusal(RefusalCode.LIMIT_DAY) as refused:
            await desk.confirmed(1_000_000_01, "too-much")
        assert refused.value.details == {"left": 1_000_000_00, "limit": 1_000_000_00}

    @pytest.mark.parametrize(
        "flaw", [{"origin": "https://evil.example"}, {"site": "evil.example"}, {"verified": False}]
    )
    async def test_a_signature_made_elsewhere_or_by_nobody_is_refused(
        self, desk: SigningTeller, flaw: dict[str, object]
    ) -> None:
        key = await desk.with_key()
        for name, value in flaw.items():
            setattr(key, name, value)
        large = await desk.confirmed(60_000_00, "one")
        with refusal(RefusalCode.AUTH_FAILED):
            await desk.signed(large, key)

    async def test_what_is_asked_to_be_signed_is_public(self, desk: SigningTeller) -> None:
        await desk.with_key()
        large = await desk.confirmed(60_000_00, "one")
        asked = await desk.keys.signing(large.instruction_id, "zhangwei")
        assert asked == await desk.keys.signing(large.instruction_id, "zhangwei")
        assert desk.teller.lina not in msgspec.json.encode(asked).decode()
