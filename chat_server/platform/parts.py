"""What the endpoints work with, as `open` puts it together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from chat_server.platform.articles import Articles
from chat_server.platform.callbacks.intake import Intake
from chat_server.platform.callbacks.lanes import Lanes
from chat_server.platform.callbacks.log import CallbackLog
from chat_server.platform.content import Content
from chat_server.platform.developing import Developing
from chat_server.platform.drawers import Drawer
from chat_server.platform.failures import Failure
from chat_server.platform.keys import Keys
from chat_server.platform.limits import Limits
from chat_server.platform.mass import MassSends
from chat_server.platform.media import MediaShelf
from chat_server.platform.menu_messages import MenuMessages
from chat_server.platform.openids import Openids
from chat_server.platform.quotas import Quotas
from chat_server.platform.registry import Apps
from chat_server.platform.service.agents import Agents
from chat_server.platform.service.records import Records
from chat_server.platform.service.sessions import Sessions
from chat_server.platform.speaking import Speaking
from chat_server.platform.tallies import Tallies
from chat_server.platform.windows import Windows
from chat_server.ports.callbacks import CallbackLine
from chat_server.ports.clock import Clock
from chat_server.ports.store import Store
from chat_server.usecases.identity.devices import Authenticate
from chat_server.usecases.identity.login import LogIn
from chat_server.usecases.public_accounts.open import AccountWork


@dataclass(frozen=True, kw_only=True)
class Platform:
    """`base_url` is where the outside reaches us; empty: as each caller did. With `loopback`
    partners' pages may be on this machine.
    """

    store: Store
    clock: Clock
    base_url: str
    limits: Limits
    keys: Keys
    apps: Apps
    openids: Openids
    quotas: Quotas
    windows: Windows
    speaking: Speaking
    media: MediaShelf
    articles: Articles
    content: Content
    menu_messages: MenuMessages
    intake: Intake
    lanes: Lanes
    line: CallbackLine
    callback_log: CallbackLog
    tallies: Tallies
    mass: MassSends
    agents: Agents
    sessions: Sessions
    records: Records
    work: AccountWork
    draw_code: Callable[[str], bytes]
    authenticate: Authenticate
    log_in: LogIn
    loopback: bool
    failures: Drawer[Failure]
    developing: Developing
