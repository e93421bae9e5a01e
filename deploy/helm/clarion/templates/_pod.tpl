{{- /* Mebibytes of Node's heap: a share of the memory limit; nothing without a limit. */ -}}
{{- define "clarion.heapMebibytes" -}}
{{- $units := dict "Ki" 1024 "Mi" 1048576 "Gi" 1073741824 "Ti" 1099511627776 "k" 1000 "M" 1000000 "G" 1000000000 "T" 1000000000000 "" 1 -}}
{{- with dig "limits" "memory" "" .resources | include "clarion.text" -}}
{{- $unit := regexFind "[A-Za-z]*$" . -}}
{{- if not (hasKey $units $unit) }}{{ fail (printf "memory limit %s: write it with Mi or Gi" .) }}{{ end -}}
{{- $bytes := mulf (trimSuffix $unit . | float64) (index $units $unit) -}}
{{- divf (mulf $bytes $.heapPercent) 104857600 | floor | int64 -}}
{{- end -}}
{{- end -}}

{{- define "clarion.probe" -}}
httpGet: { path: {{ .path }}, port: introspection }
{{ toYaml .probe }}
{{- end -}}

{{- define "clarion.environment" -}}
{{- $heap := include "clarion.heapMebibytes" .c.v }}
{{- with compact (list (empty $heap | ternary "" (printf "--max-old-space-size=%s" $heap)) .c.nodeOptions) }}
- { name: NODE_OPTIONS, value: {{ join " " . }} }
{{- end }}
{{- range include "clarion.secretFiles" . | fromJsonArray }}
- { name: {{ .variable }}, value: /run/secrets/clarion/{{ .path }} }
{{- end }}
{{- if has "internet" .c.reaches }}
{{- with .root.Values.proxy }}
{{- range $name, $value := dict "HTTP_PROXY" .http "HTTPS_PROXY" .https "NO_PROXY" .none }}
{{- with $value }}
- { name: {{ $name }}, value: {{ quote . }} }
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- with .root.Values.caBundle }}
{{- if .existingConfigMap }}
- { name: NODE_EXTRA_CA_CERTS, value: /etc/clarion/ca/{{ .key }} }
{{- end }}
{{- end }}
{{- with .c.v.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "clarion.volumes" -}}
- name: tmp
  emptyDir: { sizeLimit: {{ .c.v.tmpSizeLimit }} }
{{- with include "clarion.secretFiles" . | fromJsonArray }}
- name: secrets
  projected:
    defaultMode: 0440
    sources:
      {{- range . }}
      - secret:
          name: {{ .secret }}
          items: [{ key: {{ .key | quote }}, path: {{ .path }} }]
      {{- end }}
{{- end }}
{{- with .root.Values.caBundle.existingConfigMap }}
- name: ca-bundle
  configMap: { name: {{ . }} }
{{- end }}
{{- if eq .c.kind "StatefulSet" }}
{{- with .root.Values.persistence }}
{{- if not .enabled }}
- name: data
  emptyDir: { sizeLimit: {{ .size }} }
{{- else if .existingClaim }}
- name: data
  persistentVolumeClaim: { claimName: {{ .existingClaim }} }
{{- end }}
{{- end }}
{{- end }}
{{- with .c.v.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "clarion.container" -}}
name: {{ .c.name }}
image: {{ include "clarion.image" . }}
imagePullPolicy: {{ .c.v.image.pullPolicy }}
{{- with concat (default list .c.args) .c.v.extraArgs }}
args: {{ toJson . }}
{{- end }}
envFrom:
  - configMapRef: { name: {{ include "clarion.fullname" .root }}-{{ .c.name }} }
{{- with include "clarion.environment" . | trim }}
env:
  {{- . | nindent 2 }}
{{- end }}
ports:
  {{- range $name, $port := .c.ports }}
  - { name: {{ $name }}, containerPort: {{ $port }}, protocol: TCP }
  {{- end }}
startupProbe:
  {{- include "clarion.probe" (dict "path" "/healthz" "probe" .c.v.startupProbe) | nindent 2 }}
livenessProbe:
  {{- include "clarion.probe" (dict "path" "/healthz" "probe" .c.v.livenessProbe) | nindent 2 }}
readinessProbe:
  {{- include "clarion.probe" (dict "path" "/readyz" "probe" .c.v.readinessProbe) | nindent 2 }}
resources:
  {{- toYaml .c.v.resources | nindent 2 }}
securityContext:
  {{- toYaml .c.v.securityContext | nindent 2 }}
volumeMounts:
  - { name: tmp, mountPath: /tmp }
  {{- if include "clarion.secretFiles" . | fromJsonArray }}
  - { name: secrets, mountPath: /run/secrets/clarion, readOnly: true }
  {{- end }}
  {{- if .root.Values.caBundle.existingConfigMap }}
  - { name: ca-bundle, mountPath: /etc/clarion/ca, readOnly: true }
  {{- end }}
  {{- if eq .c.kind "StatefulSet" }}
  - { name: data, mountPath: /data }
  {{- end }}
  {{- with .c.v.extraVolumeMounts }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end -}}

{{- define "clarion.topologySpread" -}}
{{- $constraints := list -}}
{{- range .c.v.topologySpreadConstraints -}}
{{- $own := dict "labelSelector" (dict "matchLabels" (include "clarion.selector" (dict "root" $.root "name" $.c.name) | fromYaml)) -}}
{{- $constraints = append $constraints (merge (deepCopy .) $own) -}}
{{- end -}}
{{- toYaml $constraints -}}
{{- end -}}

{{- /* The pod template of a Deployment or StatefulSet: root, and the component as c. */ -}}
{{- define "clarion.pod" -}}
{{- include "clarion.checkComplete" . -}}
metadata:
  labels:
    {{- include "clarion.labels" (dict "root" .root "name" .c.name) | nindent 4 }}
    {{- with .c.v.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  annotations:
    checksum/config: {{ include "clarion.variables" . | sha256sum }}
    {{- with merge (dict) .c.v.podAnnotations .root.Values.commonAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ include "clarion.serviceAccountName" . }}
  automountServiceAccountToken: {{ .c.v.serviceAccount.automount }}
  # Variables of services of this name space would only be taken for settings.
  enableServiceLinks: false
  {{- with .root.Values.global.image.pullSecretNames }}
  imagePullSecrets:
    {{- range . }}
    - name: {{ . }}
    {{- end }}
  {{- end }}
  # What the service takes at most by itself, and some more before the kernel ends it. All-in-one stops within its own limit.
  terminationGracePeriodSeconds: {{ add .root.Values.shutdown.drainSeconds .root.Values.shutdown.graceSeconds 10 }}
  securityContext:
    {{- toYaml .c.v.podSecurityContext | nindent 4 }}
  {{- with .c.v.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  {{- with .c.v.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .c.v.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .c.v.affinity }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- if .c.v.topologySpreadConstraints }}
  topologySpreadConstraints:
    {{- include "clarion.topologySpread" . | nindent 4 }}
  {{- end }}
  containers:
    - {{ include "clarion.container" . | nindent 6 | trim }}
  volumes:
    {{- include "clarion.volumes" . | nindent 4 }}
{{- end -}}
