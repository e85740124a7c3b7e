"""Folding: one spelling for what customers write in many, keeping every position.

Each character becomes exactly one character, so that a span found in the folded text is
the same span of the sentence. Nothing is dropped and no digit is made from a sign that
only looks like one (NFKC would read 50² as 502).
"""

from __future__ import annotations

MAX_SENTENCE = 300  # nobody asks a bot for money in more; longer text is not read at all

# Full-width letters, digits and signs, but for the comma: "500,100" in full-width
# punctuation is more often two numbers than one with a thousands separator.
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if code != ord("，")}
_SPACES = dict.fromkeys(map(ord, "\u3000\u00a0\u2009\u202f\t\r\n"), " ")
_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
_LOWER_FULL_WIDTH = {code: code - 0xFEE0 + 32 for code in range(0xFF21, 0xFF3B)}
_DASHES = dict.fromkeys(map(ord, "−‐‑–"), "-")
_NUMERALS = dict(
    zip(
        map(ord, "壹弌贰貳弍叁叄參参弎肆伍陆陸柒捌玖拾佰仟萬億〇○兩圓圆塊點幣負"),
        "一一二二二三三三三三四五六六七八九十百千万亿零零两元元块点币负",
        strict=True,
    )
)
_SIMPLIFIED = dict(
    zip(
        map(
            ord,
            "轉帳帐給餘額錢查詢幫戶還個匯單細請對嗎麼這樣為麗張偉陳劉趙吳孫馬黃楊"
            "無錯點說話語謝識員務業經銀號碼證訊電臺買賣開關閉進來時間現過後從們歲"
            "讓將變設處題問應該見覺聽寫讀記錄賬誤發動態專線聯繫絡絕訂閱營銷廣薦產"
            "歡邊裡裏國愛娛樂樓實際機車東西頭貸貨貴費資質賺贈遠運適選遺約紅級納"
            "純紙終結給統繼續總練組緊簡籌類稅種積頁項順須預領頻顯風飛飯館麵龍週禮鐘內後",
        ),
        "转账账给余额钱查询帮户还个汇单细请对吗么这样为丽张伟陈刘赵吴孙马黄杨"
        "无错点说话语谢识员务业经银号码证讯电台买卖开关闭进来时间现过后从们岁"
        "让将变设处题问应该见觉听写读记录账误发动态专线联系络绝订阅营销广荐产"
        "欢边里里国爱娱乐楼实际机车东西头贷货贵费资质赚赠远运适选遗约红级纳"
        "纯纸终结给统继续总练组紧简筹类税种积页项顺须预领频显风飞饭馆面龙周礼钟内后",
        strict=True,
    )
)
_FOLD: dict[int, int | str] = {
    **_SIMPLIFIED,
    **_NUMERALS,
    **_FULL_WIDTH,
    **_LOWER_FULL_WIDTH,
    **_LOWER,
    **_SPACES,
    **_DASHES,
}


def fold(sentence: str) -> str:
    """The sentence in simplified characters, plain digits and lower case, as long as before."""
    return sentence.translate(_FOLD)


def squeeze(sentence: str) -> str:
    """Only the letters and digits of the folded sentence: for comparing names and set phrases."""
    return "".join(char for char in fold(sentence) if char.isalnum())
