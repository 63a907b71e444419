# The web process, its worker and its clock. Neither torch nor a model is in it.

FROM node:24.11-bookworm-slim AS frontend
WORKDIR /build
COPY frontend/package.json frontend/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY frontend ./
RUN npm run build

FROM python:3.11-slim-bookworm AS libraries
WORKDIR /srv/dragonfly
COPY pyproject.toml constraints.txt README.md ./
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --constraint constraints.txt --editable '.[web]'

FROM python:3.11-slim-bookworm
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONPATH=/srv/dragonfly \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=webapp.settings \
    DRAGONFLY_DATA=/data
RUN useradd --system --uid 10001 --create-home dragonfly \
    && install --directory --owner=dragonfly --mode=0750 /data /data/slides /data/uploads \
        /data/data_sets /data/training /data/models
WORKDIR /srv/dragonfly
COPY --from=libraries /opt/venv /opt/venv
COPY --from=frontend /build/dist frontend/dist
COPY pyproject.toml ./
COPY dragonfly dragonfly
# The contract with the inference worker; the rest of it stays on the other machine.
COPY inference_worker/__init__.py inference_worker/messages.py inference_worker/
COPY webapp webapp
COPY docker/web_health.py /usr/local/bin/
USER 10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s \
    CMD ["python", "/usr/local/bin/web_health.py"]
CMD ["uvicorn", "webapp.asgi:application", "--host", "0.0.0.0", "--port", "8000", "--http", "webapp.http_protocol:HttpProtocol", "--no-access-log", "--no-proxy-headers", "--no-server-header", "--timeout-graceful-shutdown", "5"]
