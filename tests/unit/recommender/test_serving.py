"""One occasion in, one decision out: made once, permitted, and forgotten when asked."""

import asyncio
import sqlite3
import subprocess
import sys
from datetime import timedelta
from math import fsum, log
from pathlib import Path

import pytest

from recommender.contract import Consents, FeedbackKind, RecommenderError, Silence, Suggestion
from recommender.guardrails.rules import SHANGHAI, Rules, held_out
from recommender.open import directory_of, open_recommender

HANDFUL = [("100-499", 40), ("<100", 31), ("500-1999", 22), ("100-499", 12), ("100-499", 3)]


def purchases(tell, **known):
    return [tell("purchase", "retail", band, days_ago=ago, **known) for band, ago in HANDFUL]


def rows(directory, table):
    connection = sqlite3.connect(directory / "events.db")
    try:
        return connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 - a table's name
    finally:
        connection.close()


@pytest.fixture
async def served(model_only, clock):
    async with open_recommender(f"model://{model_only}", now=clock) as recommender:
        yield recommender


async def test_a_shopper_who_pays_328_at_a_shop_is_offered_the_easy_loan(served, tell):
    await served.observe(purchases(tell))
    offer = await served.suggest(tell.occasion("purchase", "shop", "100-499"))
    assert isinstance(offer, Suggestion)
    assert offer.product == "easy_loan"
    assert offer.score > 0.3
    assert offer.reasons[0].feature in {"shop_purchases", "medium_purchases"}
    assert offer.consent_snapshot_id == "c-7"
    assert offer.customer == "zhangwei"


async def test_even_a_shopper_nobody_knows_is_understood_by_the_purchase_alone(served, tell):
    offer = await served.suggest(tell.occasion("purchase", "一家新店", "100-499"))
    assert isinstance(offer, Suggestion)
    assert offer.product == "easy_loan"


@pytest.mark.parametrize(
    ("habit", "product"),
    [
        ([("article_read", "gold", "")] * 8, "accumulated_gold"),
        (
            [("transfer", "salary", "10000-49999")] * 5
            + [("balance_viewed", "", "")] * 10
            + [("article_read", "deposit", "")] * 4,
            "fixed_deposit",
        ),
        ([("article_read", "fund", "")] * 8 + [("transfer", "out", ">=50000")] * 3, "fund"),
        ([("purchase", "hotel", "500-1999")] * 10, "credit_card"),
    ],
)
async def test_the_same_purchase_brings_other_customers_another_offer(served, tell, habit, product):
    await served.observe(
        [tell(*event, customer="lina", days_ago=9 * ago + 1) for ago, event in enumerate(habit)]
    )
    offer = await served.suggest(tell.occasion("purchase", "shop", "100-499", customer="lina"))
    assert offer.product == product


async def test_the_reasons_add_up_to_the_score_exactly(served, tell):
    await served.observe(purchases(tell))
    offer = await served.suggest(tell.occasion())
    log_odds = log(offer.score / (1 - offer.score))
    assert abs(fsum(reason.weight for reason in offer.reasons) - log_odds) < 1e-9
    weights = [reason.weight for reason in offer.reasons]
    assert weights == sorted(weights, reverse=True)


@pytest.mark.parametrize(
    "given",
    [
        Consents("none"),
        Consents("c", chat_content=True, account_data=True),
        Consents("c", personalised_offers=True, chat_content=True),
    ],
)
async def test_without_consent_nothing_is_stored_and_nothing_offered(
    served, tell, model_only, given
):
    await served.observe(purchases(tell, consents=given))
    assert await served.suggest(tell.occasion(consents=given)) == Silence.NO_CONSENT
    assert (rows(model_only, "events"), rows(model_only, "decisions")) == (0, 0)


async def test_an_intent_is_stored_only_under_consent_to_chat_content(served, tell, model_only):
    without = Consents("c", personalised_offers=True, account_data=True)
    await served.observe([tell("intent", "gold", "", consents=without)])
    assert rows(model_only, "events") == 0
    await served.observe([tell("intent", "gold", "")])
    assert rows(model_only, "events") == 1


async def test_what_a_withdrawn_purpose_once_gave_is_not_used(served, tell):
    await served.observe(
        [tell("intent", "gold", "", customer="lina", days_ago=n) for n in range(1, 6)]
    )
    now_without_chat = Consents("c-8", personalised_offers=True, account_data=True)
    offer = await served.suggest(tell.occasion(customer="lina", consents=now_without_chat))
    assert "gold_asked" not in {reason.feature for reason in offer.reasons}


async def test_at_99_99_there_is_silence(served, tell):
    await served.observe(purchases(tell))
    cheap = tell.occasion("purchase", "shop", "<100")
    assert await served.suggest(cheap) == Silence.BELOW_THRESHOLD


async def test_twenty_askers_at_once_get_one_decision(served, tell, model_only):
    occasion = tell.occasion()
    answers = await asyncio.gather(*(served.suggest(occasion) for _ in range(20)))
    assert all(answer == answers[0] for answer in answers)
    assert rows(model_only, "decisions") == 1
    assert await served.suggest(tell.occasion()) == Silence.CAP_DAY


async def test_two_servers_on_one_log_cannot_pass_the_cap_together(model_only, clock, tell):
    url = f"model://{model_only}"
    async with open_recommender(url, now=clock) as one, open_recommender(url, now=clock) as two:
        occasions = [tell.occasion() for _ in range(10)]
        answers = await asyncio.gather(
            *(server.suggest(occasion) for occasion in occasions for server in (one, two))
        )
    offers = [answer for answer in answers if isinstance(answer, Suggestion)]
    assert len(offers) == 2  # one decision, told by both
    assert offers[0] == offers[1]
    assert answers.count(Silence.CAP_DAY) == 18


async def test_the_answer_survives_a_restart(model_only, clock, tell):
    occasion, answers = tell.occasion(), []
    for _ in range(2):
        async with open_recommender(f"model://{model_only}", now=clock) as recommender:
            answers.append(await recommender.suggest(occasion))
    assert answers[0] == answers[1]


async def test_one_offer_a_day_and_three_a_week_by_shanghai_days(served, tell, clock):
    def at(day, hour):
        return clock.at.astimezone(SHANGHAI).replace(day=day, hour=hour, minute=30)

    heard = []
    moments = [(3, 9), (3, 23), (4, 0), (5, 12), (6, 12), (10, 8), (10, 10), (11, 0), (11, 1)]
    for day, hour in moments:
        answer = await served.suggest(tell.occasion(now=at(day, hour)))
        heard.append("offer" if isinstance(answer, Suggestion) else answer)
    assert heard == [
        "offer",
        Silence.CAP_DAY,
        "offer",  # half past midnight: a new day in Shanghai, the same in UTC
        "offer",
        Silence.CAP_WEEK,
        Silence.CAP_WEEK,  # an hour short of seven days after the first
        "offer",
        "offer",  # seven days to the minute after the second
        Silence.CAP_DAY,
    ]


async def test_a_dismissed_product_is_not_offered_for_thirty_days(served, tell, clock):
    await served.observe(purchases(tell))
    first = await served.suggest(tell.occasion())
    refused_at = clock.at + timedelta(minutes=5)
    await served.feedback(first.offer_id, FeedbackKind.DISMISSED, refused_at)
    later = await served.suggest(tell.occasion(now=clock.at + timedelta(days=8)))
    assert later == Silence.REFUSED_BEFORE or later.product != first.product
    much_later = await served.suggest(tell.occasion(now=clock.at + timedelta(days=30, hours=1)))
    assert much_later.product == first.product


async def test_when_only_the_refused_would_fit_it_says_so(model_only, clock, tell):
    picky = Rules(minimum_score=0.35)
    url = f"model://{model_only}"
    async with open_recommender(url, now=clock, rules=picky) as recommender:
        await recommender.observe(purchases(tell))
        first = await recommender.suggest(tell.occasion())
        await recommender.feedback(first.offer_id, FeedbackKind.DISMISSED, clock.at)
        later = tell.occasion(now=clock.at + timedelta(days=2))
        assert await recommender.suggest(later) == Silence.REFUSED_BEFORE


async def test_nothing_fits_when_nothing_reaches_the_threshold(model_only, clock, tell):
    url, never = f"model://{model_only}", Rules(minimum_score=1.0)
    async with open_recommender(url, now=clock, rules=never) as recommender:
        assert await recommender.suggest(tell.occasion()) == Silence.NOTHING_FITS


async def test_without_a_model_it_says_so(tmp_path, clock, tell):
    async with open_recommender(f"model://{tmp_path}/empty", now=clock) as recommender:
        assert await recommender.suggest(tell.occasion()) == Silence.NO_MODEL


async def test_a_loan_is_never_offered_without_a_purchase(served, tell):
    reading = [tell("article_read", "loan", "", days_ago=n) for n in range(1, 9)]
    await served.observe(reading)
    answer = await served.suggest(tell.occasion("article_read", "loan", ""))
    assert isinstance(answer, Silence) or answer.product not in {"easy_loan", "instalment"}


async def test_an_offer_expires_after_three_days(served, tell, clock):
    offer = await served.suggest(tell.occasion())
    assert offer.expires_at == clock.at + timedelta(hours=72)


async def test_forgetting_erases_the_events_and_what_was_drawn_from_them(model_only, clock, tell):
    async with open_recommender(f"model://{model_only}", now=clock) as recommender:
        await recommender.observe(purchases(tell))
        occasion = tell.occasion("purchase", "shop-of-a-secret-taste", "100-499")
        assert isinstance(await recommender.suggest(occasion), Suggestion)
        await recommender.forget("zhangwei", clock.at)
        await recommender.forget("zhangwei", clock.at)
        assert await recommender.suggest(occasion) == Silence.NO_CONSENT  # queued, now withdrawn
        assert rows(model_only, "events") == 0
        assert rows(model_only, "decisions") == 1  # that an offer was made stays a fact
        await recommender.observe(purchases(tell))  # told again by an outbox that repeats itself
        assert rows(model_only, "events") == 0
        for file in model_only.glob("events.db*"):
            assert b"secret-taste" not in file.read_bytes()
            assert b"shop_purchases" not in file.read_bytes()


async def test_consent_given_anew_starts_afresh_but_the_cap_goes_on(served, tell, clock):
    await served.suggest(tell.occasion())
    await served.forget("zhangwei", clock.at)
    soon = clock.at + timedelta(hours=1)
    await served.observe([tell(at=soon)])
    assert await served.suggest(tell.occasion(now=soon)) == Silence.CAP_DAY
    tomorrow = clock.at + timedelta(days=1)
    offer = await served.suggest(tell.occasion(now=tomorrow))
    assert {r.feature: r.value for r in offer.reasons}["shop_purchases"] == 3


async def test_a_trigger_of_another_customer_is_refused(served, tell):
    await served.suggest(tell.occasion(event_id="t-1"))
    with pytest.raises(RecommenderError, match="another customer"):
        await served.suggest(tell.occasion(event_id="t-1", customer="lina"))


async def test_feedback_is_counted_once_and_only_for_offers_that_exist(served, tell, model_only):
    offer = await served.suggest(tell.occasion())
    for _ in range(3):
        await served.feedback(offer.offer_id, FeedbackKind.SHOWN, offer.expires_at)
        await served.feedback("offer-of-nobody", FeedbackKind.SHOWN, offer.expires_at)
    assert rows(model_only, "feedback") == 1


async def test_a_closed_recommender_says_so(model_only, clock, tell):
    async with open_recommender(f"model://{model_only}", now=clock) as recommender:
        pass
    with pytest.raises(RecommenderError, match="closed"):
        await recommender.observe([tell()])


@pytest.mark.parametrize("url", ["memory://", "model://", "model://host/dir", "model:///", ""])
def test_a_url_that_names_no_directory_is_refused(url, clock):
    with pytest.raises(RecommenderError):
        open_recommender(url, now=clock)


async def test_a_text_that_is_no_text_is_refused_and_the_rest_of_its_batch_kept_out(
    served, tell, model_only
):
    with pytest.raises(RecommenderError):
        await served.observe([tell(), tell(product="half a pair: \ud83d")])
    assert rows(model_only, "events") == 0
    await served.observe([tell(product="长" * 100_000)])
    assert rows(model_only, "events") == 1


def test_a_url_names_its_directory_even_with_a_space_in_it():
    assert directory_of("model:///srv/my%20bank/recommender") == Path("/srv/my bank/recommender")


async def test_a_damaged_model_stops_the_opening(model_only, clock):
    version = (model_only / "models" / "current").read_text()
    (model_only / "models" / version / "weights.npz").write_bytes(b"")
    with pytest.raises(RecommenderError, match="damaged"):
        async with open_recommender(f"model://{model_only}", now=clock):
            pass


def test_a_server_never_loads_the_training_library():
    serve = "import sys, recommender.serving, recommender.open; sys.exit('sklearn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", serve], check=False).returncode == 0


async def test_the_hold_out_gets_no_offers_and_what_it_would_have_got_is_written_down(
    model_only, clock, tell
):
    everybody = Rules(hold_out_share=0.999999)
    url = f"model://{model_only}"
    async with open_recommender(url, now=clock, rules=everybody) as recommender:
        await recommender.observe(purchases(tell))
        assert await recommender.suggest(tell.occasion()) == Silence.HOLD_OUT
        assert await recommender.suggest(tell.occasion()) == Silence.CAP_DAY  # as if it had been
    connection = sqlite3.connect(model_only / "events.db")
    row = connection.execute("SELECT product, propensity, offer_id FROM decisions").fetchone()
    connection.close()
    assert row[0]
    assert 0 < row[1] <= 1
    assert row[2] is None


def test_the_hold_out_is_a_share_of_customers_and_the_same_for_good():
    held = [held_out(Rules(), f"customer-{number}") for number in range(20_000)]
    assert 0.045 < sum(held) / len(held) < 0.055
    assert held == [held_out(Rules(), f"customer-{number}") for number in range(20_000)]
    assert not any(held_out(Rules(hold_out_share=0), f"c{number}") for number in range(100))


async def test_every_offer_carries_the_chance_with_which_it_was_drawn(model_only, clock, tell):
    evenly = Rules(explore_evenly=1.0, minimum_score=0.0)
    url, drawn = f"model://{model_only}", []
    async with open_recommender(url, now=clock, rules=evenly) as recommender:
        for number in range(60):
            offer = await recommender.suggest(
                tell.occasion("purchase", "shop", "2000-9999", customer=f"c{number}")
            )
            if isinstance(offer, Suggestion):
                drawn.append((offer.product, offer.propensity))
    assert all(chance == pytest.approx(1 / 6) for _, chance in drawn)
    assert len({product for product, _ in drawn}) == 6


async def test_where_the_model_is_sure_nothing_is_tried_for_its_own_sake(served, tell):
    await served.observe(purchases(tell))
    offer = await served.suggest(tell.occasion("purchase", "shop", "100-499"))
    assert offer.propensity > 0.95
