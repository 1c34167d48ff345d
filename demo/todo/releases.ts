import type { DemoCluster } from '../environment.ts';
import type { UserRepository } from '../workflow/repository.ts';

/** One commit of the todo app's team, and how its workflow run has to end. */
export interface Release {
  title: string;
  change(repository: UserRepository, cluster: DemoCluster): void;
  expect: {
    success: boolean;
    outputs: Readonly<Record<string, string>>;
    reason?: RegExp /** Users were on it for a moment. */;
    switched?: boolean;
  };
}

export const FIRST: Release = {
  title: 'first deploy',
  change: () => {},
  expect: { success: true, outputs: { status: 'deployed', 'rolled-back': 'false' } },
};

export const LATER: readonly Release[] = [
  {
    title: 'a good release',
    change: (repository) => repository.edit('backend/app/main.py', 'title="Todo backend"', 'title="Todo API"'),
    expect: { success: true, outputs: { status: 'deployed', 'rolled-back': 'false' } },
  },
  {
    title: 'an image that does not exist',
    // A sidecar whose image was never pushed.
    change: (repository, cluster) =>
      repository.edit(
        'charts/todo/templates/frontend.yaml',
        '        - name: frontend\n',
        `        - name: metrics
          image: ${cluster.registry.host}/${cluster.registry.prefix}/todo-metrics:1.0
          securityContext:
            {{- include "todo.containerSecurity" $ | nindent 12 }}
          resources:
            limits: {cpu: 50m, memory: 32Mi}
        - name: frontend
`,
      ),
    expect: { success: false, outputs: { 'rolled-back': 'true', 'failure-reason': 'image-not-found' }, reason: /todo-metrics:1\.0/ },
  },
  {
    title: 'a crash at start',
    // A variable that is set only on the developer's machine.
    change: (repository) =>
      repository.edit(
        'backend/app/__main__.py',
        'def main() -> None:\n',
        'def main() -> None:\n    import os\n\n    os.environ["FEATURE_FLAGS_URL"]\n',
      ),
    expect: { success: false, outputs: { 'rolled-back': 'true', 'failure-reason': 'crash-loop' }, reason: /crash|exit/i },
  },
  {
    title: 'a smoke test that fails after the switch',
    // Works on each pod directly, fails behind a proxy.
    change: (repository) =>
      repository.edit(
        'backend/app/health.py',
        '    state = request.app.state\n',
        '    state = request.app.state\n    if "x-forwarded-for" in request.headers:\n        return JSONResponse({"status": "unknown client"}, 500)\n',
      ),
    expect: { success: false, outputs: { 'rolled-back': 'true', 'failure-reason': 'smoke-failed' }, reason: /500/, switched: true },
  },
];
