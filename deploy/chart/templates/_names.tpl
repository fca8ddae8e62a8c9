{{- define "waybill.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{/* The release's name, with the chart's where it does not have it; short enough for what is appended. */}}
{{- define "waybill.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else if contains (include "waybill.name" .) .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "waybill.name" .) | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* What selects the pods of one component: (list $ "worker"). */}}
{{- define "waybill.selector" -}}
{{- $root := index . 0 -}}
app.kubernetes.io/name: {{ include "waybill.name" $root }}
app.kubernetes.io/instance: {{ $root.Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end -}}

{{- define "waybill.labels" -}}
{{- $root := index . 0 -}}
{{ include "waybill.selector" . }}
app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "waybill.image" -}}
{{- with .Values.image -}}
{{- if .digest -}}
{{ .repository }}@{{ .digest }}
{{- else -}}
{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* The Secret whose keys are settings; each becomes a file of WAYBILL_SECRETS_DIR. */}}
{{- define "waybill.secret" -}}
{{- .Values.secrets.existing | default (include "waybill.fullname" .) -}}
{{- end -}}

{{- define "waybill.flowerSecret" -}}
{{- .Values.flower.existingSecret | default (printf "%s-flower" (include "waybill.fullname" .)) -}}
{{- end -}}

{{/* The worker deployments as a JSON list: one for all queues, or one for each. */}}
{{- define "waybill.groups" -}}
{{- $full := include "waybill.fullname" . -}}
{{- $own := pick .Values.workers "replicas" "concurrency" "minReplicas" "maxReplicas" "resources" -}}
{{- $groups := list -}}
{{- if .Values.workers.perQueue -}}
{{- range $queue := list "orders" "westcon" "deck" "ingram" -}}
{{- $given := index $.Values.workers.queues $queue | default dict -}}
{{- $groups = append $groups (merge (dict "queue" $queue "name" (printf "%s-worker-%s" $full $queue)) (deepCopy $given) (deepCopy $own)) -}}
{{- end -}}
{{- else -}}
{{- $groups = append $groups (merge (dict "queue" "all" "name" (printf "%s-worker" $full)) (deepCopy $own)) -}}
{{- end -}}
{{- range $group := $groups -}}
{{- if gt (int $group.minReplicas) (int $group.maxReplicas) -}}
{{- fail (printf "%s: minReplicas %v is more than maxReplicas %v" $group.name $group.minReplicas $group.maxReplicas) -}}
{{- end -}}
{{- end -}}
{{- toJson $groups -}}
{{- end -}}

{{/* What no schema can hold, since it concerns several values; each pod includes it. */}}
{{- define "waybill.checks" -}}
{{- $secrets := .Values.secrets -}}
{{- if and $secrets.existing $secrets.values -}}
{{- fail "secrets: existing and values are both set; keep all in one of them" -}}
{{- end -}}
{{- if not (or $secrets.existing $secrets.values) -}}
{{- fail "secrets: set existing to a Secret that has the key WAYBILL_REDIS_URL, or values.WAYBILL_REDIS_URL" -}}
{{- end -}}
{{- $deadline := .Values.settings.WAYBILL_DEADLINE | default "20" | float64 -}}
{{- if gt (addf $deadline 15.0) (float64 .Values.workers.stopSeconds) -}}
{{- fail (printf "workers.stopSeconds must be WAYBILL_DEADLINE (%v) and 15 more, or calls are cut off at a stop" $deadline) -}}
{{- end -}}
{{- end -}}
