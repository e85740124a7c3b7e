"""A device that is logged out from another one signs nothing at the bank any more."""

from __future__ import annotations

from pathlib import Path

from bank_bridge.open import open_bank
from chat_server.adapters.clock import SystemClock
from chat_server.usecases.banking.lost_devices import LostDevices
from chat_server.usecases.identity.devices import Devices
from tests.contracts.bank_core_contract_devices import SigningTeller
from tests.contracts.bank_samples import DEVICE, QUICK_HASH, Inbox, Teller, counting_ids
from tests.front_desk import FrontDesk


async def test_who_is_logged_out_loses_the_key_and_who_logs_out_keeps_it(
    desk: FrontDesk, tmp_path: Path
) -> None:
    inbox, clock = Inbox(), SystemClock()
    async with open_bank(
        f"embedded://{tmp_path}/bank.db",
        now=clock.now,
        new_id=counting_ids(),
        send_sms=inbox,
        rules=QUICK_HASH,
    ) as bank:
        signing = SigningTeller(await Teller(bank, inbox).open_doors())
        await signing.with_key()
        devices = Devices(desk.store.devices, desk.bus, desk.clock, LostDevices(bank))
        own = await desk.log_in("zhangwei", device=DEVICE)
        await devices.log_out(
            "zhangwei", (await desk.cases.authenticate(own.access_token)).session_id
        )
        assert len(await signing.keys.device_keys("zhangwei")) == 1
        again = await desk.log_in("zhangwei", device=DEVICE)
        await devices.revoke(
            "zhangwei", (await desk.cases.authenticate(again.access_token)).session_id
        )
        assert await signing.keys.device_keys("zhangwei") == []
