{{- define "clarion.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{- /* Short enough for the longest name of a component after it. */ -}}
{{- define "clarion.fullname" -}}
{{- $name := include "clarion.name" . -}}
{{- $full := ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) -}}
{{- default $full .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{- define "clarion.namespace" -}}
{{- default .Release.Namespace .Values.namespaceOverride -}}
{{- end -}}

{{- /* What cannot change in the life of an object. */ -}}
{{- define "clarion.selector" -}}
app.kubernetes.io/name: {{ include "clarion.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- with .name }}
app.kubernetes.io/component: {{ . }}
{{- end }}
{{- end -}}

{{- define "clarion.labels" -}}
{{ include "clarion.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/part-of: clarion
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- with .root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- /* The metadata of an object: root, name of the component (or none), suffix, labels and annotations beside the common. */ -}}
{{- define "clarion.metadata" -}}
name: {{ include "clarion.fullname" .root }}{{ with .name }}-{{ . }}{{ end }}{{ with .suffix }}-{{ . }}{{ end }}
namespace: {{ include "clarion.namespace" .root }}
labels:
  {{- include "clarion.labels" . | nindent 2 }}
  {{- with .labels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with merge (dict) (default (dict) .annotations) .root.Values.commonAnnotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}
