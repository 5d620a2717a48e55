"""The table of models: adding one means adding one entry here.

The bounds keep one request from taking the machine for hours; they are above what these models are used with.
"""

from collections.abc import Mapping
from types import MappingProxyType

from modelcatalogue.entry import Entry, Wrapper
from modelcatalogue.errors import UnknownModel
from modelcatalogue.values import Choice, Real, Values, Whole, either, one_of, or_null, positive

TREES = Whole(1, 2_000)
ITERATIONS = Whole(1, 10_000)
DEPTH = Whole(1, 1_000)
LEAVES = Whole(2, 100_000)
ROWS = Whole(1, 1_000_000)
SHARE = Real(0.0, 1.0, without_low=True)
OPEN_SHARE = Real(0.0, 1.0, without_low=True, without_high=True)
PENALTY = Real(0.0, 1e6)
STRENGTH = positive(1e6)
TOLERANCE = positive(1.0)
SEED = Whole(0, 2**32 - 1)
SWITCH = Choice((True, False))

NUMPY_DTYPE = "numpy.dtype"
TREE = "sklearn.tree._tree.Tree"

ONE_VS_REST = Wrapper(
    "sklearn.multiclass:OneVsRestClassifier", prefix="estimator__", argument="estimator", fixed={"n_jobs": 1}
)
# A vote of one is scikit-learn's way to number class labels 0, 1, ... for a model that takes only those.
NUMBERED_LABELS = Wrapper(
    "sklearn.ensemble:VotingClassifier",
    prefix="classifier__",
    argument="estimators",
    named=True,
    fixed={"voting": "soft", "n_jobs": 1},
)

TREE_GROWTH: dict[str, Values] = {
    "criterion": one_of("gini", "entropy", "log_loss"),
    "max_depth": or_null(DEPTH),
    "min_samples_split": either(Whole(2, 1_000_000), SHARE),
    "min_samples_leaf": either(ROWS, OPEN_SHARE),
    "min_weight_fraction_leaf": Real(0.0, 0.5),
    "max_features": either(Whole(1, 100_000), SHARE, one_of("sqrt", "log2", None)),
    "max_leaf_nodes": or_null(LEAVES),
    "min_impurity_decrease": PENALTY,
    "ccp_alpha": PENALTY,
    "random_state": SEED,
}

ENTRIES: Mapping[str, Entry] = MappingProxyType(
    {
        entry.name: entry
        for entry in (
            Entry(
                "LogisticRegression",
                "sklearn.linear_model:LogisticRegression",
                {
                    "C": STRENGTH,
                    "solver": one_of("lbfgs", "liblinear", "newton-cg", "newton-cholesky", "sag", "saga"),
                    "penalty": one_of("l1", "l2", "elasticnet", None),
                    "l1_ratio": or_null(Real(0.0, 1.0)),
                    "dual": SWITCH,
                    "tol": TOLERANCE,
                    "fit_intercept": SWITCH,
                    "intercept_scaling": STRENGTH,
                    "class_weight": one_of("balanced", None),
                    "max_iter": ITERATIONS,
                    "random_state": SEED,
                },
                trusted=(NUMPY_DTYPE,),
                wrapper=ONE_VS_REST,
                wrapped_when=("solver", "liblinear"),
            ),
            Entry(
                "RandomForest",
                "sklearn.ensemble:RandomForestClassifier",
                TREE_GROWTH
                | {
                    "n_estimators": TREES,
                    "bootstrap": SWITCH,
                    "oob_score": SWITCH,
                    "max_samples": either(ROWS, SHARE, one_of(None)),
                    "class_weight": one_of("balanced", "balanced_subsample", None),
                },
                trusted=(NUMPY_DTYPE, TREE),
                fixed={"n_jobs": 1},
                clamped={"n_estimators": 2, "max_samples": 10},
            ),
            Entry(
                "SVC",
                "sklearn.svm:SVC",
                {
                    "C": STRENGTH,
                    "kernel": one_of("linear", "poly", "rbf", "sigmoid"),
                    "degree": Whole(0, 20),
                    "gamma": either(one_of("scale", "auto"), Real(0.0, 1e6)),
                    "coef0": Real(-1e6, 1e6),
                    "shrinking": SWITCH,
                    "tol": TOLERANCE,
                    "class_weight": one_of("balanced", None),
                    "max_iter": either(Whole(1, 10_000_000), Whole(-1, -1)),
                    "decision_function_shape": one_of("ovo", "ovr"),
                    "break_ties": SWITCH,
                    "random_state": SEED,
                },
                trusted=(NUMPY_DTYPE,),
                clamped={"max_iter": 100},
            ),
            Entry(
                "HistGradientBoosting",
                "sklearn.ensemble:HistGradientBoostingClassifier",
                {
                    "learning_rate": positive(100.0),
                    "max_iter": TREES,
                    "max_leaf_nodes": or_null(LEAVES),
                    "max_depth": or_null(DEPTH),
                    "min_samples_leaf": ROWS,
                    "l2_regularization": PENALTY,
                    "max_features": SHARE,
                    "max_bins": Whole(2, 255),
                    "early_stopping": either(one_of("auto"), SWITCH),
                    "validation_fraction": either(OPEN_SHARE, one_of(None)),
                    "n_iter_no_change": Whole(1, 2_000),
                    "tol": Real(0.0, 1.0),
                    "class_weight": one_of("balanced", None),
                    "random_state": SEED,
                },
                trusted=(NUMPY_DTYPE, "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor"),
                clamped={"max_iter": 2},
            ),
            Entry(
                "KNeighbors",
                "sklearn.neighbors:KNeighborsClassifier",
                {
                    "n_neighbors": Whole(1, 10_000),
                    "weights": one_of("uniform", "distance"),
                    "algorithm": one_of("auto", "ball_tree", "kd_tree", "brute"),
                    "leaf_size": Whole(1, 10_000),
                    "p": positive(100.0),
                    "metric": one_of(
                        "minkowski", "euclidean", "manhattan", "chebyshev", "cosine", "canberra"
                    ),
                },
                trusted=(
                    NUMPY_DTYPE,
                    "sklearn.neighbors._kd_tree.KDTree",
                    "sklearn.neighbors._ball_tree.BallTree",
                    "sklearn.metrics._dist_metrics.EuclideanDistance64",
                    "sklearn.metrics._dist_metrics.ManhattanDistance64",
                    "sklearn.metrics._dist_metrics.MinkowskiDistance64",
                    "sklearn.metrics._dist_metrics.ChebyshevDistance64",
                    "sklearn.metrics._dist_metrics.CanberraDistance64",
                ),
                fixed={"n_jobs": 1},
                seeded=False,
                clamped={"n_neighbors": 5},
            ),
            Entry(
                "DecisionTree",
                "sklearn.tree:DecisionTreeClassifier",
                TREE_GROWTH
                | {"splitter": one_of("best", "random"), "class_weight": one_of("balanced", None)},
                trusted=(NUMPY_DTYPE, TREE),
            ),
            Entry(
                "XGBoost",
                "xgboost.sklearn:XGBClassifier",
                {
                    "n_estimators": TREES,
                    "learning_rate": positive(100.0),
                    "max_depth": Whole(0, 100),
                    "max_leaves": Whole(0, 100_000),
                    "max_bin": Whole(2, 4_096),
                    "grow_policy": one_of("depthwise", "lossguide"),
                    "booster": one_of("gbtree", "gblinear", "dart"),
                    "tree_method": one_of("auto", "exact", "approx", "hist"),
                    "gamma": PENALTY,
                    "min_child_weight": PENALTY,
                    "max_delta_step": PENALTY,
                    "subsample": SHARE,
                    "sampling_method": one_of("uniform"),
                    "colsample_bytree": SHARE,
                    "colsample_bylevel": SHARE,
                    "colsample_bynode": SHARE,
                    "reg_alpha": PENALTY,
                    "reg_lambda": PENALTY,
                    "num_parallel_tree": Whole(1, 20),
                    "random_state": SEED,
                },
                trusted=(
                    NUMPY_DTYPE,
                    "sklearn.utils._bunch.Bunch",
                    "xgboost.core.Booster",
                    "xgboost.sklearn.XGBClassifier",
                ),
                fixed={"n_jobs": 1, "verbosity": 0, "device": "cpu"},
                wrapper=NUMBERED_LABELS,
                clamped={"n_estimators": 2, "num_parallel_tree": 2},
            ),
            Entry(
                "LightGBM",
                "lightgbm.sklearn:LGBMClassifier",
                {
                    "n_estimators": TREES,
                    "learning_rate": positive(100.0),
                    "num_leaves": Whole(2, 131_072),
                    "max_depth": Whole(-1, 1_000),
                    "boosting_type": one_of("gbdt", "dart"),
                    "min_child_samples": Whole(0, 1_000_000),
                    "min_child_weight": PENALTY,
                    "min_split_gain": PENALTY,
                    "subsample": SHARE,
                    "subsample_freq": Whole(0, 1_000),
                    "subsample_for_bin": Whole(1, 10_000_000),
                    "colsample_bytree": SHARE,
                    "reg_alpha": PENALTY,
                    "reg_lambda": PENALTY,
                    "class_weight": one_of("balanced", None),
                    "random_state": SEED,
                },
                trusted=(
                    NUMPY_DTYPE,
                    "collections.OrderedDict",
                    "lightgbm.basic.Booster",
                    "lightgbm.sklearn.LGBMClassifier",
                ),
                fixed={"n_jobs": 1, "verbosity": -1, "deterministic": True, "force_row_wise": True},
                clamped={"n_estimators": 2},
            ),
        )
    }
)


def names() -> tuple[str, ...]:
    """List the models that there are, in the table's order."""
    return tuple(ENTRIES)


def entry(name: str) -> Entry:
    """Find a model's entry.

    Raises UnknownModel, which lists those that there are.
    """
    found = ENTRIES.get(name) if isinstance(name, str) else None
    if found is None:
        raise UnknownModel(name, ENTRIES)
    return found
