"""Which document a statement becomes; its libraries are loaded when one is asked for."""

from __future__ import annotations

from bank_bridge.paper_contract import (
    AccountStatement,
    StatementFormat,
)


def statement_document(statement: AccountStatement, kind: StatementFormat) -> bytes:
    """The statement as a document of that kind; takes a while for a long one."""
    match kind:
        case StatementFormat.PDF:
            from bank_bridge.documents.pdf import statement_pdf  # noqa: PLC0415 - when asked for

            return statement_pdf(statement)
        case StatementFormat.XLSX:
            from bank_bridge.documents.xlsx import statement_xlsx  # noqa: PLC0415 - as above

            return statement_xlsx(statement)
        case StatementFormat.CAMT053:
            from bank_bridge.documents.camt053 import statement_camt053  # noqa: PLC0415 - as above

            return statement_camt053(statement)
