const PART = ['get', 'create', 'patch', 'delete'];
/** What an account needs beside the shipped Role for the kinds of test/charts/pair. */
export const pairRole = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'Role',
  metadata: { name: 'pair-chart' },
  rules: [
    { apiGroups: [''], resources: ['configmaps', 'services', 'pods'], verbs: PART },
    { apiGroups: ['apps'], resources: ['deployments'], verbs: PART },
    { apiGroups: ['batch'], resources: ['cronjobs'], verbs: PART },
    { apiGroups: ['batch'], resources: ['cronjobs/status'], verbs: ['patch'] },
    { apiGroups: ['batch'], resources: ['jobs'], verbs: ['list'] },
    { apiGroups: ['policy'], resources: ['poddisruptionbudgets'], verbs: PART },
    { apiGroups: ['autoscaling'], resources: ['horizontalpodautoscalers'], verbs: PART },
  ],
};
