{{/* The environment of the exporter: switches, addresses, and what the databases need once it is switched on. */}}
{{- define "quant-exporter.env" -}}
{{- $v := .root.Values -}}
- { name: JANGAR_TORGHUT_QUANT_CONTROL_PLANE_ENABLED, value: {{ $v.quant.enabled | quote }} }
- { name: JANGAR_TORGHUT_QUANT_ALERTS_ENABLED, value: {{ $v.alerts.enabled | quote }} }
- { name: QUANT_GATE_ENABLED, value: {{ $v.gate.enabled | quote }} }
- { name: QUANT_API_ENABLED, value: {{ $v.api.enabled | quote }} }
- { name: QUANT_LISTEN, value: "0.0.0.0:9464" }
- { name: QUANT_METRICS_LISTEN, value: "0.0.0.0:9465" }
- { name: QUANT_RUNBOOKS_URL, value: {{ $v.alerts.runbooksUrl | quote }} }
{{- if gt (int $v.shards) 1 }}
{{- $name := include "quant-exporter.fullname" .root }}
- name: POD_INDEX
  valueFrom: { fieldRef: { fieldPath: "metadata.labels['apps.kubernetes.io/pod-index']" } }
- { name: QUANT_SHARD, value: "$(POD_INDEX)/{{ $v.shards }}" }
{{- if $v.api.enabled }}
- { name: QUANT_SHARD_PEERS, value: "http://{{ $name }}-{shard}.{{ $name }}-shards.{{ .root.Release.Namespace }}.svc:9464" }
{{- end }}
{{- end }}
{{- if and $v.api.enabled $v.api.anonymous }}
- { name: QUANT_API_ANONYMOUS, value: "true" }
{{- end }}
{{- if $v.config }}
- { name: QUANT_CONFIG, value: /etc/quant-exporter/config/quant-config.yaml }
{{- end }}
{{- range .files }}
- { name: {{ .env }}, value: {{ printf "/etc/quant-exporter/%s/%s" .name .secret.key | quote }} }
{{- end }}
{{- if $v.quant.enabled }}
{{- include "quant-exporter.secretEnv" (dict "env" "TORGHUT_DB_DSN" "secret" $v.torghut.dsnSecret) }}
{{- include "quant-exporter.secretEnv" (dict "env" "QUANT_STORE_DSN" "secret" $v.store.dsnSecret) }}
{{- include "quant-exporter.secretEnv" (dict "env" "QUANT_SERIES_CLICKHOUSE_URL" "secret" $v.series.clickhouseUrlSecret) }}
{{- with $v.clickhouse }}
{{- if .host }}
- { name: CH_HOST, value: {{ .host | quote }} }
{{- with .port }}
- { name: CH_PORT, value: {{ . | toString | quote }} }
{{- end }}
- { name: CH_DATABASE, value: {{ .database | quote }} }
- { name: CH_USER, value: {{ .user | quote }} }
- { name: CH_SECURE, value: {{ .secure | quote }} }
{{- end }}
{{- end }}
{{- end }}
{{- range $name, $value := $v.settings }}
- { name: {{ $name }}, value: {{ $value | toString | quote }} }
{{- end }}
{{- with $v.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "quant-exporter.secretEnv" -}}
{{- if .secret.name }}
- name: {{ .env }}
  valueFrom: { secretKeyRef: { name: {{ .secret.name | quote }}, key: {{ .secret.key | quote }} } }
{{- end }}
{{- end -}}
