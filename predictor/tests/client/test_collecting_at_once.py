"""Several collectors at one time."""

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from predictor.client.observed_database import ObservedDatabase
from predictor.service.collection import Collection, CollectionRules
from servicekit.database_url import driver_url

STEPS = 52
LOOK_UP = "SELECT name FROM customers WHERE id = $1"


def test_no_call_is_counted_twice_or_lost(fresh_url, observed_server, observed_url):
    engine = create_engine(driver_url(fresh_url))

    def collect(_):
        with Session(engine) as session:
            return Collection(session, ObservedDatabase(observed_url), CollectionRules("shop")).collect()

    def call(number):
        observed_server.execute(LOOK_UP.replace("$1", str(number)), url=observed_url)

    collect(0)
    with ThreadPoolExecutor(4) as pool:
        running = [pool.submit(collect if number % 4 == 0 else call, number) for number in range(STEPS)]
        summaries = [each.result() for each in running if each.result() is not None]
    collect(0)
    with engine.connect() as connection:
        (calls,) = connection.execute(
            text(
                "SELECT sum(calls) FROM predictor.metrics_pg_stats_query JOIN predictor.query_texts "
                "USING (database_name, query_hash) WHERE query = :query"
            ),
            {"query": LOOK_UP},
        ).one()
    engine.dispose()
    assert calls == sum(number % 4 != 0 for number in range(STEPS))
    assert len(summaries) > 5
    assert not any(summary.is_first for summary in summaries)
