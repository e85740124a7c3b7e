"""What public accounts' use cases say, in the shapes of HTTP, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from chat_server.domain.accounts.codes import SceneCode, code_path
from chat_server.domain.accounts.conduct import Conduct, KeywordReply
from chat_server.domain.accounts.following import Follower
from chat_server.domain.accounts.menus import ConditionalMenu
from chat_server.domain.accounts.notices import (
    FieldKind,
    Template,
    TemplateField,
    TemplateNotice,
)
from chat_server.domain.publishing import MenuButton, PublicAccount
from chat_server.transport.http.account_shapes import (
    ChildButton,
    CodeItem,
    ConditionalItem,
    ConductItem,
    FieldItem,
    FollowerItem,
    KeywordRule,
    LibraryItem,
    MenuButtonDraft,
    MenuRuleItem,
    NoticeItem,
    OwnAccount,
    Replies,
    StaffSeat,
    TemplateItem,
)
from chat_server.transport.http.shapes import AccountItem, MenuItem
from chat_server.usecases.public_accounts.follow import AccountView
from chat_server.usecases.public_accounts.templates import LibraryTemplate


def account(view: AccountView) -> AccountItem:
    return AccountItem(
        account=view.account.account,
        name=view.account.name,
        description=view.account.description,
        verified=view.account.verified,
        following=view.following,
        followers=view.followers,
        service=view.service,
        feed=view.feed,
        menu=menu(view.account.menu),
    )


def menu(buttons: Iterable[MenuButton]) -> list[MenuItem]:
    return [
        MenuItem(each.title, each.key, menu(each.children), each.kind, each.url) for each in buttons
    ]


def own_account(found: PublicAccount, followers: int) -> OwnAccount:
    return OwnAccount(
        account=found.account,
        name=found.name,
        description=found.description,
        kind=found.kind,
        state=found.state,
        reason=found.reason,
        verified=found.verified,
        bot=found.bot,
        followers=followers,
        capabilities=sorted(found.capabilities),
        staff=[StaffSeat(each.user, each.role.value) for each in found.staff],
    )


def follower(one: Follower, names: Mapping[str, str]) -> FollowerItem:
    return FollowerItem(
        user=one.customer,
        name=names.get(one.customer, one.customer),
        followed=one.followed_ms,
        source=one.source,
        scene=one.scene,
        remark=one.remark,
        blocked=one.blocked,
        tags=list(one.tags),
    )


def buttons_of(drafts: Sequence[MenuButtonDraft] | Sequence[ChildButton]) -> list[MenuButton]:
    return [
        MenuButton(
            each.title.strip(),
            each.key,
            buttons_of(each.children) if isinstance(each, MenuButtonDraft) else (),
            each.kind,
            each.url,
        )
        for each in drafts
    ]


def conditional(one: ConditionalMenu) -> ConditionalItem:
    # What an operator cannot choose here, a partner may have said.
    rule = MenuRuleItem(one.rule.tag, one.rule.language, one.rule.client)  # type: ignore[arg-type]
    return ConditionalItem(one.number, rule, menu(one.buttons))


def conduct(found: PublicAccount, one: Conduct) -> ConductItem:
    keywords = [KeywordRule(each.words, each.reply, each.exact) for each in one.keywords]
    return ConductItem(
        menu=menu(found.menu),
        menus=[conditional(each) for each in one.menus],
        replies=Replies(one.welcome, one.first, keywords, one.otherwise),
    )


def keywords_of(rules: Iterable[KeywordRule]) -> list[KeywordReply]:
    return [KeywordReply(each.words, each.reply, each.exact) for each in rules]


def code(one: SceneCode) -> CodeItem:
    return CodeItem(one.ticket, one.scene, one.expires_ms, code_path(one.ticket))


def fields_of(fields: Iterable[FieldItem]) -> list[TemplateField]:
    return [TemplateField(each.key, each.label.strip(), FieldKind(each.kind)) for each in fields]


def template(one: Template) -> TemplateItem:
    return TemplateItem(
        template=one.template_id,
        title=one.title,
        fields=_fields(one.fields),
        state=one.state,
        maker=one.maker,
        made=one.made_ms,
        reviewer=one.reviewer,
        reason=one.reason,
    )


def library_item(number: str, one: LibraryTemplate) -> LibraryItem:
    return LibraryItem(number, one.title, _fields(one.fields))


def notice(one: TemplateNotice) -> NoticeItem:
    return NoticeItem(
        one.notice_id, one.template_id, one.customer, one.state, one.sent_ms, one.ended_ms
    )


def _fields(fields: Iterable[TemplateField]) -> list[FieldItem]:
    return [FieldItem(each.key, each.label, each.kind.value) for each in fields]
