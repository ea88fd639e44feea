# Footfall's image: one command, `footfall`; what a container does is its argument.
FROM python:3.11-slim-bookworm AS build
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never UV_PROJECT_ENVIRONMENT=/opt/footfall
WORKDIR /src
COPY pyproject.toml uv.lock ./
RUN pip install --no-cache-dir "uv==$(python -c 'import tomllib; \
    print(next(p["version"] for p in tomllib.load(open("uv.lock", "rb"))["package"] if p["name"] == "uv"))')"
# The dependencies change less often than the code: a layer of their own.
RUN uv sync --frozen --no-cache --no-default-groups --no-install-project
COPY . .
RUN uv sync --frozen --no-cache --no-default-groups --no-editable

FROM python:3.11-slim-bookworm
RUN useradd --uid 10001 --user-group --create-home --home-dir /data footfall \
    && install --directory --owner footfall --group footfall /data/archive
COPY --from=build /opt/footfall /opt/footfall
ENV PATH=/opt/footfall/bin:$PATH PYTHONUNBUFFERED=1
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
ENTRYPOINT ["footfall"]
CMD ["serve", "--host", "0.0.0.0", "--data", "/data"]
