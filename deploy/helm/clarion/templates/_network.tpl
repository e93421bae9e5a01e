{{- /* Peers as they are given, else everything but the addresses that hand out credentials of the machine. */ -}}
{{- define "clarion.peersOr" -}}
{{- if .to }}
{{- toYaml .to }}
{{- else }}
- namespaceSelector: {}
- ipBlock:
    cidr: 0.0.0.0/0
    except: {{ concat (list "169.254.0.0/16") (include "clarion.cidrsOf" (dict "root" .root "six" false) | fromJsonArray) | toJson }}
- ipBlock:
    cidr: ::/0
    except: {{ concat (list "fd00:ec2::254/128") (include "clarion.cidrsOf" (dict "root" .root "six" true) | fromJsonArray) | toJson }}
{{- end }}
{{- end -}}

{{- define "clarion.cidrsOf" -}}
{{- $found := list -}}
{{- range .root.Values.networkPolicy.exceptCidrs -}}
{{- if eq (contains ":" .) $.six }}{{ $found = append $found . }}{{ end -}}
{{- end -}}
{{- toJson $found -}}
{{- end -}}

{{- define "clarion.tcpPorts" -}}
{{- range . }}
- { port: {{ . }}, protocol: TCP }
{{- end }}
{{- end -}}

{{- define "clarion.ingressRules" -}}
{{- $policy := .root.Values.networkPolicy -}}
- from:
    {{- default (list (dict "namespaceSelector" dict)) $policy.metricsFrom | toYaml | nindent 4 }}
  ports: [{ port: introspection, protocol: TCP }]
{{- range $name, $port := omit .c.ports "introspection" }}
- from:
    {{- if $.c.headless }}
    {{- range include "clarion.chosen" $.root | fromJsonArray }}
    {{- if has "detectors" .reaches }}
    - podSelector:
        matchLabels:
          {{- include "clarion.selector" (dict "root" $.root "name" .name) | nindent 10 }}
    {{- end }}
    {{- end }}
    {{- else }}
    {{- default (list (dict "namespaceSelector" dict)) $policy.apiFrom | toYaml | nindent 4 }}
    {{- end }}
  ports: [{ port: {{ $name }}, protocol: TCP }]
{{- end }}
{{- with .c.v.networkPolicy.ingress }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "clarion.egressRules" -}}
{{- $policy := .root.Values.networkPolicy -}}
{{- if .c.reaches }}
# Names.
- to: [{ namespaceSelector: {} }]
  ports:
    - { port: 53, protocol: UDP }
    - { port: 53, protocol: TCP }
{{- end }}
{{- range $target := .c.reaches }}
{{- if eq $target "detectors" }}
{{- range include "clarion.chosen" $.root | fromJsonArray }}
{{- if .headless }}
- to:
    - podSelector:
        matchLabels:
          {{- include "clarion.selector" (dict "root" $.root "name" .name) | nindent 10 }}
  ports: [{ port: grpc, protocol: TCP }]
{{- end }}
{{- end }}
{{- else }}
# {{ $target }}
- to:
    {{- include "clarion.peersOr" (dict "root" $.root "to" (index $policy $target).to) | trim | nindent 4 }}
  ports:
    {{- include "clarion.tcpPorts" (index $policy $target).ports | trim | nindent 4 }}
{{- end }}
{{- end }}
{{- with .c.v.networkPolicy.egress }}
{{ toYaml . }}
{{- end }}
{{- end -}}
