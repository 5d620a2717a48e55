"""The floor plan: who may import whom, and what may stand where."""

import ast
from graphlib import CycleError, TopologicalSorter

SERVICE_PACKAGES = {"simulator", "ml_model", "tracking", "monitoring", "predictor"}
MAY_IMPORT = {
    "web.controller": {"web", "service", "utils"},
    "web.schema": {"web", "service", "persistence.model", "learning", "serving", "utils"},
    "worker": {"worker", "background", "scheduling", "service", "client", "config", "utils"},
    "workload": {"workload", "tools", "client", "utils"},
    "service": {"service", "persistence", "client", "learning", "serving", "config", "utils", "tabular"},
    "learning": {"learning", "utils"},
    "serving": {"serving", "utils"},
    "tabular": {"tabular", "serving", "utils"},
    "client": {"client", "config", "utils"},
    "persistence.repository": {"persistence", "config", "utils"},
    "persistence.model": {"persistence.model", "config", "utils"},
    "config": {"config"},
    "utils": {"utils"},
}
MOST_HANDLER_LINES = 12
HANDLERS = {"get", "post", "put", "patch", "delete"}


def inner_target(module, imported):
    """The layer of the same package that an import reaches, or None."""
    package, _, rest = imported.partition(".")
    if package != module.package or not rest:
        return None
    parts = rest.split(".")
    return ".".join(parts[:2]) if parts[0] in {"web", "persistence"} else parts[0]


def test_imports_go_one_way_through_the_layers(service_modules):
    wrong = []
    for module in service_modules:
        allowed = MAY_IMPORT.get(module.layer)
        for imported in module.imports() if allowed is not None else []:
            target = inner_target(module, imported)
            if target and not any(target == layer or target.startswith(f"{layer}.") for layer in allowed):
                wrong.append(f"{module.name} ({module.layer}) imports {imported}")
    assert wrong == []


def test_a_service_never_imports_another_service_or_the_stack(service_modules):
    foreign = SERVICE_PACKAGES | {"stack"}
    wrong = [
        f"{module.name} imports {imported}"
        for module in service_modules
        for imported in module.imports()
        if imported.split(".")[0] in foreign - {module.package}
    ]
    assert wrong == []


def test_libraries_know_no_service_and_servicekit_no_domain(library_modules):
    wrong = []
    for module in library_modules:
        forbidden = SERVICE_PACKAGES | {"stack"}
        if module.package == "servicekit":
            forbidden |= {"datasetdb", "modelcatalogue", "journal", "jobqueue"}
        wrong += [
            f"{module.name} imports {imported}"
            for imported in module.imports()
            if imported.split(".")[0] in forbidden
        ]
    assert wrong == []


def test_nothing_below_the_web_layer_imports_flask(service_modules):
    wrong = [
        f"{module.name} imports {imported}"
        for module in service_modules
        if module.layer.split(".")[0] in {"service", "persistence", "client", "config", "utils"}
        for imported in module.imports()
        if imported.split(".")[0] in {"flask", "flask_restful", "flask_sqlalchemy"}
    ]
    assert wrong == []


def test_controllers_have_short_handlers_without_try(service_modules):
    wrong = []
    for module in service_modules:
        if module.layer != "web.controller":
            continue
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Try):
                wrong.append(f"{module.name}:{node.lineno} has a try")
            if isinstance(node, ast.FunctionDef) and node.name in HANDLERS:
                lines = node.end_lineno - node.body[0].lineno + 1
                if lines > MOST_HANDLER_LINES:
                    wrong.append(f"{module.name}.{node.name} has {lines} lines")
    assert wrong == []


def test_queries_stand_in_repositories_only(service_modules, library_modules):
    wrong = []
    for module in [*service_modules, *library_modules]:
        if "repository" in module.name.split(".") or module.package == "servicekit":
            continue
        for node in ast.walk(module.tree):
            called = node.func if isinstance(node, ast.Call) else None
            if isinstance(called, ast.Name) and called.id == "select":
                wrong.append(f"{module.name}:{node.lineno}")
    assert wrong == []


def test_services_read_the_environment_in_their_settings_only(service_modules):
    wrong = []
    for module in service_modules:
        if module.name.endswith("config.settings"):
            continue
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"}:
                parent_reads = not _is_written(module.tree, node)
                if parent_reads:
                    wrong.append(f"{module.name}:{node.lineno}")
    assert wrong == []


def _is_written(tree, attribute):
    """Whether `os.environ` stands on the left of an assignment or in a call of setdefault or update."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            targets = [t.value for t in node.targets if isinstance(t, ast.Subscript)]
            if attribute in targets:
                return True
        is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if is_call and node.func.value is attribute and node.func.attr in {"setdefault", "update"}:
            return True
    return False


def test_no_circle_of_imports(all_modules):
    names = {module.name for module in all_modules}
    graph = {}
    for module in all_modules:
        targets = set()
        for node in module.tree.body:
            if isinstance(node, ast.ImportFrom) and node.module:
                for alias in node.names:
                    full = f"{node.module}.{alias.name}"
                    targets.add(full if full in names else node.module)
            elif isinstance(node, ast.Import):
                targets |= {alias.name for alias in node.names}
        graph[module.name] = (targets & names) - {module.name}
    try:
        list(TopologicalSorter(graph).static_order())
    except CycleError as circle:
        raise AssertionError(f"circle of imports: {circle.args[1]}") from circle
