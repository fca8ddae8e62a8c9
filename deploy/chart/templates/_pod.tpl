{{/* The parts of a pod's spec that all have: (list $ "worker"). */}}
{{- define "waybill.pod" -}}
{{- $root := index . 0 -}}
{{- include "waybill.checks" $root -}}
{{- with $root.Values.pods.serviceAccount }}
serviceAccountName: {{ . }}
{{- end }}
automountServiceAccountToken: false
# A Service called `waybill-health` would make WAYBILL_HEALTH_PORT=tcp://… in every container.
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  seccompProfile:
    type: RuntimeDefault
{{- with $root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- with $root.Values.pods.priorityClass }}
priorityClassName: {{ . }}
{{- end }}
{{- with $root.Values.pods.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $root.Values.pods.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $root.Values.pods.affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "waybill.podMetadata" -}}
{{- $root := index . 0 -}}
labels:
  {{- include "waybill.labels" . | nindent 2 }}
  {{- with index . 2 }}
  waybill/queue: {{ . }}
  {{- end }}
  {{- with $root.Values.pods.labels }}{{ toYaml . | nindent 2 }}{{ end }}
annotations:
  # What pods read once, at their start: a change of it replaces them.
  waybill/configuration: {{ list $root.Values.toml $root.Values.secrets.values $root.Values.flower.basicAuth | toJson | sha256sum }}
  {{- with $root.Values.pods.annotations }}{{ toYaml . | nindent 2 }}{{ end }}
{{- end -}}

{{/* The parts of a container that all have. */}}
{{- define "waybill.container" -}}
image: {{ include "waybill.image" . }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
env:
  - name: WAYBILL_SECRETS_DIR
    value: /run/secrets/waybill
  - name: WAYBILL_HEALTH_HOST
    value: 0.0.0.0
  - name: WAYBILL_HEALTH_PORT
    value: "9808"
  {{- if .Values.toml }}
  - name: WAYBILL_CONFIG
    value: /etc/waybill/waybill.toml
  {{- end }}
  {{- range $name, $text := .Values.settings }}
  - name: {{ $name }}
    value: {{ $text | quote }}
  {{- end }}
  {{- with .Values.pods.env }}{{ toYaml . | nindent 2 }}{{ end }}
{{- end -}}

{{- define "waybill.mounts" -}}
- name: secrets
  mountPath: /run/secrets/waybill
  readOnly: true
- name: tmp
  mountPath: /tmp
{{- if .Values.toml }}
- name: configuration
  mountPath: /etc/waybill
  readOnly: true
{{- end }}
{{- with .Values.pods.volumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* The volumes of a pod: (list $ NAME-OF-SECRET KEYS); KEYS are all that it may see, none for all. */}}
{{- define "waybill.volumes" -}}
{{- $root := index . 0 -}}
- name: secrets
  secret:
    secretName: {{ index . 1 }}
    defaultMode: 288 # 0440, as every YAML reads it
    {{- with index . 2 }}
    # Of these keys those that the Secret has.
    optional: true
    items:
      {{- range . }}
      - {key: {{ . }}, path: {{ . }}}
      {{- end }}
    {{- end }}
- name: tmp
  emptyDir:
    medium: Memory
    sizeLimit: 64Mi
{{- if $root.Values.toml }}
- name: configuration
  configMap:
    name: {{ include "waybill.fullname" $root }}
    items:
      - {key: waybill.toml, path: waybill.toml}
{{- end }}
{{- with $root.Values.pods.volumes }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Probes of a page that answers from the first second: (list LIVE READY PORT SCHEME). */}}
{{- define "waybill.probes" -}}
{{- $port := index . 2 -}}{{- $scheme := index . 3 -}}
startupProbe:
  httpGet: {path: {{ index . 0 }}, port: {{ $port }}, scheme: {{ $scheme }}}
  periodSeconds: 1
  timeoutSeconds: 5
  failureThreshold: 60
livenessProbe:
  httpGet: {path: {{ index . 0 }}, port: {{ $port }}, scheme: {{ $scheme }}}
  periodSeconds: 15
  timeoutSeconds: 5
  failureThreshold: 3
readinessProbe:
  httpGet: {path: {{ index . 1 }}, port: {{ $port }}, scheme: {{ $scheme }}}
  periodSeconds: 5
  timeoutSeconds: 5
  failureThreshold: 2
{{- end -}}
