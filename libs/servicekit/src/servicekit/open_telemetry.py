"""OpenTelemetry's side of `servicekit.tracing`; imported only where an endpoint is set."""

import importlib
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from multiprocessing.util import Finalize
from typing import Any

from flask import Flask
from opentelemetry import propagate, trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.wsgi import OpenTelemetryMiddleware
from opentelemetry.sdk.resources import SERVICE_INSTANCE_ID, SERVICE_NAME, SERVICE_VERSION, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import (
    Decision,
    ParentBased,
    Sampler,
    SamplingResult,
    TraceIdRatioBased,
)
from opentelemetry.trace import Link, SpanKind, TraceState
from opentelemetry.util.types import Attributes

from servicekit.settings import ServiceSettings

_CLIENTS = {
    "httpx": "HTTPXClientInstrumentor",
    "requests": "RequestsInstrumentor",
    "psycopg2": "Psycopg2Instrumentor",
}
_UNTRACED = frozenset({"/health", "/ready", "/metrics"})


def begin(app: Flask, version: str, settings: ServiceSettings) -> "OpenTelemetrySpans":
    """Trace this process: its requests, and its calls to peers, MLflow and the database."""
    # The names that the conventions have settled on, for whoever did not choose others.
    os.environ.setdefault("OTEL_SEMCONV_STABILITY_OPT_IN", "http,database")
    # A collector that is away must not hold back the end of a process.
    os.environ.setdefault("OTEL_EXPORTER_OTLP_TIMEOUT", "3")
    resource = Resource.create(
        {SERVICE_NAME: app.name, SERVICE_VERSION: version, SERVICE_INSTANCE_ID: f"{app.name}-{os.getpid()}"}
    )
    provider = TracerProvider(
        resource=resource,
        sampler=ParentBased(root=_RequestsAndJobs(settings.otlp_sampled_share)),
    )
    endpoint = f"{str(settings.otlp_endpoint).rstrip('/')}/v1/traces"
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint)))
    trace.set_tracer_provider(provider)
    # The server's workers are ended by multiprocessing, which knows nothing of atexit.
    Finalize(None, provider.shutdown, exitpriority=1)
    for library, instrumentor in _CLIENTS.items():
        if library in sys.modules:
            module = importlib.import_module(f"opentelemetry.instrumentation.{library}")
            getattr(module, instrumentor)().instrument(skip_dep_check=True)
    app.wsgi_app = _TracedRequests(app.wsgi_app)  # type: ignore[method-assign]
    return OpenTelemetrySpans(provider)


class OpenTelemetrySpans:
    """The spans of this process."""

    def __init__(self, provider: TracerProvider) -> None:
        self._provider = provider
        self._tracer = provider.get_tracer("servicekit")

    def note(self, method: str, route: str, request_id: str) -> None:
        """Tell the span of a request what is known at its end."""
        span = trace.get_current_span()
        span.update_name(f"{method} {route}")
        span.set_attributes({"http.route": route, "request_id": request_id})

    def trace_id(self) -> str | None:
        """Return the id of the trace that goes on here."""
        context = trace.get_current_span().get_span_context()
        return trace.format_trace_id(context.trace_id) if context.is_valid else None

    @contextmanager
    def sending(self, name: str, headers: dict[str, str]) -> Iterator[None]:
        """Have a message sent in a span of its own, whose place goes into the headers."""
        with self._tracer.start_as_current_span(f"send {name}", kind=SpanKind.PRODUCER):
            propagate.inject(headers)
            yield

    @contextmanager
    def receiving(self, name: str, headers: Mapping[str, str]) -> Iterator[None]:
        """Have a message worked on in a span below that of its sender."""
        sender = propagate.extract(headers)
        with self._tracer.start_as_current_span(f"process {name}", sender, SpanKind.CONSUMER):
            yield

    def flush(self) -> None:
        """Send what was not sent yet."""
        self._provider.force_flush()


class _TracedRequests:
    """The WSGI app in front of everything: a span for each request that is not a probe."""

    def __init__(self, behind: Any) -> None:
        self._behind = behind
        self._traced = OpenTelemetryMiddleware(behind)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        answer = self._behind if environ["PATH_INFO"] in _UNTRACED else self._traced
        answered: Iterable[bytes] = answer(environ, start_response)
        return answered


class _RequestsAndJobs(Sampler):
    """Begins a trace with a share of the requests and jobs, and never with what a thread does beside them."""

    def __init__(self, share: float) -> None:
        self._share = TraceIdRatioBased(share)

    def should_sample(  # noqa: PLR0913, PLR0917 - OpenTelemetry's own signature
        self,
        parent_context: Context | None,
        trace_id: int,
        name: str,
        kind: SpanKind | None = None,
        attributes: Attributes = None,
        links: Sequence[Link] | None = None,
        trace_state: TraceState | None = None,
    ) -> SamplingResult:
        """Drop what calls a database or a peer outside of a trace."""
        if kind == SpanKind.CLIENT:
            return SamplingResult(Decision.DROP)
        return self._share.should_sample(parent_context, trace_id, name, kind, attributes, links, trace_state)

    def get_description(self) -> str:
        """Return how this sampler is called."""
        return f"RequestsAndJobs{{{self._share.get_description()}}}"
