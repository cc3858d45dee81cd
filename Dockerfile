# syntax=docker/dockerfile:1

FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
COPY cmd cmd
COPY internal internal
COPY migrations migrations
COPY templates templates
ARG VERSION=dev
# timetzdata: the image below knows no time zones of its own.
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 go build -trimpath -buildvcs=false -tags nomsgpack,timetzdata \
    -ldflags "-s -w -X main.version=${VERSION}" -o /out/samverkan ./cmd/samverkan
# Folders that the program writes to: its data, and what is too large for memory.
RUN mkdir -p /out/data /out/tmp && chmod 0700 /out/data && chmod 1777 /out/tmp

# One static program asks for /healthz; nothing else can be started in the image.
FROM busybox:1.37-musl AS busybox

FROM scratch
LABEL org.opencontainers.image.title="samverkan" \
      org.opencontainers.image.licenses="EUPL-1.2"
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=busybox /bin/wget /bin/wget
COPY --from=build --chown=65532:65532 /out/data /data
COPY --from=build /out/tmp /tmp
COPY --from=build /out/samverkan /bin/samverkan
COPY LICENSE /LICENSE
USER 65532:65532
ENV PATH=/bin \
    SAMVERKAN_LISTEN=:8080 \
    SAMVERKAN_DATA_DIR=/data
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["/bin/wget", "-q", "-O", "/dev/null", "http://127.0.0.1:8080/healthz"]
ENTRYPOINT ["/bin/samverkan"]
CMD ["serve"]
