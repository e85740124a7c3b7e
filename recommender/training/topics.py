"""Learning topics from articles and from what consenting customers wrote: TF-IDF and NMF.

Called by the house's command, which alone can read the chat; texts are held for the length of the
fit. A term of chat counts only if several people used it, so that no one's words can be read off
a topic; articles are public and count as they are.
"""

from __future__ import annotations

import warnings
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.decomposition import NMF
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import TfidfVectorizer

from recommender.contract import RecommenderError, Topic, TopicReport, TopicSource
from recommender.features.words import TOPICS
from recommender.topics.model import FOLDER, Description, publish
from recommender.topics.terms import terms

LEAST_TEXTS: Final = 20
LEAST_PEOPLE: Final = 5  # who used a term of chat
_MOST_TERMS: Final = 20_000
_COMMON: Final = 0.6  # a term in more of the texts than that says nothing
_WORDS: Final = 6  # that a topic is shown with
_NAMED: Final = 3  # of which its name is made
_TOPICS: Final = 16
_ABOUT: Final = {
    "gold": ("黄金", "积存", "金价", "金条", "贵金属", "gold"),
    "deposit": ("存款", "定期", "存单", "活期", "deposit", "deposits"),
    "fund": ("基金", "理财", "净值", "定投", "fund", "funds"),
    "loan": ("贷款", "借款", "房贷", "分期", "loan", "loans", "mortgage"),
    "card": ("信用卡", "账单日", "额度", "刷卡", "card", "cards"),
}


def train_topics(
    directory: Path, sources: Iterable[TopicSource], *, trained_at: datetime, seed: int
) -> TopicReport:
    """Learn and publish. RecommenderError: too few texts, or nothing that they share."""
    texts = [source for source in sources if source.text.strip()]
    people = {source.customer for source in texts if source.customer}
    by_document = _documents(texts)
    if len(by_document) < LEAST_TEXTS:
        raise RecommenderError(
            f"too little to learn topics from: {len(by_document)} texts, {LEAST_TEXTS} needed"
        )
    allowed = _allowed(texts)
    vectorizer = TfidfVectorizer(
        analyzer=lambda text: [term for term in terms(text) if term in allowed],
        min_df=2,
        max_df=_COMMON,
        max_features=_MOST_TERMS,
        sublinear_tf=True,
    )
    try:
        weights = vectorizer.fit_transform(by_document)
    except ValueError as exc:  # scikit-learn's word for texts that share nothing
        raise RecommenderError("the texts have nothing in common to learn topics from") from exc
    factors, kept = _factors(weights, seed)
    names = tuple(str(term) for term in vectorizer.get_feature_names_out())
    topics = tuple(_topic(row, names) for row in factors)
    report = TopicReport(
        version="",
        articles=sum(not source.customer for source in texts),
        people=len(people),
        messages=sum(bool(source.customer) for source in texts),
        terms=len(names),
        kept=kept,
        topics=topics,
    )
    described = Description(terms=names, topics=topics, trained_at=trained_at)
    version = publish(
        directory / FOLDER,
        described,
        factors.astype(np.float32),
        vectorizer.idf_.astype(np.float32),
        msgspec.json.encode(report),
    )
    return msgspec.structs.replace(report, version=version)


def _documents(texts: Sequence[TopicSource]) -> list[str]:
    """Each article is one, and all that one person wrote: people count alike."""
    said: defaultdict[str, list[str]] = defaultdict(list)
    articles = []
    for source in texts:
        if source.customer:
            said[source.customer].append(source.text)
        else:
            articles.append(source.text)
    return [*articles, *("\n".join(said[customer]) for customer in sorted(said))]


def _allowed(texts: Sequence[TopicSource]) -> frozenset[str]:
    """Terms of articles, and those that several people used."""
    used: Counter[str] = Counter()
    public: set[str] = set()
    said: defaultdict[str, set[str]] = defaultdict(set)
    for source in texts:
        if source.customer:
            said[source.customer].update(terms(source.text))
        else:
            public.update(terms(source.text))
    for theirs in said.values():
        used.update(theirs)
    return frozenset(public | {term for term, many in used.items() if many >= LEAST_PEOPLE})


def _factors(weights: sparse.csr_array, seed: int) -> tuple[NDArray[np.float64], float]:
    rows, wide = weights.shape
    factoring = NMF(min(_TOPICS, rows // 4, wide), init="nndsvda", random_state=seed, max_iter=400)
    with warnings.catch_warnings():  # a topic a little short of its optimum is a topic
        warnings.simplefilter("ignore", ConvergenceWarning)
        factoring.fit(weights)
    found: NDArray[np.float64] = factoring.components_
    length = np.linalg.norm(found, axis=1)
    total = weights.multiply(weights).sum()
    kept = 1 - factoring.reconstruction_err_**2 / total
    return found[length > 0] / length[length > 0, None], round(float(kept), 4)


def _topic(row: NDArray[np.float64], names: Sequence[str]) -> Topic:
    """Named by the product that most of its weight is about, else by its strongest words."""
    words: list[str] = []
    for place in np.argsort(-row, kind="stable")[:60].tolist():
        term = names[place]
        if row[place] > 0 and not any(term in word or _overlap(term, word) for word in words):
            words = [word for word in words if word not in term]
            words.append(term)
        if len(words) == _WORDS:
            break
    about = dict.fromkeys(TOPICS, 0.0)
    for topic, anchors in _ABOUT.items():
        about[topic] = float(
            sum(weight for term, weight in zip(names, row, strict=True) if term in anchors)
        )
    best = max(about, key=lambda topic: about[topic])
    anchored = about[best] >= row.max() / 2
    return Topic(best if anchored else " · ".join(words[:_NAMED]), tuple(words))


def _overlap(one: str, other: str) -> bool:
    """Whether two runs of characters are cut from one: 银行理 and 行理财."""
    return any(
        one.endswith(other[:size]) or other.endswith(one[:size])
        for size in range(min(len(one), len(other)) - 1, 1, -1)
    )
