"""What a card asks a device's own key for, and what comes back with the press.

The button carries the question as JSON under `webauthn`; the screen has the device make a key
or sign, and answers with the parts of WebAuthn's reply, each a value of its own.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from bank_bridge.device_contract import Signing

_ASKED = "webauthn"
_ID, _CLIENT = "webauthn_id", "webauthn_client"
_DATA, _SIGNATURE = "webauthn_data", "webauthn_signature"


def asked(signing: Signing | None) -> dict[str, str]:
    """What the button carries; nothing where no key is asked for."""
    if signing is None:
        return {}
    return {_ASKED: msgspec.json.encode(signing).decode()}


def registration(values: Mapping[str, str]) -> str:
    """A new key as the bank takes it; empty when the device made none."""
    return _credential(values, attestationObject=values.get(_DATA, ""))


def assertion(values: Mapping[str, str]) -> str:
    """A signature as the bank takes it; empty when the device gave none."""
    signature = values.get(_SIGNATURE, "")
    return _credential(values, authenticatorData=values.get(_DATA, ""), signature=signature)


def _credential(values: Mapping[str, str], **response: str) -> str:
    named, client = values.get(_ID, ""), values.get(_CLIENT, "")
    if not (named and client and all(response.values())):
        return ""
    parts = {"clientDataJSON": client, **response}
    made = {
        "id": str(named),  # values may be secrets, which only print differently
        "rawId": str(named),
        "type": "public-key",
        "response": {name: str(value) for name, value in parts.items()},
    }
    return msgspec.json.encode(made).decode()
