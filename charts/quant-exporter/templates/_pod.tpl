{{/* The pod, of whatever makes it: (dict "root" $ "files" …) */}}
{{- define "quant-exporter.pod" -}}
{{- $v := .root.Values -}}
{{- $files := .files -}}
metadata:
  labels:
    {{- include "quant-exporter.selectorLabels" .root | nindent 4 }}
    {{- with merge $v.podLabels $v.commonLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  annotations:
    checksum/config: {{ include "quant-exporter.withoutLimits" $v.config | sha256sum }}
    {{- with $v.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ include "quant-exporter.serviceAccountName" .root }}
  automountServiceAccountToken: false
  # Variables of other services begin with their names, and ours with QUANT_ are all known.
  enableServiceLinks: false
  terminationGracePeriodSeconds: {{ $v.terminationGracePeriodSeconds }}
  securityContext:
    {{- toYaml $v.podSecurityContext | nindent 4 }}
  {{- with $v.imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $v.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  containers:
    - name: quant-exporter
      image: {{ include "quant-exporter.image" .root | quote }}
      imagePullPolicy: {{ $v.image.pullPolicy }}
      args: [serve]
      ports:
        - { name: http, containerPort: 9464 }
        - { name: metrics, containerPort: 9465 }
      env:
        {{- include "quant-exporter.env" . | nindent 8 }}
      {{- with $v.extraEnvFrom }}
      envFrom:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      livenessProbe:
        httpGet: { path: /healthz, port: metrics }
        {{- toYaml $v.livenessProbe | nindent 8 }}
      readinessProbe:
        httpGet: { path: /readyz, port: metrics }
        {{- toYaml $v.readinessProbe | nindent 8 }}
      resources:
        {{- toYaml $v.resources | nindent 8 }}
      securityContext:
        {{- toYaml $v.securityContext | nindent 8 }}
      {{- if or $files $v.config $v.extraVolumeMounts }}
      volumeMounts:
        {{- if $v.config }}
        - { name: config, mountPath: /etc/quant-exporter/config, readOnly: true }
        {{- end }}
        {{- range $files }}
        - { name: {{ .name }}, mountPath: /etc/quant-exporter/{{ .name }}, readOnly: true }
        {{- end }}
        {{- with $v.extraVolumeMounts }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      {{- end }}
  {{- if or $files $v.config $v.extraVolumes }}
  volumes:
    {{- if $v.config }}
    - name: config
      configMap: { name: {{ include "quant-exporter.fullname" .root }}-config }
    {{- end }}
    {{- range $files }}
    - name: {{ .name }}
      secret:
        secretName: {{ .secret.name | quote }}
        # The one key: a CA's secret may hold the key that signs as well.
        items: [{ key: {{ .secret.key | quote }}, path: {{ .secret.key | quote }} }]
    {{- end }}
    {{- with $v.extraVolumes }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- end }}
  {{- with $v.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $v.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $v.affinity }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $v.topologySpreadConstraints }}
  topologySpreadConstraints:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}
