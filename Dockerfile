# docker build -t eventwindow . && docker run --rm -v "$PWD:/work" eventwindow run deepseek-2025
# Where the folder is not yours to write for everybody: --user "$(id -u):$(id -g)".
FROM python:3.13-slim AS build
WORKDIR /source
COPY pyproject.toml README.md LICENSE ./
COPY src src
COPY docs docs
RUN python -m venv /opt/eventwindow && /opt/eventwindow/bin/pip install --no-cache-dir .

FROM python:3.13-slim
# The cache of prices goes where any user may write; so do the caches of the libraries.
ENV PATH=/opt/eventwindow/bin:$PATH HOME=/home/eventwindow XDG_CACHE_HOME=/home/eventwindow/.cache PYTHONUNBUFFERED=1
COPY --from=build /opt/eventwindow /opt/eventwindow
RUN useradd --uid 10001 --create-home --home-dir /home/eventwindow eventwindow \
 && install -d -m 1777 /home/eventwindow /home/eventwindow/.cache \
 && install -d -o eventwindow /work
USER eventwindow
WORKDIR /work
ENTRYPOINT ["eventwindow"]
CMD ["--help"]
