"""Which steps `up` takes, and which of them wait for which."""

from stack.addresses import addresses
from stack.control import Control
from stack.credentials import Credentials
from stack.parts import LOOPBACK, MIGRATIONS, MLFLOW_SERVER, PARTS, POSTGRES, REDIS, SERVICES, WORKERS
from stack.programs import GUARD, Servers
from stack.provision import Server, provision
from stack.settings import Settings
from stack.tasks import BareTask, HttpTask, MigrationTask, PostgresTask, RedisTask, Task
from stack.watching import States, Watch


def tasks_of(settings: Settings, credentials: Credentials, servers: Servers, control: Control) -> list[Task]:
    """Return every step; one waits for those of `after` that are in the list."""
    home, states = settings.home, States(control)
    database = addresses(settings, credentials).databases.datasets

    def watch(name: str) -> Watch:
        return Watch(control, states, home, name)

    tasks: list[Task] = [BareTask(watch(GUARD))]
    if servers.cluster:
        server = Server(LOOPBACK, settings.ports[POSTGRES], credentials.postgres)
        tasks.append(
            PostgresTask(watch(POSTGRES), servers.cluster, lambda: provision(server, credentials.roles))
        )
    if servers.redis:
        tasks.append(RedisTask(watch(REDIS), servers.redis))
    ready = {part.name: settings.urls[part.name] + part.ready_path for part in PARTS}
    tasks.append(HttpTask(watch(MLFLOW_SERVER.name), (POSTGRES,), ready[MLFLOW_SERVER.name]))
    tasks.extend(MigrationTask(migration, (POSTGRES,), home, database) for migration in MIGRATIONS)
    after = (REDIS, *(migration.module for migration in MIGRATIONS))
    tasks.extend(HttpTask(watch(part.name), after, ready[part.name]) for part in SERVICES)
    tasks.extend(BareTask(watch(worker.name), after) for worker in WORKERS)
    return tasks
