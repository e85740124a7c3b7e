"""What people at the bank ask: what might suit this customer, what an audience would bring, how
the model is doing.

Called by serving in the thread that owns the log. Nothing is decided, counted or written down
here, and no occasion speaks: what is asked of is a customer, not a purchase.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import msgspec
import numpy as np

from recommender.artefacts.shelf import Shelf
from recommender.artefacts.signed import report_of
from recommender.contract import (
    Consents,
    Event,
    Expected,
    Likely,
    ModelCard,
    NextBest,
    ProductCard,
    RecommenderError,
    UnknownProduct,
)
from recommender.features.columns import columns
from recommender.features.log import EventLog, seen
from recommender.features.words import usable
from recommender.guardrails.rules import Rules, held_out
from recommender.ranking.model import Floats, LinearModel, probability, scaled, score
from recommender.ranking.uplift import SURE, UpliftModel


class _Product(msgspec.Struct):
    product: str
    offers: int
    interest_rate: float
    drivers: tuple[str, ...] = ()


class _Quality(msgspec.Struct):
    log_loss: float
    roc_auc: float
    calibration_error: float


class _Report(msgspec.Struct):
    """What training wrote beside the model, as far as the card shows it."""

    protocol: str
    offers: int
    customers: int
    held_out: int
    model: _Quality
    popularity: _Quality
    products: tuple[_Product, ...] = ()


class Advice:
    """Over the log and the models in use."""

    def __init__(
        self,
        log: EventLog,
        models: tuple[Shelf[LinearModel], Shelf[UpliftModel]],
        folder: Path,
        rules: Rules,
    ) -> None:
        self._log, self._folder, self._rules = log, folder, rules
        self._shelf, self._uplift = models

    def next_best(self, customer: str, consents: Consents, now: datetime) -> Sequence[NextBest]:
        """Best first, with reasons; nothing without consent, of a hold-out, or while no model."""
        model = self._shelf.current()
        row = self._row(customer, consents, now)
        if model is None or row is None:
            return []
        refused = self._log.refused(customer, after=now - self._rules.refusal)
        found = []
        for product in model.products:
            if product not in refused:
                reasons = model.explain(product, row)
                found.append(NextBest(product, score(reasons), reasons, self._adds(product, row)))
        return sorted(found, key=lambda one: (-one.score, one.product))

    def likely(
        self, customers: Mapping[str, Consents], product: str, at: datetime
    ) -> Sequence[Likely]:
        """Who may be offered the product, with the chance and what an offer adds to it."""
        model = self._known(product)
        found = []
        for customer, consents in customers.items():
            row = self._row(customer, consents, at)
            refused = self._log.refused(customer, after=at - self._rules.refusal)
            if model is not None and row is not None and product not in refused:
                chance = score(model.explain(product, row))
                found.append(Likely(customer, chance, self._adds(product, row)))
        return found

    def rows(
        self, customers: Mapping[str, Consents], product: str, at: datetime
    ) -> Sequence[Floats]:
        """The columns of those who may be offered the product."""
        self._known(product)
        since = at - self._rules.refusal
        return [
            row
            for customer, consents in customers.items()
            if product not in self._log.refused(customer, after=since)
            and (row := self._row(customer, consents, at)) is not None
        ]

    def expected(self, asked: int, found: Sequence[Floats], product: str) -> Expected:
        """What offering it to all of these would bring, with 95 % intervals, before it is sent."""
        model = self._known(product)
        if model is None or not found:
            return Expected(asked)
        table = np.array(found)
        low, middle, high = _interested(model, product, table)
        result = Expected(asked, len(found), middle, low, high, model_version=model.version)
        effects = self._uplift.current()
        if effects is None or product not in effects.products:
            return result
        added, error = effects.together(product, table)
        return msgspec.structs.replace(
            result, added=added, added_low=added - SURE * error, added_high=added + SURE * error
        )

    def card(self) -> ModelCard:
        """What the model in use learnt from and how good it was on later offers."""
        model = self._shelf.current()
        if model is None:
            return ModelCard()
        try:
            report = msgspec.json.decode(report_of(self._folder, model.version), type=_Report)
        except msgspec.MsgspecError as exc:
            raise RecommenderError(f"the report of {model.version} cannot be read") from exc
        return ModelCard(
            version=model.version,
            protocol=report.protocol,
            offers=report.offers,
            customers=report.customers,
            held_out=report.held_out,
            roc_auc=report.model.roc_auc,
            calibration_error=report.model.calibration_error,
            log_loss=report.model.log_loss,
            popularity_log_loss=report.popularity.log_loss,
            products=[
                ProductCard(one.product, one.offers, one.interest_rate, one.drivers)
                for one in report.products
            ],
            features=model.features,
            hold_out_share=self._rules.hold_out_share,
        )

    def _known(self, product: str) -> LinearModel | None:
        model = self._shelf.current()
        if model is not None and product not in model.products:
            raise UnknownProduct(product)
        return model

    def _row(self, customer: str, consents: Consents, at: datetime) -> Floats | None:
        """The customer's columns as if they looked at something that says nothing."""
        quiet = Event("", "article_read", customer, at, "", "", "", consents)
        if not usable(quiet) or held_out(self._rules, customer):
            return None
        return columns(self._log.history(quiet), seen(quiet))

    def _adds(self, product: str, row: Floats) -> float | None:
        uplift = self._uplift.current()
        if uplift is None or product not in uplift.products:
            return None
        return float(uplift.effects(product, row[None])[0])


def _interested(model: LinearModel, product: str, table: Floats) -> tuple[float, float, float]:
    """How many of the rows will want it: low, expected, high.

    The doubt about the weights by the delta method, and the luck of each answer beside it.
    """
    place = model.products.index(product)
    chances = np.array([probability(float(one)) for one in model.log_odds(table)[:, place]])
    steep = chances * (1 - chances)
    variance = float(steep.sum())
    if model.doubt is not None:
        rows = np.hstack([np.ones((len(table), 1)), scaled(table)])
        lean = steep @ rows
        variance += float(lean @ model.doubt[place] @ lean)
    middle, error = float(chances.sum()), math.sqrt(variance)
    return max(0.0, middle - SURE * error), middle, min(len(table), middle + SURE * error)
