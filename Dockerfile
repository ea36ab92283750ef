# The image of quant-exporter: Node.js without a shell, one folder, nobody's user.
#
#   docker build --build-arg REVISION=$(git rev-parse HEAD) -t quant-exporter .
#   docker run --read-only --cap-drop ALL -e … quant-exporter config --check
ARG NODE_MAJOR=24

FROM node:${NODE_MAJOR}-trixie-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
# No scripts of packages are run. What is optional are the engines of the demo and tools: half a gigabyte that builds nothing.
RUN npm ci --ignore-scripts --omit=optional --no-audit --no-fund
COPY . .
RUN npm run build && node scripts/assemble-image.mjs /image

FROM gcr.io/distroless/nodejs${NODE_MAJOR}-debian13:nonroot
ARG REVISION=unknown
LABEL org.opencontainers.image.title="quant-exporter" \
      org.opencontainers.image.description="Live performance, risk and execution quality of trading strategies, for Prometheus and as JSON" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.revision="${REVISION}"
ENV NODE_ENV=production \
    QUANT_REVISION=${REVISION}
WORKDIR /app
COPY --from=build /image ./
# nonroot of the base image, as a number: so a cluster can see that it is not root.
USER 65532:65532
EXPOSE 9464 9465
# Flags of Node.js belong between its path and ours. Node.js is the first process, so that SIGTERM reaches the program.
ENTRYPOINT ["/nodejs/bin/node", "bin/quant-exporter.js"]
CMD ["serve"]
