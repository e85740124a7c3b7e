"""A public account's desk: its standing, followers, menus, replies, codes and notices."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from chat_server.domain.accounts.menus import MenuRule
from chat_server.domain.people import StaffRole
from chat_server.domain.publishing import (
    AccountKind,
    AccountRole,
    AccountStaff,
    Capability,
    PublicAccount,
)
from chat_server.transport.http import account_answers as shown
from chat_server.transport.http.account_shapes import (
    AccountChange,
    Application,
    BlackListing,
    Changed,
    CodeDraft,
    CodeItem,
    ConditionalDraft,
    ConditionalItem,
    ConductItem,
    FollowerItem,
    FollowerPage,
    MenuDraft,
    NoticeDraft,
    NoticeItem,
    OwnAccount,
    Remark,
    Replies,
    ScanPage,
    StandingStep,
    Tagging,
    TagItem,
    TagName,
    TemplateDraft,
    TemplateItem,
    TemplateList,
    TemplateStep,
    Withheld,
)
from chat_server.transport.http.use_cases import UseCases
from chat_server.usecases.identity.tokens import Claims
from chat_server.usecases.public_accounts.entry import Entry
from chat_server.usecases.public_accounts.templates import library

_Id = Annotated[str, Meta(max_length=64)]
_Number = Annotated[int, Meta(ge=0, le=2**31)]
_Limit = Annotated[int, Meta(ge=1, le=1000)]


async def scan_code(cases: UseCases, claims: Claims, ticket: str) -> ScanPage:
    """Scan a code: where it leads. A follower's account is told of it."""
    found = (await cases.account_work.codes.scan(claims.user, ticket)).code
    view = await cases.accounts.view(claims.user, found.account)
    return ScanPage(ticket, found.scene, shown.account(view))


async def own_accounts(cases: UseCases, claims: Claims) -> list[OwnAccount]:
    """The accounts on which you work, in any state; all of them for who decides on them."""
    found = await cases.account_work.office.listed(claims.user)
    return [await _own(cases, each) for each in found]


async def apply_for_account(cases: UseCases, claims: Claims, body: Application) -> OwnAccount:
    """Ask for a new account."""
    office, kind = cases.account_work.office, AccountKind(body.kind)
    made = await office.apply(claims.user, body.account, body.name, kind, body.description)
    return await _own(cases, made)


async def change_account(
    cases: UseCases, claims: Claims, account: str, body: AccountChange
) -> OwnAccount:
    """Change name, description, bot or staff; the staff is for its owners and administrators."""
    office, entries = cases.account_work.office, cases.account_work.entries
    owner = body.staff is not None or claims.role is StaffRole.ADMINISTRATOR
    entry = await entries.operator(claims.user, account, owner=owner)
    found = entry.account
    if body.name is not None or body.description is not None:
        name = found.name if body.name is None else body.name
        told = found.description if body.description is None else body.description
        found = await office.describe(entry, name, told)
    if body.bot is not None:
        entry = await entries.operator(claims.user, account, Capability.BOT, owner=owner)
        found = await office.bind(entry, body.bot)
    if body.staff is not None:
        seats = [AccountStaff(each.user, AccountRole(each.role)) for each in body.staff]
        found = await office.appoint(Entry(found, claims.user), seats)
    return await _own(cases, found)


async def decide_account(
    cases: UseCases, claims: Claims, account: str, body: StandingStep
) -> OwnAccount:
    """Decide on an account's standing or badge."""
    office, user = cases.account_work.office, claims.user
    match body.step:
        case "approve":
            found = await office.approve(user, account)
        case "reject":
            found = await office.reject(user, account, body.reason)
        case "suspend":
            found = await office.suspend(user, account, body.reason)
        case "resume":
            found = await office.resume(user, account)
        case "verify" | "unverify":
            found = await office.verify(user, account, verified=body.step == "verify")
    return await _own(cases, found)


async def withhold(cases: UseCases, claims: Claims, account: str, body: Withheld) -> OwnAccount:
    """Withhold capabilities that its kind would have."""
    withheld = [Capability(each) for each in body.withheld]
    return await _own(
        cases, await cases.account_work.office.withhold(claims.user, account, withheld)
    )


async def followers(
    cases: UseCases,
    claims: Claims,
    account: str,
    after: _Id = "",
    tag: _Number = 0,
    *,
    blocked: bool = False,
    limit: _Limit = 100,
) -> FollowerPage:
    """Followers by id, of a tag if one is given; or who is on the black list."""
    file = cases.account_work.followers
    entry = await cases.account_work.entries.reader(claims.user, account)
    if blocked:
        total, found = await file.black_list(entry, after=after, limit=limit)
    else:
        total = await file.count(entry)
        found = await file.page(entry, after=after, limit=limit, tag=tag)
    names = await file.names(found)
    return FollowerPage(total, [shown.follower(each, names) for each in found])


async def remark_follower(
    cases: UseCases, claims: Claims, account: str, customer: str, body: Remark
) -> FollowerItem:
    """Note something about a follower."""
    entry = await _entry(cases, claims, account, Capability.TAGS)
    found = await cases.account_work.followers.remark(entry, customer, body.remark)
    return shown.follower(found, await cases.account_work.followers.names([found]))


async def black_list(cases: UseCases, claims: Claims, account: str, body: BlackListing) -> Changed:
    """Put customers on the black list, or let them off it."""
    entry = await _entry(cases, claims, account, Capability.TAGS)
    file = cases.account_work.followers
    return Changed(await file.block(entry, body.customers, blocked=body.blocked))


async def account_tags(cases: UseCases, claims: Claims, account: str) -> list[TagItem]:
    """The account's tags, and how many followers have each."""
    entry = await cases.account_work.entries.reader(claims.user, account)
    found = await cases.account_work.followers.tags(entry)
    return [TagItem(each.tag, each.name, each.count) for each in found]


async def create_tag(cases: UseCases, claims: Claims, account: str, body: TagName) -> TagItem:
    """Make a tag."""
    entry = await _entry(cases, claims, account, Capability.TAGS)
    made = await cases.account_work.followers.create_tag(entry, body.name)
    return TagItem(made.tag, made.name, made.count)


async def rename_tag(
    cases: UseCases, claims: Claims, account: str, tag: _Number, body: TagName
) -> None:
    """Rename a tag."""
    entry = await _entry(cases, claims, account, Capability.TAGS)
    await cases.account_work.followers.rename_tag(entry, tag, body.name)


async def delete_tag(cases: UseCases, claims: Claims, account: str, tag: _Number) -> None:
    """Delete a tag; its followers lose it."""
    entry = await _entry(cases, claims, account, Capability.TAGS)
    await cases.account_work.followers.delete_tag(entry, tag)


async def tag_followers(
    cases: UseCases, claims: Claims, account: str, tag: _Number, body: Tagging
) -> Changed:
    """Give a tag to followers, or take it from them."""
    entry = await _entry(cases, claims, account, Capability.TAGS)
    file = cases.account_work.followers
    move = file.tag if body.tagged else file.untag
    return Changed(await move(entry, tag, body.customers))


async def account_conduct(cases: UseCases, claims: Claims, account: str) -> ConductItem:
    """How the account answers by itself."""
    entry = await cases.account_work.entries.reader(claims.user, account)
    return shown.conduct(entry.account, await cases.account_work.conducts.read(account))


async def put_menu(cases: UseCases, claims: Claims, account: str, body: MenuDraft) -> ConductItem:
    """Replace the menu that everybody sees."""
    entry = await _entry(cases, claims, account, Capability.MENU)
    conducts = cases.account_work.conducts
    found = await conducts.put_menu(entry, shown.buttons_of(body.buttons))
    return shown.conduct(found, await conducts.read(account))


async def add_menu(
    cases: UseCases, claims: Claims, account: str, body: ConditionalDraft
) -> ConditionalItem:
    """Add a menu for some: by tag, language, or what their device runs on."""
    entry = await _entry(cases, claims, account, Capability.MENU)
    rule = MenuRule(body.rule.tag, body.rule.language, body.rule.client)
    buttons = shown.buttons_of(body.buttons)
    return shown.conditional(await cases.account_work.conducts.add_menu(entry, rule, buttons))


async def remove_menu(cases: UseCases, claims: Claims, account: str, number: _Number) -> None:
    """Take a conditional menu away."""
    entry = await _entry(cases, claims, account, Capability.MENU)
    await cases.account_work.conducts.remove_menu(entry, number)


async def put_replies(cases: UseCases, claims: Claims, account: str, body: Replies) -> ConductItem:
    """Replace welcome, keyword replies and the others."""
    entry = await _entry(cases, claims, account, Capability.REPLIES)
    after = await cases.account_work.conducts.put_replies(
        entry,
        welcome=body.welcome,
        first=body.first,
        keywords=shown.keywords_of(body.keywords),
        otherwise=body.otherwise,
    )
    return shown.conduct(entry.account, after)


async def create_code(cases: UseCases, claims: Claims, account: str, body: CodeDraft) -> CodeItem:
    """Make a QR code with a scene."""
    entry = await _entry(cases, claims, account, Capability.CODES)
    codes = cases.account_work.codes
    return shown.code(await codes.create(entry, body.scene, expires_s=body.expires))


async def account_templates(cases: UseCases, claims: Claims, account: str) -> TemplateList:
    """The account's templates, newest first, and the forms of the bank's library."""
    entry = await cases.account_work.entries.reader(claims.user, account)
    found = await cases.account_work.templates.listed(entry.id)
    return TemplateList(
        [shown.template(each) for each in found],
        [shown.library_item(number, each) for number, each in library().items()],
    )


async def make_template(
    cases: UseCases, claims: Claims, account: str, body: TemplateDraft
) -> TemplateItem:
    """Submit a template for review, or take one of the library."""
    entry = await _entry(cases, claims, account, Capability.TEMPLATES)
    work = cases.account_work.templates
    if body.number:
        return shown.template(await work.adopt(entry, body.number))
    return shown.template(await work.submit(entry, body.title, shown.fields_of(body.fields)))


async def decide_template(
    cases: UseCases, claims: Claims, account: str, template: _Id, body: TemplateStep
) -> TemplateItem:
    """Approve or reject a template, or withdraw it."""
    work = cases.account_work.templates
    if body.step == "approve":
        return shown.template(await work.approve(claims.user, account, template))
    if body.step == "reject":
        return shown.template(await work.reject(claims.user, account, template, body.reason))
    entry = await _entry(cases, claims, account, Capability.TEMPLATES)
    return shown.template(await work.withdraw(entry, template))


async def send_notice(
    cases: UseCases, claims: Claims, account: str, body: NoticeDraft
) -> NoticeItem:
    """Send a notice to a follower; what becomes of it is told where you then look."""
    entry = await _entry(cases, claims, account, Capability.TEMPLATES)
    sent = await cases.account_work.notices.send(
        entry, body.template, body.customer, body.data, url=body.url, key=body.key
    )
    return shown.notice(sent)


async def account_notice(cases: UseCases, claims: Claims, account: str, notice: _Id) -> NoticeItem:
    """What became of a notice."""
    entry = await cases.account_work.entries.reader(claims.user, account)
    return shown.notice(await cases.account_work.notices.find(entry.id, notice))


async def _entry(cases: UseCases, claims: Claims, account: str, capability: Capability) -> Entry:
    return await cases.account_work.entries.operator(claims.user, account, capability)


async def _own(cases: UseCases, found: PublicAccount) -> OwnAccount:
    entry = Entry(found, "")
    return shown.own_account(found, await cases.account_work.followers.count(entry))
