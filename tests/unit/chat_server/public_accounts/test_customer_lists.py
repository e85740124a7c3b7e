from __future__ import annotations

from io import BytesIO

import pytest
import xlsxwriter

from chat_server.adapters.sheets.reader import ProcessSheetReader
from chat_server.adapters.sheets.unpacking import unpack
from chat_server.domain.accounts.campaigns import MAX_LISTED
from chat_server.domain.accounts.listing import BadRow, Fault, named_in, sorted_out
from chat_server.domain.errors import InvalidValue, TooLong
from tests.front_desk import FrontDesk

ROWS = [["姓名", "客户号"], ["张伟", "zhangwei"], ["", ""], ["李娜", ""], ["", "nobody"]]


def workbook(rows: list[list[object]], *, at: tuple[int, int] = (0, 0)) -> bytes:
    made = BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True, "constant_memory": False}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                sheet.write(at[0] + number, at[1] + column, cell)
    return made.getvalue()


def test_the_heading_names_the_column_and_blank_rows_are_none() -> None:
    named = named_in(ROWS)
    assert named == [(2, "zhangwei"), (4, ""), (5, "nobody")]
    assert named_in([["zhangwei"], [" lina "]]) == [(1, "zhangwei"), (2, "lina")]


def test_every_bad_row_is_told_with_its_number_and_fault() -> None:
    named = [(1, "a"), (2, "b"), (3, "a"), (4, ""), (5, "x" * 65), (6, "c")]
    told = sorted_out(named, {"a", "c"})
    assert list(told.customers) == ["a", "c"]
    assert told.rows == 6
    assert told.bad == [
        BadRow(2, "b", Fault.NOT_FOLLOWING),
        BadRow(3, "a", Fault.REPEATED),
        BadRow(4, "", Fault.EMPTY),
        BadRow(5, "x" * 64, Fault.TOO_LONG),
    ]
    assert set(told.faults.values()) == {1}


def test_many_bad_rows_are_counted_and_the_first_hundred_told() -> None:
    told = sorted_out([(number, f"u{number}") for number in range(1, 501)], set())
    assert (len(told.bad), told.faults) == (100, {Fault.NOT_FOLLOWING: 500})


def test_an_empty_list_and_one_too_long_are_refused() -> None:
    for rows in ([], [["客户号"]], [["", " "]]):
        with pytest.raises(InvalidValue, match="no customers"):
            named_in(rows)
    with pytest.raises(TooLong):
        named_in([["x"]] * (MAX_LISTED + 1))
    with pytest.raises(TooLong):
        named_in([["x"]] * (MAX_LISTED + 2))


@pytest.mark.parametrize(
    "content",
    [
        "客户号,姓名\nzhangwei,张伟\n".encode(),
        "\ufeff客户号;姓名\r\nzhangwei;张伟\r\n".encode(),
        "客户号\t姓名\nzhangwei\t张伟\n".encode("gb18030"),
        "客户号,姓名\nzhangwei,张伟\n".encode("utf-16"),
    ],
    ids=["utf-8", "with a mark", "gb18030", "utf-16"],
)
def test_text_files_are_read_as_office_programs_write_them(content: bytes) -> None:
    assert unpack(content) == [["客户号", "姓名"], ["zhangwei", "张伟"]]


def test_a_workbook_keeps_row_numbers_and_numbers_as_they_were_typed() -> None:
    assert unpack(workbook([["客户号"], [10086], ["lina"]], at=(2, 0)))[2:] == [
        ["客户号"],
        ["10086"],
        ["lina"],
    ]
    assert unpack(workbook([[1.5, True]])) == [["1.5", "True"]]


async def test_a_list_is_read_apart_and_sorted_out(desk: FrontDesk) -> None:
    await desk.cases.accounts.follow("zhangwei", "@service")
    entry = await desk.cases.account_work.entries.operator("ops", "@service")
    told = await desk.cases.account_work.lists.read(entry, workbook(ROWS))
    assert list(told.customers) == ["zhangwei"]
    assert told.faults == {Fault.EMPTY: 1, Fault.NOT_FOLLOWING: 1}


async def test_what_unfolds_too_far_or_is_no_table_is_refused() -> None:
    reader = ProcessSheetReader()
    far = workbook([["x"]], at=(1_048_575, 16_383))  # one cell, 17 thousand million in all
    for content in (far, b"\x00\x01\x02", b"PK\x03\x04 no workbook"):
        with pytest.raises(InvalidValue, match="file"):
            await reader.rows(content)
