"""Boosted trees, grown by scikit-learn, as the plain numbers that a model keeps."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.tree import DecisionTreeRegressor

from services.leads.domain.learning.features import Row
from services.leads.domain.learning.model import Feature, Model, Tree

Numbers = NDArray[np.float64]

_RATE = 0.05
_DIGITS = 7


def grow(numbers: Numbers, outcomes: NDArray[np.int_], *, trees: int) -> GradientBoostingClassifier:
    """Small trees, each on half of the leads and some of the features, so that none knows too much."""
    return GradientBoostingClassifier(
        n_estimators=trees,
        learning_rate=_RATE,
        max_depth=5,
        max_leaf_nodes=8,
        min_samples_leaf=max(2, min(20, len(numbers) // 20)),
        subsample=0.5,
        max_features=0.4,
        random_state=0,
    ).fit(numbers, outcomes)


def read(features: Sequence[Feature], rows: Sequence[Row]) -> Numbers:
    """One line of numbers for each row."""
    reader = Model(intercept=0, features=tuple(features))
    return np.array([reader.numbers(row) for row in rows]).reshape(len(rows), len(features))


def as_model(
    grown: GradientBoostingClassifier, features: Sequence[Feature], *, times: float, plus: float
) -> Model:
    """The trees, with everything they say multiplied, and `plus` for every lead."""
    nothing = np.zeros((1, len(features)))
    trees, roots = zip(*(_tree(one) for one in grown.estimators_[:, 0]), strict=True)
    said = Model(intercept=sum(roots), features=tuple(features), trees=trees)
    start = float(grown.decision_function(nothing)[0]) - said.of_numbers([0.0] * len(features))
    louder = [
        tree.model_copy(update={"values": tuple(round(v * times, _DIGITS) for v in tree.values)})
        for tree in trees
    ]
    intercept = plus + times * (start + sum(roots))
    return Model(intercept=intercept, features=said.features, trees=tuple(louder))


def _tree(grown: DecisionTreeRegressor) -> tuple[Tree, float]:
    """The tree from its root on, and what the root says."""
    held = grown.tree_
    values = held.value[:, 0, 0] * _RATE
    leads = held.weighted_n_node_samples
    # Children come behind their parents; what an inner node says is the mean of what is below it.
    for node in range(held.node_count - 1, -1, -1):
        below, above = held.children_left[node], held.children_right[node]
        if below >= 0:
            weighed = values[below] * leads[below] + values[above] * leads[above]
            values[node] = weighed / (leads[below] + leads[above])
    is_leaf = held.children_left < 0
    tree = Tree(
        features=tuple(np.where(is_leaf, -1, held.feature).tolist()),
        limits=tuple(np.where(is_leaf, 0, held.threshold).round(_DIGITS).tolist()),
        below=tuple(held.children_left.tolist()),
        above=tuple(held.children_right.tolist()),
        values=tuple((values - values[0]).tolist()),
    )
    return tree, float(values[0])
