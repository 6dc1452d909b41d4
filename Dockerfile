# The image of ./build.sh image, for those who build by Docker or BuildKit: the same layers, the same configuration.
#
#   ./build.sh image          (and ./build.sh image arm64)
#   docker build -t meduza .
#   docker buildx build --platform linux/amd64,linux/arm64 -t … .
#
# --build-arg VARIANT=-debug or VARIANT=-etcd for those, once ./build.sh image debug or ./build.sh image etcd made them. A
# builder without BuildKit does not know for what it builds: --build-arg TARGETARCH=amd64. docs/deploy.md has what to run it with.

FROM scratch
ARG TARGETARCH
ARG VARIANT=
ADD artifacts/image/layers-${TARGETARCH}${VARIANT}/libraries.tar.gz /
ADD artifacts/image/layers-${TARGETARCH}${VARIANT}/daemons.tar.gz /
ADD artifacts/image/layers-${TARGETARCH}${VARIANT}/meduza.tar.gz /
ENV PATH=/usr/sbin:/usr/bin:/sbin:/bin
LABEL org.opencontainers.image.title=meduza
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 CMD ["/bin/meduza", "status", "--quiet"]
ENTRYPOINT ["/sbin/meduza-init"]
