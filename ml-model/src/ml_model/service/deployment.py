"""Deploy a model: from the catalogue, or as a run tuned it."""

from dataclasses import dataclass
from typing import Any

from sklearn.base import clone

from ml_model.client.run_models import NoSuchModel, NoSuchRun, RunModel, RunModels
from ml_model.persistence.model.record import DeploymentRecord
from ml_model.persistence.repository.deployments import Deployments, NewDeployment
from ml_model.service.errors import (
    InvalidHyperparameters,
    ModelNotFound,
    RunMismatch,
    RunModelRefused,
    RunNotFound,
    RunWithoutModel,
)
from ml_model.service.model_series import ModelSeries
from ml_model.service.run_pipeline import differences, preprocessing_of
from ml_model.utils.digest import sha256
from modelcatalogue.errors import HyperparameterError, UnknownModel, UnreadableModel
from modelcatalogue.hyperparameters import validate
from modelcatalogue.pipelines import STANDARD
from modelcatalogue.storage import dumps, loads
from modelcatalogue.try_out import try_out
from servicekit.database import AnySession, transaction
from servicekit.logs import get_logger

log = get_logger(__name__)


@dataclass(frozen=True)
class DeployOrder:
    """Which model to deploy; with a run, that run's model, which must be the one described here."""

    model_name: str
    hyperparameters: dict[str, Any]
    preprocessing: str | None = None
    run_id: str | None = None
    model_uri: str | None = None


class Deployment:
    """The use case of deploying."""

    def __init__(self, session: AnySession, runs: RunModels, series: ModelSeries) -> None:
        self._session = session
        self._runs = runs
        self._series = series

    def deploy(self, order: DeployOrder) -> DeploymentRecord:
        """Make a model the deployed one; the same again changes nothing.

        Raises:
            ModelNotFound, InvalidHyperparameters, RunNotFound, RunWithoutModel, RunModelRefused,
            RunMismatch, MlflowUnavailable
        """
        self._check(order)
        new = self._from_catalogue(order) if order.run_id is None else self._from_run(order, order.run_id)
        with transaction(self._session):
            deployments = Deployments(self._session)
            deployments.lock()
            latest = deployments.latest()
            if latest is not None and new.is_like(latest):
                return latest
            added = deployments.add(new)
        self._series.deployed(added.model_name)
        log.info("model deployed", model_name=added.model_name, run_id=added.run_id)
        return added

    def _check(self, order: DeployOrder) -> None:
        try:
            validate(order.model_name, order.hyperparameters)
            if order.run_id is None:
                try_out(order.model_name, order.hyperparameters)
        except UnknownModel as fault:
            raise ModelNotFound(fault) from fault
        except HyperparameterError as fault:
            raise InvalidHyperparameters(fault) from fault

    def _from_catalogue(self, order: DeployOrder) -> NewDeployment:
        return NewDeployment(order.model_name, order.hyperparameters, order.preprocessing or STANDARD)

    def _from_run(self, order: DeployOrder, run_id: str) -> NewDeployment:
        found = self._fetch(order, run_id)
        try:
            pipeline = loads(found.data)
        except UnreadableModel as fault:
            raise RunModelRefused(run_id, str(fault)) from fault
        preprocessing = preprocessing_of(pipeline)
        different = differences(pipeline, order.model_name, order.hyperparameters)
        if order.preprocessing not in {None, preprocessing}:
            different["preprocessing"] = (order.preprocessing, preprocessing)
        if different:
            raise RunMismatch(run_id, different)
        return NewDeployment(
            model_name=order.model_name,
            hyperparameters=order.hyperparameters,
            preprocessing=preprocessing,
            run_id=run_id,
            artifact_sha256=sha256(found.data),
            pipeline=dumps(clone(pipeline)),
        )

    def _fetch(self, order: DeployOrder, run_id: str) -> RunModel:
        try:
            return self._runs.fetch(run_id, order.model_uri)
        except NoSuchRun as fault:
            raise RunNotFound(run_id) from fault
        except NoSuchModel as fault:
            raise RunWithoutModel(run_id, str(fault)) from fault
