"""The use cases that HTTP hands requests to, as `bootstrap` gives them."""

from __future__ import annotations

from dataclasses import dataclass

from chat_server.ports.notify import SmsInbox
from chat_server.ports.partners import PartnerDesk
from chat_server.usecases.banking.day_ends import BankDays
from chat_server.usecases.banking.gifts import ChatGifts
from chat_server.usecases.compliance.audit import ReadAudit
from chat_server.usecases.compliance.consents import Consents
from chat_server.usecases.contacts.open import ContactBook
from chat_server.usecases.desk.open import AssistDesk
from chat_server.usecases.files.downloads import Downloads
from chat_server.usecases.files.uploads import Uploads
from chat_server.usecases.groups.open import Groups
from chat_server.usecases.identity.devices import Authenticate, Devices
from chat_server.usecases.identity.login import LogIn
from chat_server.usecases.identity.managers import OwnCustomers
from chat_server.usecases.identity.people import People
from chat_server.usecases.identity.refresh import RefreshTokens
from chat_server.usecases.learning.open import BotLearning
from chat_server.usecases.marketing.open import Recommending
from chat_server.usecases.media import Media
from chat_server.usecases.messaging.search import Search
from chat_server.usecases.notifying.asking import AskForPushes
from chat_server.usecases.public_accounts.articles import ReadArticle
from chat_server.usecases.public_accounts.broadcasts import Broadcasts
from chat_server.usecases.public_accounts.follow import Accounts
from chat_server.usecases.public_accounts.open import AccountWork


@dataclass(frozen=True, kw_only=True, slots=True)
class UseCases:
    """`sms_inbox` is there in demonstration mode, and only then; `partners` where the open platform
    is.
    """

    authenticate: Authenticate
    log_in: LogIn
    refresh: RefreshTokens
    devices: Devices
    people: People
    own_customers: OwnCustomers
    groups: Groups
    contacts: ContactBook
    consents: Consents
    accounts: Accounts
    account_work: AccountWork
    broadcasts: Broadcasts
    read_article: ReadArticle
    media: Media
    uploads: Uploads
    downloads: Downloads
    audit: ReadAudit
    search: Search
    notifications: AskForPushes
    desk: AssistDesk
    gifts: ChatGifts
    bank_days: BankDays
    learning: BotLearning
    recommending: Recommending
    sms_inbox: SmsInbox | None = None
    partners: PartnerDesk | None = None

    @property
    def demo(self) -> bool:
        return self.sms_inbox is not None
