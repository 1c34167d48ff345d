{{- define "pair.image" -}}
{{ printf "%s:%s" .Values.image.repository (.Values.image.tag | default .Chart.AppVersion) }}
{{- end }}

{{- define "pair.labels" -}}
app.kubernetes.io/name: pair
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Values.image.tag | default .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{/* Container of one role: (list root role settings) */}}
{{- define "pair.container" -}}
{{- $root := index . 0 }}
{{- $role := index . 1 }}
{{- $settings := index . 2 }}
name: {{ $role }}
image: {{ include "pair.image" $root | quote }}
imagePullPolicy: {{ $root.Values.image.pullPolicy }}
env:
  - name: ROLE
    value: {{ $role }}
  - name: SESSION_KEY
    valueFrom:
      secretKeyRef: {name: pair-session, key: key}
  {{- range $name, $value := $settings.env }}
  - name: {{ $name }}
    value: {{ $value | quote }}
  {{- end }}
envFrom:
  - configMapRef: {name: pair-config}
ports:
  - {name: http, containerPort: 8080}
resources:
  requests: {cpu: 25m, memory: 48Mi}
  limits: {memory: 160Mi}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
{{- end }}

{{- define "pair.pod" -}}
{{- with .Values.imagePullSecrets }}
imagePullSecrets: {{ toJson . }}
{{- end }}
automountServiceAccountToken: false
enableServiceLinks: false
terminationGracePeriodSeconds: 20
securityContext:
  runAsNonRoot: true
  runAsUser: 1000
  seccompProfile: {type: RuntimeDefault}
{{- end }}
