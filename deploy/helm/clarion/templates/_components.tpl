{{- /*
What is particular to each component; everything else is the same for all. `reaches`: what it opens connections to;
`scaler`: what its autoscaling goes by; `values`: its block of values; `nodeOptions`: what passes through the extractor, and
what reports are made from, is garbage at once, and would take some 40 and 80 MB more if it was kept longer.
*/ -}}
{{- define "clarion.components" -}}
all-in-one: { mode: all-in-one, values: allInOne, kind: StatefulSet, reaches: [internet], args: [serve] }
api-gateway: { mode: distributed, values: apiGateway, kind: Deployment, reaches: [nats, mongodb, detectors, internet], scaler: cpu, nodeOptions: --max-semi-space-size=4 }
feature-detector: { mode: distributed, values: featureDetector, kind: Deployment, reaches: [], scaler: lag, headless: true }
feed-updater: { mode: distributed, values: feedUpdater, kind: Deployment, reaches: [nats, mongodb, internet] }
layer-extractor: { mode: distributed, values: layerExtractor, kind: Deployment, reaches: [nats, mongodb, detectors, internet], scaler: lag, nodeOptions: --max-semi-space-size=4 }
namespace-detector: { mode: distributed, values: namespaceDetector, kind: Deployment, reaches: [], scaler: lag, headless: true }
notifier: { mode: distributed, values: notifier, kind: Deployment, reaches: [nats, mongodb, internet] }
{{- end -}}

{{- /* Everything about the components of the chosen mode, as JSON: a list of maps with name, values `v`, ports, settings, files. */ -}}
{{- define "clarion.chosen" -}}
{{- $services := .Files.Get "files/services.json" | fromJson -}}
{{- $chosen := list -}}
{{- range $name, $component := include "clarion.components" . | fromYaml -}}
{{- if eq $component.mode $.Values.mode -}}
{{- $values := mergeOverwrite (deepCopy $.Values.defaults) (deepCopy (index $.Values $component.values)) -}}
{{- $chosen = append $chosen (merge (dict "name" $name "v" $values) $component (index $services $name)) -}}
{{- end -}}
{{- end -}}
{{- toJson $chosen -}}
{{- end -}}

{{- /* The component that serves the API. */ -}}
{{- define "clarion.api" -}}
{{- ternary "all-in-one" "api-gateway" (eq .Values.mode "all-in-one") -}}
{{- end -}}

{{- define "clarion.serviceAccountName" -}}
{{- $own := printf "%s-%s" (include "clarion.fullname" .root) .c.name -}}
{{- with .c.v.serviceAccount }}{{ default (ternary $own "default" .create) .name }}{{ end -}}
{{- end -}}

{{- define "clarion.image" -}}
{{- $image := .c.v.image -}}
{{- with default .root.Values.global.image.registry $image.registry }}{{ . }}/{{ end -}}
{{- $image.repository -}}
{{- if $image.digest }}@{{ $image.digest }}{{ else }}:{{ default .root.Chart.AppVersion $image.tag }}{{ end -}}
{{- end -}}

{{- /* Where the API is reached: of the first ingress or route, else inside of the cluster. */ -}}
{{- define "clarion.publicUrl" -}}
{{- $services := .Files.Get "files/services.json" | fromJson -}}
{{- $port := (index $services (include "clarion.api" .)).ports.rest | int -}}
{{- if and .Values.ingress.enabled .Values.ingress.hosts -}}
{{ ternary "https" "http" (gt (len .Values.ingress.tls) 0) }}://{{ (first .Values.ingress.hosts).host }}
{{- else if and .Values.httpRoute.enabled .Values.httpRoute.hostnames -}}
https://{{ first .Values.httpRoute.hostnames }}
{{- else -}}
http://{{ include "clarion.fullname" . }}-{{ include "clarion.api" . }}.{{ include "clarion.namespace" . }}.svc:{{ $port }}
{{- end -}}
{{- end -}}

{{- /* Addresses of the detectors. */ -}}
{{- define "clarion.detectors" -}}
{{- $addresses := list -}}
{{- range include "clarion.chosen" . | fromJsonArray -}}
{{- if .headless -}}
{{- $addresses = append $addresses (printf "%s-%s:%d" (include "clarion.fullname" $) .name (int .ports.grpc)) -}}
{{- end -}}
{{- end -}}
{{- join "," $addresses -}}
{{- end -}}

{{- /* A value as text of a variable; Helm reads whole numbers as floating-point ones. */ -}}
{{- define "clarion.text" -}}
{{- if kindIs "float64" . }}{{ int64 . }}{{ else }}{{ . }}{{ end -}}
{{- end -}}

{{- /* The variables of a component that are not secrets, as JSON: what the chart knows, then settings, then its own settings. */ -}}
{{- define "clarion.variables" -}}
{{- $variables := dict -}}
{{- if eq .c.name "all-in-one" -}}
{{- $_ := set $variables "CLARION_DB" "/data" -}}
{{- $_ := set $variables "CLARION_LISTEN" (printf "0.0.0.0:%d" (int .c.ports.rest)) -}}
{{- end -}}
{{- $_ := set $variables "CLARION_DRAIN" (printf "%ds" (int .root.Values.shutdown.drainSeconds)) -}}
{{- $_ := set $variables "CLARION_GRACE" (printf "%ds" (int .root.Values.shutdown.graceSeconds)) -}}
{{- if and (has "CLARION_DETECTORS" .c.settings) (ne .c.name "all-in-one") -}}
{{- $_ := set $variables "CLARION_DETECTORS" (include "clarion.detectors" .root) -}}
{{- end -}}
{{- if has "CLARION_PUBLIC_URL" .c.settings -}}
{{- $_ := set $variables "CLARION_PUBLIC_URL" (include "clarion.publicUrl" .root) -}}
{{- end -}}
{{- if and .root.Values.nats.enabled (has "CLARION_NATS_URL" .c.settings) -}}
{{- $_ := set $variables "CLARION_NATS_URL" (include "clarion.natsUrls" (dict "root" .root "port" 4222)) -}}
{{- $_ := set $variables "CLARION_NATS_REPLICAS" (include "clarion.text" (min 3 .root.Values.nats.replicas)) -}}
{{- end -}}
{{- range $from := list .root.Values.settings .c.v.settings -}}
{{- range $name, $value := $from -}}
{{- if and (has $name $.c.settings) (not (kindIs "invalid" $value)) -}}
{{- $_ := set $variables $name (include "clarion.text" $value) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- toJson $variables -}}
{{- end -}}

{{- /* The secrets of a component that are given, as JSON: a list of maps with variable, path, secret and key. */ -}}
{{- define "clarion.secretFiles" -}}
{{- $files := list -}}
{{- range $name, $variable := .c.files -}}
{{- $from := index $.root.Values.secrets $name -}}
{{- if $from.existingSecret -}}
{{- $path := trimPrefix "CLARION_" $name | lower | replace "_" "-" -}}
{{- $files = append $files (dict "variable" $variable "path" $path "secret" $from.existingSecret "key" (default $path $from.key)) -}}
{{- end -}}
{{- end -}}
{{- toJson $files -}}
{{- end -}}

{{- /* Fails when a component would not start for want of a variable that its values could have given. */ -}}
{{- define "clarion.checkComplete" -}}
{{- $given := keys (include "clarion.variables" . | fromJson) -}}
{{- if eq .c.name "all-in-one" -}}
{{- range $name, $value := .root.Values.settings -}}
{{- if not (or (kindIs "invalid" $value) (has $name $.c.settings)) -}}
{{- fail (printf "settings.%s is for the services of mode distributed: all-in-one does not read it" $name) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- range include "clarion.secretFiles" . | fromJsonArray }}{{ $given = append $given .variable }}{{ end -}}
{{- range .c.v.extraEnv }}{{ $given = append $given .name }}{{ end -}}
{{- $needed := .c.required -}}
{{- if has "CLARION_NATS_URL" .c.settings }}{{ $needed = append $needed "CLARION_NATS_URL" }}{{ end -}}
{{- range $needed -}}
{{- if not (or (has . $given) (has (printf "%s_FILE" .) $given)) -}}
{{- $where := ternary (printf "secrets.%s.existingSecret" .) (printf "settings.%s" .) (hasKey $.c.files .) -}}
{{- fail (printf "%s needs %s: set %s" $.c.name . $where) -}}
{{- end -}}
{{- end -}}
{{- if eq .c.name "api-gateway" -}}
{{- $known := list "CLARION_TOKENS" "CLARION_TOKENS_FILE" "CLARION_JWT_KEY" "CLARION_JWT_KEY_FILE" "CLARION_JWKS_URL" "CLARION_AUTH" -}}
{{- $callers := false -}}
{{- range $known }}{{ if has . $given }}{{ $callers = true }}{{ end }}{{ end -}}
{{- if not $callers -}}
{{- fail "nobody could use the API: set secrets.CLARION_TOKENS.existingSecret (or CLARION_JWT_KEY, or settings.CLARION_JWKS_URL)" -}}
{{- end -}}
{{- end -}}
{{- end -}}
