# One image for each service: docker build -f docker/service.Dockerfile --build-arg SERVICE=simulator .
# The only place that names the base; the versions of everything else stand in requirements/.
ARG BASE=python:3.12-slim

FROM ${BASE} AS installer
ENV UV_CACHE_DIR=/cache PYC_INVALIDATION_MODE=UNCHECKED_HASH UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never PIP_ROOT_USER_ACTION=ignore \
    PIP_DISABLE_PIP_VERSION_CHECK=1
RUN --mount=type=bind,source=requirements/all.txt,target=/all.txt \
    awk '/^uv==/ {found = 1} found {print; if (!/\\$/) exit}' /all.txt > /uv.txt \
    && apt-get update -qq && apt-get install -y -qq --no-install-recommends binutils > /dev/null \
    && rm -rf /var/lib/apt/lists/* \
    && pip install --quiet --no-cache-dir --require-hashes --no-deps --requirement /uv.txt

FROM installer AS dependencies
ARG SERVICE
COPY docker/strip.sh docker/compile.sh /
RUN --mount=type=bind,source=requirements/${SERVICE}.txt,target=/requirements.txt \
    --mount=type=cache,target=/cache \
    uv venv --quiet /opt/environment \
    && uv pip install --quiet --python /opt/environment --require-hashes --requirement /requirements.txt \
    && sh /strip.sh /opt/environment \
    && sh /compile.sh /opt/environment

FROM installer AS code
ARG SERVICE
# The package that runs, with those of the workspace that it needs; the service's own unless told otherwise.
ARG PACKAGE=${SERVICE}
WORKDIR /source
COPY . .
RUN python docker/members.py "${PACKAGE}" . \
    | xargs uv pip install --quiet --compile-bytecode --no-deps --target /opt/code

FROM ${BASE}
ARG SERVICE
ARG PACKAGE=${SERVICE}
ARG VERSION=0.1.0
LABEL org.opencontainers.image.title="mlops-${PACKAGE}" \
      org.opencontainers.image.description="MLOps Microservices: ${PACKAGE}" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.licenses="MIT"
# libgomp: LightGBM's threads. 10001: above every account of a usual host, so that no file of it is its by accident.
RUN --mount=type=bind,source=requirements/${SERVICE}.txt,target=/requirements.txt \
    if grep -q '^lightgbm==' /requirements.txt; then \
        apt-get update -qq && apt-get install -y -qq --no-install-recommends libgomp1 > /dev/null \
        && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/log/*.log /var/log/apt/*; \
    fi \
    && useradd --uid 10001 --user-group --no-create-home --home-dir /state --shell /usr/sbin/nologin app \
    && install --directory --owner app --group app --mode 700 /state
COPY --from=dependencies /opt/environment /opt/environment
COPY docker/healthy.py /opt/
COPY --from=code /opt/code /opt/code
ENV PATH=/opt/environment/bin:${PATH} PYTHONPATH=/opt/code PYTHONSAFEPATH=1 PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 HOME=/tmp \
    DO_NOT_TRACK=true MLFLOW_DISABLE_TELEMETRY=true
USER 10001:10001
WORKDIR /tmp
