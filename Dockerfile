# docker build --tag vidsort .   (compose.yaml says how it is run, docs/operations.md who comes in)
FROM python:3.11-slim AS build
WORKDIR /src
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY vidsort vidsort
RUN python -m venv /opt/vidsort \
    && /opt/vidsort/bin/pip install --no-cache-dir --disable-pip-version-check --constraint constraints.txt .

FROM python:3.11-slim
COPY --from=build /opt/vidsort /opt/vidsort
# Owned by who runs it, so that a fresh volume is, too. What lies in its place at home is not wanted after a stop.
RUN useradd --uid 1000 --no-create-home --home-dir /tmp vidsort \
    && install --directory --owner=vidsort --group=vidsort /data /videos
# All that is written lies in the two volumes and in /tmp: users.toml and vidsort.toml beside the artifacts.
ENV PATH=/opt/vidsort/bin:$PATH \
    HOME=/tmp \
    PYTHONDONTWRITEBYTECODE=1 \
    VIDSORT_DATA_DIR=/videos \
    VIDSORT_ARTIFACTS_DIR=/data/artifacts \
    VIDSORT_HOST=0.0.0.0 \
    VIDSORT_PORT=8000
USER vidsort
WORKDIR /data
VOLUME ["/data", "/videos"]
EXPOSE 8000
# A server that asks who it is lives as well (401).
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s CMD ["python", "-c", "import http.client, sys; c = http.client.HTTPConnection('127.0.0.1', 8000, timeout=5); c.request('GET', '/healthz'); sys.exit(c.getresponse().status not in (200, 401))"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["vidsort"]
CMD ["serve"]
