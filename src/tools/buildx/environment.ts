/** What docker and buildx inherit: which daemon and builder, logins, a fixed date, and facts of the run for the provenance. */
export const BUILDX_VARIABLES = [
  ...['DOCKER_CONFIG', 'DOCKER_HOST', 'DOCKER_CONTEXT', 'DOCKER_CERT_PATH', 'DOCKER_TLS', 'DOCKER_TLS_VERIFY', 'DOCKER_API_VERSION'],
  ...['DOCKER_AUTH_CONFIG', 'DOCKER_DEFAULT_PLATFORM'],
  'BUILDX_*',
  'BUILDKIT_*',
  'EXPERIMENTAL_BUILDKIT_SOURCE_POLICY',
  'SOURCE_DATE_EPOCH',
  // A daemon behind SSH, a builder in a cluster.
  'SSH_AUTH_SOCK',
  'KUBECONFIG',
  // Whose files are written under sudo.
  ...['SUDO_COMMAND', 'SUDO_UID', 'SUDO_GID'],
  ...['GITHUB_ACTIONS', 'GITHUB_EVENT_NAME', 'GITHUB_EVENT_PATH', 'GITHUB_ACTOR', 'GITHUB_ACTOR_ID', 'GITHUB_TRIGGERING_ACTOR'],
  ...['GITHUB_REF', 'GITHUB_REF_NAME', 'GITHUB_REF_PROTECTED', 'GITHUB_REF_TYPE', 'GITHUB_SERVER_URL', 'GITHUB_JOB'],
  ...['GITHUB_REPOSITORY', 'GITHUB_REPOSITORY_ID', 'GITHUB_REPOSITORY_OWNER', 'GITHUB_REPOSITORY_OWNER_ID'],
  ...['GITHUB_RUN_ATTEMPT', 'GITHUB_RUN_ID', 'GITHUB_RUN_NUMBER', 'GITHUB_WORKFLOW', 'GITHUB_WORKFLOW_REF', 'GITHUB_WORKFLOW_SHA'],
  ...['RUNNER_OS', 'RUNNER_ARCH', 'RUNNER_ENVIRONMENT', 'RUNNER_NAME', 'ImageOS', 'ImageVersion'],
];

/** GitHub's cache takes its token from the environment: only a build that uses that cache gets it. */
const CACHE_VARIABLES = ['ACTIONS_RUNTIME_TOKEN', 'ACTIONS_RESULTS_URL', 'ACTIONS_CACHE_URL', 'ACTIONS_CACHE_SERVICE_V2'];

/** Returns what a build with these caches inherits. */
export function buildVariables(caches: readonly string[]): string[] {
  const ofGitHub = caches.some((cache) => /(^|,)"?type=gha\b/.test(cache));
  return ofGitHub ? [...BUILDX_VARIABLES, ...CACHE_VARIABLES] : BUILDX_VARIABLES;
}
