"""What every search index keeps: what is found, by whom, in which order, in which form."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from chat_server.domain.searching import Entry, Readable, Rewrite, question
from chat_server.ports.search import SearchIndex

CONV, OTHER = "d:lina:zhangwei", "g:1"
ALL = [Readable(CONV)]


def said(position: int, text: str, *, conv: str = CONV, seq: int | None = None) -> Entry:
    return Entry(position, conv, seq or position, "lina", 1_000 + position, text)


async def found(
    index: SearchIndex,
    text: str,
    readable: list[Readable] | None = None,
    *,
    before: int | None = None,
    limit: int = 20,
) -> list[int]:
    where = ALL if readable is None else readable
    hits = await index.find(question(text), where, before=before, limit=limit)
    return [hit.position for hit in hits]


class SearchContract:
    async def test_a_new_index_stands_at_nothing_and_finds_nothing(
        self, index: SearchIndex
    ) -> None:
        assert await index.position() == 0
        assert await found(index, "李娜") == []

    async def test_any_part_of_a_chinese_run_is_found(self, index: SearchIndex) -> None:
        await index.index(0, [said(1, "请给李娜转500块，谢谢"), said(2, "李子和娜娜")], 2)
        assert await found(index, "李娜") == [1]
        assert await found(index, "给李娜转") == [1]
        assert await found(index, "娜") == [2, 1]
        assert await found(index, "谢谢") == [1]
        assert await found(index, "块谢") == []

    async def test_words_are_found_by_their_beginning_in_any_case(self, index: SearchIndex) -> None:
        await index.index(
            0, [said(1, "Transfer the ＤＥＰＯＳＩＴ, José"), said(2, "re-transfer")], 2
        )
        assert await found(index, "trans") == [2, 1]
        assert await found(index, "deposit") == [1]
        assert await found(index, "jose") == [1]
        assert await found(index, "posit") == []

    async def test_every_term_must_be_there(self, index: SearchIndex) -> None:
        await index.index(0, [said(1, "三年定期 rate 2.6"), said(2, "定期")], 2)
        assert await found(index, "定期 rate") == [1]
        assert await found(index, "三年 定期 2") == [1]

    async def test_the_newest_come_first_and_pages_follow_each_other(
        self, index: SearchIndex
    ) -> None:
        await index.index(0, [said(n, f"定期 {n}") for n in range(1, 8)], 7)
        assert await found(index, "定期", limit=3) == [7, 6, 5]
        assert await found(index, "定期", before=5, limit=3) == [4, 3, 2]
        assert await found(index, "定期", before=2, limit=3) == [1]
        assert await found(index, "定期", limit=0) == []

    async def test_only_the_readable_part_of_readable_conversations(
        self, index: SearchIndex
    ) -> None:
        mine = [said(n, "定期", seq=n) for n in range(1, 5)]
        await index.index(0, [*mine, said(5, "定期", conv=OTHER, seq=1)], 5)
        assert await found(index, "定期", []) == []
        assert await found(index, "定期", [Readable(OTHER), Readable("g:unknown")]) == [5]
        assert await found(index, "定期", [Readable(CONV, 2, 3), Readable(OTHER)]) == [5, 3, 2]

    async def test_few_of_ones_own_behind_many_of_others_are_found(
        self, index: SearchIndex
    ) -> None:
        mine = [said(n, "定期", conv=f"g:{n}", seq=1) for n in range(1, 101)]
        theirs = [said(n, "定期", conv="g:theirs") for n in range(101, 1301)]
        await index.index(0, [*mine, *theirs], 1300)
        where = [Readable(f"g:{n}") for n in range(1, 101)]
        assert await found(index, "定期", where, limit=3) == [100, 99, 98]
        assert await found(index, "定期", [*where, Readable("g:theirs", 1300)], limit=3) == [
            1300,
            100,
            99,
        ]

    async def test_many_conversations_are_searched_at_once(self, index: SearchIndex) -> None:
        convs = [f"g:{n}" for n in range(1, 451)]
        entries = [said(n, "定期", conv=conv, seq=1) for n, conv in enumerate(convs, 1)]
        await index.index(0, entries, 450)
        everywhere = [Readable(conv) for conv in convs]
        assert await found(index, "定期", everywhere, limit=4) == [450, 449, 448, 447]
        assert await found(index, "定期", everywhere, before=3) == [2, 1]

    async def test_an_edited_message_is_found_as_it_now_is(self, index: SearchIndex) -> None:
        await index.index(0, [said(1, "三年定期")], 1)
        await index.index(1, [Rewrite(2, CONV, 1, "五年大额存单", 7)], 2)
        assert await found(index, "定期") == []
        (hit,) = await index.find(question("大额存单"), ALL, limit=5)
        assert hit == replace(said(1, "五年大额存单"), changed_seq=7)

    async def test_a_message_taken_back_is_not_found(self, index: SearchIndex) -> None:
        await index.index(0, [said(1, "李娜"), said(2, "李娜"), Rewrite(3, CONV, 1, "", 3)], 3)
        assert await found(index, "李娜") == [2]

    async def test_a_rewrite_of_what_is_not_there_changes_nothing(self, index: SearchIndex) -> None:
        assert await index.index(0, [Rewrite(1, CONV, 9, "李娜", 10)], 1) == 1
        assert await found(index, "李娜") == []

    async def test_who_left_does_not_find_what_was_changed_afterwards(
        self, index: SearchIndex
    ) -> None:
        await index.index(0, [said(1, "定期"), Rewrite(5, CONV, 1, "定期存单", 5)], 5)
        assert await found(index, "存单", [Readable(CONV, last_seq=4)]) == []
        assert await found(index, "存单", [Readable(CONV, last_seq=5)]) == [1]

    async def test_files_are_found_by_name(self, index: SearchIndex) -> None:
        file = replace(said(1, "定期利率.pdf"), file=True)
        await index.index(0, [file, said(2, "定期利率见附件")], 2)
        assert await found(index, "利率") == [2, 1]
        assert await index.find(question("利率"), ALL, files=True, limit=5) == [file]
        await index.index(2, [Rewrite(3, CONV, 1, "", 3)], 3)
        assert await index.find(question("利率"), ALL, files=True, limit=5) == []

    async def test_who_comes_second_is_told_where_the_index_stands(
        self, index: SearchIndex
    ) -> None:
        assert await index.index(0, [said(1, "李娜")], 4) == 4
        assert await index.index(0, [said(2, "李娜")], 9) == 4
        assert await found(index, "李娜") == [1]
        assert await index.position() == 4

    async def test_made_again_from_nothing_it_finds_the_same(self, index: SearchIndex) -> None:
        changes = [said(1, "李娜"), Rewrite(2, CONV, 1, "李娜和定期", 2), said(3, "定期")]
        await index.index(0, changes, 3)
        before = await index.find(question("定期"), ALL, limit=9)
        await index.clear()
        assert await index.position() == 0
        assert await found(index, "定期") == []
        for change in changes:
            await index.index(change.position - 1, [change], change.position)
        assert await index.find(question("定期"), ALL, limit=9) == before

    @pytest.mark.parametrize("text", ['"李', "a*", "NEAR(李, 娜)", "a'b", "李^娜", "OR", "--or;"])
    async def test_a_question_is_words_and_no_language(self, index: SearchIndex, text: str) -> None:
        await index.index(0, [said(1, f"ab near 李 娜 or {text}"), said(2, "x")], 2)
        assert await found(index, text) == [1]
