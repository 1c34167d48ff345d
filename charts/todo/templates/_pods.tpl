{{/* Ready as soon as the server answers: looked at every second, the first time at once. */}}
{{- define "todo.probes" -}}
startupProbe:
  httpGet: {path: /health, port: http}
  periodSeconds: 1
  timeoutSeconds: 2
  failureThreshold: 60
readinessProbe:
  httpGet: {path: /health, port: http}
  periodSeconds: 2
  timeoutSeconds: 2
  failureThreshold: 3
livenessProbe:
  httpGet: {path: /health, port: http}
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
# Requests still arrive until every node and proxy knows that this pod is going.
lifecycle:
  preStop:
    sleep:
      seconds: {{ .Values.shutdown.sleep }}
{{- end -}}

{{- define "todo.placement" -}}
{{- with .nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* (list . .Values.frontend.service) */}}
{{- define "todo.service" -}}
{{- $service := index . 1 -}}
type: {{ $service.type }}
ports:
  - name: http
    port: {{ $service.port }}
    targetPort: http
    {{- if and (eq $service.type "NodePort") $service.nodePort }}
    nodePort: {{ $service.nodePort }}
    {{- end }}
{{- end -}}
