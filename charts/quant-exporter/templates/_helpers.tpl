{{- define "quant-exporter.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "quant-exporter.selectorLabels" -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "quant-exporter.labels" -}}
{{ include "quant-exporter.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Name, labels and annotations of an object: (dict "root" $ "suffix" "-x" "wave" "1" "labels" … "annotations" … "custom" true) */}}
{{- define "quant-exporter.metadata" -}}
{{- $annotations := default dict .annotations -}}
{{- if .root.Values.argocd.enabled -}}
{{- $annotations = merge (dict "argocd.argoproj.io/sync-wave" .wave) $annotations -}}
{{- if .custom -}}
{{- $annotations = merge (dict "argocd.argoproj.io/sync-options" "SkipDryRunOnMissingResource=true") $annotations -}}
{{- end -}}
{{- end -}}
name: {{ include "quant-exporter.fullname" .root }}{{ .suffix }}
namespace: {{ .root.Release.Namespace }}
labels:
  {{- include "quant-exporter.labels" .root | nindent 2 }}
  {{- with .labels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with $annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "quant-exporter.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "quant-exporter.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "quant-exporter.image" -}}
{{- $name := list .Values.image.registry .Values.image.repository | compact | join "/" -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" $name .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" $name (default .Chart.AppVersion .Values.image.tag) -}}
{{- end -}}
{{- end -}}

{{/* Secrets that are read as files, as JSON: each is a whole folder, since a subPath is never updated. */}}
{{- define "quant-exporter.secretFiles" -}}
{{- $v := .Values -}}
{{- $files := list -}}
{{- if $v.quant.enabled -}}
{{- $files = list
  (dict "name" "torghut-ca" "env" "TORGHUT_DB_CA_CERT" "secret" $v.torghut.caSecret)
  (dict "name" "clickhouse-password" "env" "CH_PASSWORD_FILE" "secret" $v.clickhouse.passwordSecret)
  (dict "name" "clickhouse-ca" "env" "CH_CA_CERT" "secret" $v.clickhouse.caSecret)
  (dict "name" "store-ca" "env" "QUANT_STORE_CA_CERT" "secret" $v.store.caSecret)
  (dict "name" "series-ca" "env" "QUANT_SERIES_CLICKHOUSE_CA_CERT" "secret" $v.series.clickhouseCaSecret) -}}
{{- end -}}
{{- if $v.api.enabled -}}
{{- $files = append $files (dict "name" "api-tokens" "env" "QUANT_API_TOKENS_FILE" "secret" $v.api.tokensSecret) -}}
{{- end -}}
{{- $files = append $files (dict "name" "metrics-token" "env" "QUANT_METRICS_TOKEN_FILE" "secret" $v.metrics.tokenSecret) -}}
{{- $named := list -}}
{{- range $files -}}
{{- if .secret.name -}}{{- $named = append $named . -}}{{- end -}}
{{- end -}}
{{- $named | toJson -}}
{{- end -}}

{{/* What of the configuration takes a restart: limits do not. */}}
{{- define "quant-exporter.withoutLimits" -}}
{{- $rest := dict -}}
{{- range $key, $value := . -}}
{{- if ne $key "policy" -}}
{{- if kindIs "map" $value -}}
{{- $_ := set $rest $key (include "quant-exporter.withoutLimits" $value | fromJson) -}}
{{- else -}}
{{- $_ := set $rest $key $value -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $rest | toJson -}}
{{- end -}}

{{/* What cannot work is refused before it is installed. */}}
{{- define "quant-exporter.validate" -}}
{{- $v := .Values -}}
{{- if and $v.quant.enabled (not $v.torghut.dsnSecret.name) -}}
{{- fail "quant.enabled needs torghut.dsnSecret.name: the secret with the DSN of the trading database" -}}
{{- end -}}
{{- if and $v.api.enabled (not $v.api.tokensSecret.name) (not $v.api.anonymous) -}}
{{- fail "api.enabled needs api.tokensSecret.name, or api.anonymous: true where everybody who reaches the port may read" -}}
{{- end -}}
{{- if and $v.gate.enabled (not (and $v.api.enabled $v.alerts.enabled)) -}}
{{- fail "gate.enabled needs api.enabled, which serves it, and alerts.enabled, without which its answer is always unknown" -}}
{{- end -}}
{{- if and $v.gate.analysisTemplate (not $v.gate.enabled) -}}
{{- fail "gate.analysisTemplate needs gate.enabled" -}}
{{- end -}}
{{- end -}}
