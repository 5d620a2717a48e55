import pytest
from sklearn.datasets import load_wine
from sklearn.model_selection import train_test_split


@pytest.fixture(scope="session")
def wine():
    """Features and target of wine's training set, and the features of the rest."""
    features, target = load_wine(return_X_y=True, as_frame=True)
    features.columns = [name.replace("/", "__") for name in features.columns]
    training, rest, classes, _ = train_test_split(
        features, target, train_size=0.6, random_state=42, stratify=target
    )
    return training, classes, rest
