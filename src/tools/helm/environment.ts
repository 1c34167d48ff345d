/**
 * What Helm inherits: where charts, their repositories and their caches are, and the logins of registries. Everything else that Helm reads from its
 * environment would go to another cluster or namespace, record elsewhere, show Secrets, or change what is rendered.
 */
export const HELM_VARIABLES = [
  'HELM_CACHE_HOME',
  'HELM_CONFIG_HOME',
  'HELM_DATA_HOME',
  'HELM_REGISTRY_CONFIG',
  'HELM_REPOSITORY_CACHE',
  'HELM_REPOSITORY_CONFIG',
  'HELM_CONTENT_CACHE',
  'DOCKER_CONFIG',
];

/** No plugin either: one may fetch values or render what comes after, and may be there by accident. `folder` is an empty one. */
export const helmSettings = (folder: string): Record<string, string> => ({ HELM_NO_PLUGINS: '1', HELM_PLUGINS: folder, NO_COLOR: '1' });
