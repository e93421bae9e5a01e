{{- define "clarion.natsName" -}}
{{ include "clarion.fullname" . }}-nats
{{- end -}}

{{- /* Addresses of all servers, on a port, with commas between them. Each pod has a name of its own. */ -}}
{{- define "clarion.natsUrls" -}}
{{- $name := include "clarion.natsName" .root -}}
{{- $urls := list -}}
{{- range until (int .root.Values.nats.replicas) -}}
{{- $urls = append $urls (printf "nats://%s-%d.%s:%d" $name . $name (int $.port)) -}}
{{- end -}}
{{- join "," $urls -}}
{{- end -}}

{{- /* Files of a server; NATS_NAME and NATS_TOKEN are variables of its container. */ -}}
{{- define "clarion.natsConfig" -}}
server_name: $NATS_NAME
port: 4222
http_port: 8222
pid_file: /data/nats.pid
lame_duck_grace_period: 10s
lame_duck_duration: 30s
jetstream { store_dir: /data }
{{- if gt (int .Values.nats.replicas) 1 }}
cluster {
  name: {{ include "clarion.natsName" . }}
  port: 6222
  routes: [{{ include "clarion.natsUrls" (dict "root" . "port" 6222) }}]
}
{{- end }}
{{- if .Values.secrets.CLARION_NATS_TOKEN.existingSecret }}
authorization { token: $NATS_TOKEN }
{{- end }}
{{- end -}}
