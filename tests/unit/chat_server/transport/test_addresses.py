from __future__ import annotations

import pytest

from chat_server.domain.errors import RateLimited
from chat_server.transport.addresses import Addresses, Visits
from chat_server.usecases.messaging.pace import Pace
from tests.front_desk import SteppedClock

PROXY, FAR, OTHER = "10.0.0.1", "203.0.113.7", "198.51.100.1"


@pytest.mark.parametrize(
    ("trusted", "peer", "forwarded", "found"),
    [
        ([], FAR, OTHER, FAR),
        (["10.0.0.0/8"], PROXY, FAR, FAR),
        (["10.0.0.0/8"], PROXY, f"{OTHER}, {FAR}", FAR),
        (["10.0.0.0/8"], PROXY, f"{OTHER}, {FAR}, 10.9.9.9", FAR),
        (["10.0.0.0/8"], FAR, OTHER, FAR),
        (["10.0.0.0/8"], PROXY, "", PROXY),
        (["10.0.0.0/8"], PROXY, "unknown", PROXY),
        (["10.0.0.0/8"], PROXY, f"{OTHER}, <script>", PROXY),
        (["10.0.0.0/8"], PROXY, "10.0.0.2", "10.0.0.2"),
        (["::1"], "::1", "2001:db8::7", "2001:db8::7"),
        (["10.0.0.0/8"], "", FAR, ""),
    ],
)
def test_only_trusted_proxies_are_believed(trusted, peer, forwarded, found):
    assert Addresses(trusted).of(peer, forwarded) == found


def passed(addresses: list[str]) -> int:
    visits, count = Visits(Pace(burst=2, per_s=1), SteppedClock()), 0
    for address in addresses:
        try:
            visits.take(address)
        except RateLimited:
            continue
        count += 1
    return count


@pytest.mark.parametrize(
    ("addresses", "let_in"),
    [
        ([FAR] * 5, 2),
        ([FAR, OTHER] * 3, 4),
        ([f"2001:db8::{n}" for n in range(1, 9)], 2),  # one household
        ([f"2001:db8:0:{n}::1" for n in range(1, 9)], 8),
        ([f"::ffff:{FAR}", FAR, FAR], 3),
        (["127.0.0.1"] * 9, 9),
        (["::1"] * 9, 9),
        ([""] * 9, 9),
    ],
)
def test_an_address_or_a_site_counts_once_and_this_machine_not_at_all(addresses, let_in):
    assert passed(addresses) == let_in
