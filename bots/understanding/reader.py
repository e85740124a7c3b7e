"""The reader: slots by grammar, the intent by rule where a rule is certain, else by model."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import structlog

from bots.contract import Understood
from bots.understanding import corpus
from bots.understanding.artefact import DamagedModelError, decode
from bots.understanding.classifier import IntentClassifier
from bots.understanding.corpus import UNKNOWN, Example, examples
from bots.understanding.slots import Reading, read_slots
from bots.understanding.text import MAX_SENTENCE, fold, squeeze
from bots.understanding.urgent import URGENT, only_spoken_of, urgent_intent

log = structlog.get_logger()

MODEL = "intents.model"  # beside the sentences; `elian bots ship` writes it
SURE_ENOUGH = 0.4  # below this a customer is asked what he means, rather than answered wrongly
_BY_RULE = 0.99

_TRANSFER_VERB = re.compile(
    r"转|汇|打款|打钱|付款|打给|打\s0|付\s0|发\s0|还\s0|\b(?:transfer|send|pay|wire|remit)\b"
)
_NOT_A_COMMAND = re.compile(
    r"[吗么?？]|没有|没收|收到|到账|为什么|怎么|多久|多少|失败|错|过了|转了|昨天|上次|刚才|限额|手续费"
    r"|借我|给我|给自己|电话|消息|短信|积分|话费|\b(?:did|has|have|was|why|how|when|what|fail|sent|paid|received)\b"
)
_TALKED_ABOUT = re.compile(
    r"昨天|前天|上次|上周|到账|收到|失败|[转汇打]错|怎么办|为什么|多久|限额|手续费|要回来"
    r"|给我(?:转|发|打|汇|\s0)|\b(?:did|has|have|was|were|why|failed|arrived?|received|fee|limit)\b"
)
_REFUSED = re.compile(
    r"(?:别|不要|不用|不想|不给|莫|甭|取消|停止?|不)\s*(?:再|给|向|转|汇|打|付|发|某某|\s)*(?:转|汇|打款|打钱|付款|付)"
    r"|\b(?:don't|do not|cancel|stop|never|not)\b.*\b(?:transfer|send|pay|wire|remit)"
)
_MARKETING = re.compile(
    r"推荐|推销|广告|营销|推广|\b(?:offers?|ads?|promotions?|promos?|marketing|recommend\w*|spam\w*)\b"
)
_CORRECTION = re.compile(
    r"^\s*(?:不对|不是|错了|打错|写错|说错|搞错|弄错|更正|改成|改为|换成|应该是|应该转|金额改|收款人改"
    r"|no,|no |sorry|i mean|actually|make it|change (?:it|the)|oops|correction"
    r"|wrong (?:amount|person)|not )"
)


class Reader:
    """Implements `Understanding`."""

    def __init__(self, classifier: IntentClassifier, known: dict[str, str]) -> None:
        self.classifier, self._known = classifier, known

    def with_classifier(self, classifier: IntentClassifier) -> Reader:
        """The same rules and set phrases around another model."""
        return Reader(classifier, self._known)

    def understand(self, sentence: str) -> Understood:
        """Pure, and fast enough for the hot path; text of any length and kind is taken."""
        if len(sentence) > MAX_SENTENCE or not squeeze(sentence):
            return Understood(UNKNOWN, 1.0, {})
        reading = read_slots(sentence)
        intent, confidence = self._intent(sentence, reading)
        return Understood(intent, round(confidence, 4), reading.slots)

    def _intent(self, sentence: str, reading: Reading) -> tuple[str, float]:
        folded = fold(sentence)
        known = self._known.get(squeeze(sentence), "")
        if not known and (urgent := urgent_intent(folded)):
            return urgent, _BY_RULE
        if by_rule := _rule(folded, reading):
            return by_rule, _BY_RULE
        if known:
            return known, 1.0
        guess = self.classifier.guess(reading.shape)
        if guess.intent != UNKNOWN and guess.confidence < SURE_ENOUGH:
            return UNKNOWN, max(guess.outside, 1 - guess.confidence)
        other_matter = (guess.intent in URGENT and only_spoken_of(folded)) or (
            guess.intent == "transfer" and _TALKED_ABOUT.search(reading.shape)
        )
        return (UNKNOWN if other_matter else guess.intent), guess.confidence


def _rule(folded: str, reading: Reading) -> str:
    """Intents that the wording leaves no doubt about; empty when it does."""
    slots = reading.slots
    detail = {"amount", "amount_problem", "payee"} & slots.keys()
    if _REFUSED.search(reading.shape) and not _CORRECTION.match(folded):
        return "offers_stop" if _MARKETING.search(folded) else "cancel"
    if detail and _CORRECTION.match(folded):
        return "correct"
    command = _TRANSFER_VERB.search(reading.shape) and not _NOT_A_COMMAND.search(reading.shape)
    if command and "payee" in slots and {"amount", "amount_problem"} & slots.keys():
        return "transfer"
    return ""


@cache
def trained_reader() -> Reader:
    """The reader of this process: the model that came with the sentences, else one trained now."""
    sentences = examples()
    return Reader(shipped_model() or _trained(sentences), _unambiguous(sentences))


def shipped_model() -> IntentClassifier | None:
    """The model beside the sentences; None when it is damaged or learnt others."""
    source = files("bots.understanding") / "data" / MODEL
    try:
        return decode(source.read_bytes(), corpus.digest())
    except (OSError, DamagedModelError) as exc:
        log.warning("intent_model_not_used", reason=type(exc).__name__)
        return None


def _trained(sentences: Sequence[Example]) -> IntentClassifier:
    from bots.understanding.learning import OURS, learn  # noqa: PLC0415 - scikit-learn: a second

    return learn(shapes(sentences), OURS)


def shapes(sentences: Sequence[Example]) -> list[Example]:
    """The sentences as the classifier sees them: stand-ins for their details."""
    return [Example(read_slots(one.sentence).shape, one.intent) for one in sentences]


def _unambiguous(sentences: list[Example]) -> dict[str, str]:
    """Training sentences said word for word need no model, unless two intents share one."""
    meanings: dict[str, set[str]] = {}
    for one in sentences:
        meanings.setdefault(squeeze(one.sentence), set()).add(one.intent)
    return {said: next(iter(meant)) for said, meant in meanings.items() if said and len(meant) == 1}
