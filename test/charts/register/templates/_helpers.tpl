{{- define "register.pod" -}}
terminationGracePeriodSeconds: 1
securityContext: {runAsNonRoot: true, runAsUser: 999, fsGroup: 999, seccompProfile: {type: RuntimeDefault}}
{{- end -}}
{{- define "register.container" -}}
image: postgres:17
securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
{{- end -}}
