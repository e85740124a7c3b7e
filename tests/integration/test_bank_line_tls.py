"""A line that leaves the machine: TLS with certificates both ways."""

from __future__ import annotations

import ipaddress
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bank_bridge.contract import RefusalCode
from bank_bridge.gateways.http.client import open_http_bank
from bank_bridge.open import gateway_tls, open_bank, open_gateway
from tests.contracts.bank_samples import QUICK_HASH, Clock, Inbox, Teller, refusal
from tests.contracts.served_bank import served
from tests.integration.bank_line import QUICK, no_wait


class Authority:
    """A certificate authority for one test."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"ca {uuid.uuid4()}")])
        self.certificate = self._signed(self.name, self.key.public_key(), ca=True)

    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    def issue(self, path: Path) -> None:
        """A certificate and its key, in one file, for this machine."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, path.stem)])
        certificate = self._signed(name, key.public_key(), ca=False)
        secret = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + secret)

    def _signed(
        self, name: x509.Name, key: ec.EllipticCurvePublicKey, *, ca: bool
    ) -> x509.Certificate:
        now = datetime.now(UTC)
        here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self.name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(minutes=1))
            .not_valid_after(now + timedelta(hours=1))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .add_extension(here, critical=False)
            .sign(self.key, hashes.SHA256())
        )


@pytest.mark.parametrize("known", [True, False], ids=["known house", "unknown house"])
async def test_only_a_house_whose_certificate_is_known_gets_an_answer(
    tmp_path: Path, *, known: bool
) -> None:
    bank_side, house_side = tmp_path / "bank", tmp_path / "house"
    clock, inbox, ours = Clock(), Inbox(), Authority()
    core = open_bank(
        f"embedded://{tmp_path}/bank.db",
        now=clock,
        new_id=lambda: uuid.uuid4().hex,
        send_sms=inbox,
        rules=QUICK_HASH,
    )
    async with (
        core as embedded,
        open_gateway(embedded, keys=bank_side, requests=tmp_path / "line.db", now=clock) as app,
    ):
        house_side.mkdir()
        for name in ("house.pem", "bank.pub.pem"):
            (house_side / name).write_bytes((bank_side / name).read_bytes())
        for folder in (bank_side, house_side):
            (folder / "ca.pem").write_bytes(ours.pem())
        ours.issue(bank_side / "bank-tls.pem")
        (ours if known else Authority()).issue(house_side / "house-tls.pem")
        async with (
            served(app, gateway_tls(bank_side)) as url,
            open_http_bank(
                url,
                keys=house_side,
                now=clock,
                new_id=lambda: uuid.uuid4().hex,
                sleep=no_wait,
                times=QUICK,
            ) as bank,
        ):
            assert url.startswith("https://")
            if known:
                teller = await Teller(bank, inbox).open_doors()
                assert (await teller.done()).reference is not None
            else:
                with refusal(RefusalCode.CORE_UNAVAILABLE):
                    await bank.list_payees("zhangwei")
