"""Where the fits of a training run: in this process, or on Dask's workers.

Called around a training. The training says `Parallel` and knows of no engine; each fit has one
thread wherever it runs, so both engines learn the same numbers to the last bit. A scheduler
takes whatever it is sent: name only one that nobody else can reach, or one behind TLS.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Final

from joblib import parallel_config

from recommender.contract import RecommenderError

ENGINES: Final = ("local", "dask")
_WORKERS: Final = 2
_REACHED_S: Final = 20.0


@contextmanager
def engine(name: str, scheduler: str | None = None) -> Iterator[None]:
    """Fits within the block run there; without a scheduler, Dask starts two workers of its own.

    RecommenderError: no such engine, Dask is not installed, or the scheduler cannot be reached.
    """
    if name not in ENGINES:
        raise RecommenderError(f"{name!r} is not an engine: use {' or '.join(ENGINES)}")
    if name == "local":
        if scheduler:
            raise RecommenderError("a scheduler goes with the engine dask")
        yield
        return
    try:
        from distributed import Client, LocalCluster  # noqa: PLC0415 - an extra, loaded when asked
    except ImportError as exc:
        raise RecommenderError("Dask is not installed: pip install 'elian[dask]'") from exc
    with ExitStack() as stack:
        try:
            at = scheduler or stack.enter_context(
                LocalCluster(  # type: ignore[no-untyped-call] # Dask has few types
                    n_workers=_WORKERS, threads_per_worker=1, dashboard_address=None
                )
            )
            stack.enter_context(Client(at, timeout=_REACHED_S))  # type: ignore[no-untyped-call] # as above
        except (OSError, ValueError) as exc:
            raise RecommenderError(f"the scheduler cannot be reached: {exc}") from exc
        stack.enter_context(parallel_config(backend="dask"))
        yield
