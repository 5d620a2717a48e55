"""The wine models that every server serves, the rows they are asked about and what scikit-learn answers."""

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from simulator.service.source_catalogue import load_source
from simulator.service.splitting import split

SEED = 42
SINGLE_ROWS = 500
BATCHES, BATCH_ROWS = 4, 1000
Rows = NDArray[np.float64]


@dataclass(frozen=True)
class Expected:
    """What scikit-learn answers for some rows; shapes (n,) and (n, classes)."""

    labels: NDArray[Any]
    probabilities: Rows


@dataclass(frozen=True)
class WineModel:
    """A fitted pipeline with the rows to ask it about."""

    name: str
    pipeline: Pipeline
    training: pd.DataFrame
    target: pd.Series
    rows: Rows
    batches: tuple[Rows, ...] = field(repr=False)

    @property
    def features(self) -> list[str]:
        """Name the columns in their order."""
        return list(self.training.columns)

    def expected(self, rows: Rows) -> Expected:
        """Ask scikit-learn itself."""
        return Expected(self.pipeline.predict(rows), self.pipeline.predict_proba(rows))

    @cached_property
    def singles(self) -> list[Expected]:
        """Return what is right for each row alone."""
        whole = self.expected(self.rows)
        return [
            Expected(whole.labels[[place]], whole.probabilities[[place]]) for place in range(len(self.rows))
        ]

    def named(self) -> Pipeline:
        """Return the same pipeline, fitted so that it knows the columns' names."""
        return clone(self.pipeline).fit(self.training, self.target)

    def write(self, directory: Path) -> Path:
        """Store the pipeline as the servers load it."""
        path = directory / f"{self.name}.joblib"
        joblib.dump(self.pipeline, path)
        return path


def wine_models(forest_jobs: int = 1) -> list[WineModel]:
    """Fit the three models on the training split; their rows are wines with noise of half a deviation."""
    training, target = split(load_source("wine"), "training", SEED)
    draw = np.random.default_rng(SEED)
    deviations = training.std().to_numpy()

    def made_up(count: int) -> Rows:
        base = training.to_numpy()[draw.integers(len(training), size=count)]
        noise = draw.normal(size=base.shape) * deviations / 2
        return np.asarray(np.round(np.abs(base + noise), 4), dtype=np.float64)

    rows, batches = made_up(SINGLE_ROWS), tuple(made_up(BATCH_ROWS) for _ in range(BATCHES))
    estimators = {
        "logistic_regression": LogisticRegression(max_iter=1000, random_state=SEED),
        "svc": CalibratedClassifierCV(SVC(random_state=SEED), ensemble=False),
        "random_forest": RandomForestClassifier(100, random_state=SEED, n_jobs=forest_jobs),
    }
    found = []
    for name, estimator in estimators.items():
        steps = [("imputer", SimpleImputer()), ("scaler", StandardScaler()), ("model", estimator)]
        pipeline = Pipeline(steps).fit(training.to_numpy(), target)
        found.append(WineModel(name, pipeline, training, target, rows, batches))
    return found
