"""Whether a sentence asks for an account statement as a file, and as which kind.

对账单 / 上个月的对账单 / 导出10月流水 Excel / send my statement as pdf.
"""

from __future__ import annotations

import re
from enum import StrEnum

from bots.understanding.text import fold


class PaperKind(StrEnum):
    PDF = "pdf"
    XLSX = "xlsx"


_PAPER = re.compile(
    r"对账单|(?:导出|下载|打印|生成|发).{0,12}(?:明细|流水|账单)|(?:明细|流水).{0,6}(?:文件|导出|下载)"
    r"|\b(?:download|export|send|email).{0,30}\bstatements?\b"
    r"|\bstatements?\b.{0,20}\b(?:pdf|excel|xlsx|file)\b"
)
_SHEET = re.compile(r"excel|xlsx?|表格|电子表")
_ABOUT = re.compile(
    r"信用卡|怎么|为什么|如何|商户|收单|缴费|账单日|还款|\b(?:credit card|how|why|merchant)\b"
)


def read_paper(sentence: str) -> PaperKind | None:
    """PDF unless a sheet is asked for; None when the sentence is about something else."""
    text = fold(sentence)
    if not _PAPER.search(text) or _ABOUT.search(text):
        return None
    return PaperKind.XLSX if _SHEET.search(text) else PaperKind.PDF
