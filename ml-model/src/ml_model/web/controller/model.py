"""The model: look at it, train it, score it."""

from flask_restful import Resource

from ml_model.service.evaluation import Evaluation
from ml_model.service.model_status import ModelStatus
from ml_model.service.training import Training
from ml_model.web.schema.scoring import ModelAnswer, ScoreAnswer, ScoreRequest
from modelcatalogue.entries import names
from servicekit.errors import Conflict, NotFound
from servicekit.web.operation import operation


class Model(Resource):  # type: ignore[misc]
    """`/root/ml`."""

    def __init__(self, status: ModelStatus, training: Training, evaluation: Evaluation) -> None:
        self._status = status
        self._training = training
        self._evaluation = evaluation

    @operation("Tell which model is deployed, trained and how it scored", {200: ModelAnswer})
    def get(self) -> ModelAnswer:
        """Answer what is deployed and trained."""
        return ModelAnswer.of(self._status.current(), names())

    @operation(
        "Train the deployed model, or score the trained one on a set",
        {200: ScoreAnswer},
        body=ScoreRequest,
        errors=(NotFound, Conflict),
    )
    def post(self, body: ScoreRequest) -> ScoreAnswer:
        """Train on the training set, score on any other."""
        if body.dataset == "training":
            return ScoreAnswer.of(self._training.train(body.source))
        return ScoreAnswer.of(self._evaluation.evaluate(body.dataset, body.source))
