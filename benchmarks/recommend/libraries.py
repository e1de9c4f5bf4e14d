"""What do libraries reach when they are given the same recency recipe, tuned alike?

`retail.py` asks it, in the same run and of the same rows. Settings are chosen on the validation
split T = 2011-07-01 only, then the test splits are run. Needs the group `bench` (implicit, scipy).
"""

import itertools
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from pismo.recommend.measure import LETTER, LIST, _go_back

if TYPE_CHECKING:
    import duckdb

VALIDATION = "2011-07-01"
GRID = {"pair_half_life": (60.0, 120.0), "neighbours": (20, 50), "power": (0.4, 0.6)}
Scores = "np.ndarray[Any, np.dtype[np.float64]]"


@dataclass(frozen=True)
class Split:
    """One time split as matrices: people × products with ages in days, truth of `who`."""

    people: Any
    ages: Any
    who: Any
    truth: Any
    stock: Any


def load(engine: "duckdb.DuckDBPyConnection", at: str) -> Split:
    moment = datetime.fromisoformat(at)
    _go_back(engine, moment, 60)
    rows = engine.sql(
        "SELECT subscriber_id AS u, product_id AS i, "
        f"min(epoch(TIMESTAMP '{at}') - epoch(ts)) / 86400 AS age FROM purchases "
        f"WHERE ts < TIMESTAMP '{at}' GROUP BY u, i"
    ).fetchnumpy()
    users, u = np.unique(rows["u"].astype(str), return_inverse=True)
    items, i = np.unique(rows["i"].astype(str), return_inverse=True)
    truth = engine.sql("SELECT subscriber_id AS u, product_id AS i FROM truth").fetchnumpy()
    stock = engine.sql("SELECT product_id AS i FROM stock").fetchnumpy()["i"].astype(str)
    who, row = np.unique(np.searchsorted(users, truth["u"].astype(str)), return_inverse=True)
    column = np.searchsorted(items, truth["i"].astype(str))
    shape = (len(users), len(items))
    return Split(
        people=sparse.csr_matrix((np.ones(len(u)), (u, i)), shape=shape),
        ages=sparse.csr_matrix((rows["age"] + 1e-9, (u, i)), shape=shape),
        who=who,
        truth=sparse.csr_matrix((np.ones(len(row)), (row, column)), shape=(len(who), len(items))),
        stock=np.isin(items, stock),
    )


def decayed(split: Split, half_life: float) -> Any:
    made = split.ages.copy()
    made.data = 0.5 ** (made.data / half_life)
    return made


def popularity(split: Split) -> Any:
    return np.asarray(decayed(split, 14.0).sum(0)).ravel() + 1e-6


def by_neighbours(make: Callable[[int], Any]) -> Callable[[Split, Mapping[str, float]], Any]:
    """Score with an item-item model of implicit: our history, their similarity."""

    def score(split: Split, setting: Mapping[str, float]) -> Any:
        model = make(int(setting["neighbours"]) + 1)
        model.fit(decayed(split, setting["pair_half_life"]), show_progress=False)
        history = decayed(split, 120.0)[split.who]
        return np.asarray((history @ model.similarity).todense())

    return score


def by_als(split: Split, setting: Mapping[str, float]) -> Any:
    from implicit.als import AlternatingLeastSquares

    model = AlternatingLeastSquares(
        factors=64, iterations=int(setting["neighbours"]) // 2, random_state=1, num_threads=2
    )
    model.fit(decayed(split, setting["pair_half_life"]) * 20, show_progress=False)
    scores = model.user_factors[split.who] @ model.item_factors.T
    return scores - scores.min(1, keepdims=True)


def by_ease(split: Split, setting: Mapping[str, float]) -> Any:
    matrix = decayed(split, setting["pair_half_life"])
    gram = np.asarray((matrix.T @ matrix).todense())
    gram[np.diag_indices_from(gram)] += float(setting["neighbours"])
    inverse = np.linalg.inv(gram)
    weights = -inverse / np.diag(inverse)
    weights[np.diag_indices_from(weights)] = 0
    history = decayed(split, 120.0)[split.who]
    return np.maximum(history @ weights, 0)


def by_popularity(split: Split, setting: Mapping[str, float]) -> Any:  # noqa: ARG001  # one shape
    return np.ones((len(split.who), split.people.shape[1]))


def quality(split: Split, scores: Any, power: float) -> tuple[float, float]:
    scores = (scores + 1e-9) * popularity(split) ** power
    scores[:, ~split.stock] = -np.inf
    scores[split.people[split.who].nonzero()] = -np.inf
    top = np.argsort(-scores, axis=1, kind="stable")[:, :LIST]
    rows = np.arange(len(split.who))
    hits = np.stack([np.asarray(split.truth[rows, top[:, n]]).ravel() for n in range(LIST)], 1)
    weights = 1 / np.log2(np.arange(2, LIST + 2))
    bought = np.asarray(split.truth.sum(1)).ravel().astype(int)
    best = np.cumsum(weights)[np.minimum(bought, LIST) - 1]
    return float(((hits @ weights) / best).mean()), float(hits[:, :LETTER].any(1).mean())


def methods() -> dict[str, Callable[[Split, Mapping[str, float]], Any]]:
    from implicit.nearest_neighbours import BM25Recommender, CosineRecommender

    return {
        "popular lately": by_popularity,
        "implicit cosine": by_neighbours(lambda k: CosineRecommender(K=k, num_threads=2)),
        "implicit BM25": by_neighbours(
            lambda k: BM25Recommender(K=k, K1=100, B=0.5, num_threads=2)
        ),
        "implicit ALS (64)": by_als,
        "EASE^R": by_ease,
    }


def settings() -> Iterator[dict[str, float]]:
    for values in itertools.product(*GRID.values()):
        yield dict(zip(GRID, values, strict=True))


def compared(engine: "duckdb.DuckDBPyConnection", moments: Sequence[str]) -> Iterator[list[str]]:
    """Yield a row for each method: its name, NDCG@10 on validation, both figures at each moment."""
    warnings.simplefilter("ignore")  # implicit talks about BLAS threads
    validation = load(engine, VALIDATION)
    tests = [load(engine, at) for at in moments]
    for name, score in methods().items():
        tried = []
        for setting in settings():
            reached, _ = quality(validation, score(validation, setting), setting["power"])
            tried.append((reached, setting))
        best, chosen = max(tried, key=lambda pair: pair[0])
        cells = [quality(test, score(test, chosen), chosen["power"]) for test in tests]
        shown = [f"{ndcg:.4f}, {hit:.4f}" for ndcg, hit in cells]
        yield [f"{name}, recency recipe", f"{best:.4f}", *shown]
