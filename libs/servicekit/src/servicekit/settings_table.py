"""The settings of a service as a Markdown table, read from the settings class itself."""

from typing import Any

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from pydantic_settings import BaseSettings


def environment_name(settings: type[BaseSettings], name: str, field: FieldInfo) -> str:
    """Return the environment variable that sets a field."""
    alias = field.validation_alias
    prefix = settings.model_config.get("env_prefix", "")
    return alias if isinstance(alias, str) else f"{prefix}{name}".upper()


def settings_table(settings: type[BaseSettings]) -> str:
    """Return one row for each setting: environment variable, default, meaning."""
    rows = ["| setting | default | meaning |", "| --- | --- | --- |"]
    for name, field in sorted(settings.model_fields.items(), key=lambda item: item[0]):
        variable = environment_name(settings, name, field)
        rows.append(f"| `{variable}` | {_default(field)} | {field.description or ''} |")
    return "\n".join(rows) + "\n"


def _default(field: FieldInfo) -> str:
    default: Any = field.get_default(call_default_factory=True)
    if default is PydanticUndefined:
        return "required"
    if default is None or isinstance(default, SecretStr):
        return "not set"
    return f"`{default}`"
