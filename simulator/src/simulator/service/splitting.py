"""The stratified split of a source into training, testing and production sets."""

from typing import Literal

import pandas as pd
from sklearn.model_selection import train_test_split

from simulator.service.source_catalogue import SourceData

SetName = Literal["training", "testing", "production"]

TRAINING_SHARE = 0.6
TESTING_SHARE_OF_REST = 0.5


def split(source: SourceData, set_name: SetName, seed: int) -> tuple[pd.DataFrame, pd.Series]:
    """Return the features and targets of one set: 60 %, 20 % and 20 % of the source.

    Always draws all three, so a set holds the same rows in the same order whatever was asked for before.
    Rows are numbered by their place in the draw, because cross-validation folds follow that order.
    """
    training, rest, training_target, rest_target = train_test_split(
        source.features,
        source.target,
        train_size=TRAINING_SHARE,
        random_state=seed,
        stratify=source.target,
    )
    testing, production, testing_target, production_target = train_test_split(
        rest, rest_target, train_size=TESTING_SHARE_OF_REST, random_state=seed, stratify=rest_target
    )
    sets = {
        "training": (training, training_target),
        "testing": (testing, testing_target),
        "production": (production, production_target),
    }
    features, target = sets[set_name]
    return features.reset_index(drop=True), target.reset_index(drop=True)
