import { join } from 'node:path';
import { parse } from 'yaml';
import { type ClusterEnvironment, ROOT } from '../../demo/environment.ts';
import { freshNamespace, PULL_SECRET } from '../../demo/namespace.ts';
import type { ProcessRunner } from '../../src/interfaces/process.ts';
import { type ActionCall, type ActionResult, runAction } from '../support/action.ts';
import { kubectl } from '../support/kubectl.ts';

export { errorsOf } from '../support/action.ts';

/** An app of two Deployments that call each other (test/apps/pair), in a namespace of its own. */
export class PairApp {
  readonly namespace: string;
  readonly image: string;
  readonly #cluster: ClusterEnvironment;

  constructor(namespace: string, cluster: ClusterEnvironment) {
    this.namespace = namespace;
    this.image = `${cluster.registry.host}/${namespace}/pair`;
    this.#cluster = cluster;
  }

  static async create(
    namespace: string,
    cluster: ClusterEnvironment,
    versions: readonly string[],
    runner: ProcessRunner,
  ): Promise<PairApp> {
    const app = new PairApp(namespace, cluster);
    await freshNamespace(namespace, cluster, runner);
    for (const version of versions) {
      const command = ['docker', 'buildx', 'build', '--push', '--provenance=false', `--build-arg=VERSION=${version}`] as const;
      await runner.run({
        command: [...command, `--tag=${app.image}:${version}`, join(ROOT, 'test/apps/pair')],
        env: cluster.env,
        timeoutMs: 180_000,
      });
    }
    return app;
  }

  /** Runs the action for a version; `values` goes over the chart's. */
  deploy(version: string, inputs: Record<string, string> = {}, call: Partial<ActionCall> = {}): Promise<ActionResult> {
    return runAction({
      action: 'actions/deploy',
      cwd: ROOT,
      ...call,
      inputs: {
        chart: 'test/charts/pair',
        namespace: this.namespace,
        version,
        images: `${this.image}:${version}`,
        'image-pull-secrets': PULL_SECRET,
        values: this.values(version),
        smoke: '- {service: pair-frontend, path: /}',
        timeout: '90s',
        bake: '2s',
        drain: '1s',
        ...inputs,
      },
      env: { ...this.#cluster.env, GITHUB_ACTIONS: 'true', GITHUB_REPOSITORY: 'acme/pair', GITHUB_RUN_ID: '7', ...call.env },
    });
  }

  /** Runs the action for an app of the chart `small` in the same namespace; `values` are what a test switches on. */
  deploySmall(
    release: string,
    version: string,
    values: object = {},
    inputs: Record<string, string> = {},
    call: Partial<ActionCall> = {},
  ): Promise<ActionResult> {
    const chart = 'test/charts/small';
    return this.deploy(version, { chart, release, smoke: '', bake: '1s', values: this.values(version, values), ...inputs }, call);
  }

  /** Runs the action that goes back. */
  rollback(to: string, inputs: Record<string, string> = {}, call: Partial<ActionCall> = {}): Promise<ActionResult> {
    return runAction({
      action: 'actions/rollback',
      ...call,
      inputs: { release: 'pair', namespace: this.namespace, to, timeout: '60s', bake: '2s', drain: '1s', ...inputs },
      env: { ...this.#cluster.env, GITHUB_ACTIONS: 'true', GITHUB_REPOSITORY: 'acme/pair', GITHUB_ACTOR: 'ada', ...call.env },
    });
  }

  values(version: string, more: object = {}): string {
    return JSON.stringify({ image: { repository: this.image, tag: version }, ingress: { enabled: false }, ...more });
  }

  kubectl(...args: string[]): string {
    return kubectl(this.#cluster, ['--namespace', this.namespace, ...args]);
  }

  apply(object: object): void {
    kubectl(this.#cluster, ['--namespace', this.namespace, 'apply', '--filename=-'], JSON.stringify(object));
  }

  // biome-ignore lint/suspicious/noExplicitAny: objects of every kind
  get(...args: string[]): any {
    return JSON.parse(this.kubectl('get', ...args, '--output=json'));
  }

  /** The color that each stable Service selects. */
  colors(): (string | undefined)[] {
    return ['pair-backend', 'pair-frontend'].map((name) => this.get('service', name).spec.selector?.['todo-deploy.dev/color']);
  }

  journal(release = 'pair') {
    const data = this.get('secret', `todo-deploy-${release}-journal`).data['journal.json'];
    return JSON.parse(Buffer.from(data, 'base64').toString());
  }

  /** Requests from inside the cluster, a new connection each, until `stopLoad`; both versions of every answer are compared. */
  startLoad(node: string, perSecond: number, maxSeconds: number): void {
    const script = `
      const http = require('node:http');
      const seen = { sent: 0, lost: [], mixed: [], versions: {} };
      let done = 0;
      const ask = () => {
        const at = new Date().toISOString();
        seen.sent += 1;
        http.get('http://pair-frontend/', { agent: false, timeout: 20_000 }, (answer) => {
          let text = '';
          answer.on('data', (part) => { text += part; }).on('end', () => {
            done += 1;
            if (answer.statusCode !== 200) return seen.lost.push(at + ' ' + answer.statusCode + ' ' + text.trim());
            const body = JSON.parse(text);
            seen.versions[body.version] = (seen.versions[body.version] ?? 0) + 1;
            if (body.version !== body.backend.version) seen.mixed.push(at + ' ' + text.trim());
          });
        }).on('timeout', function () { this.destroy(new Error('no answer in 20 s')); })
          .on('error', (error) => { done += 1; seen.lost.push(at + ' ' + error.message); });
      };
      const timer = setInterval(ask, ${Math.round(1000 / perSecond)});
      const end = () => { console.log(JSON.stringify(seen)); process.exit(0); };
      const stop = () => { clearInterval(timer); setInterval(() => { if (done >= seen.sent) end(); }, 100); };
      process.on('SIGTERM', stop);
      setTimeout(stop, ${maxSeconds * 1000});`;
    const pod = parse(`
apiVersion: v1
kind: Pod
metadata: {name: load-${node}, namespace: ${this.namespace}}
spec:
  nodeName: ${node}
  restartPolicy: Never
  terminationGracePeriodSeconds: 15
  imagePullSecrets: [{name: ${PULL_SECRET}}]
  securityContext: {runAsNonRoot: true, runAsUser: 1000, seccompProfile: {type: RuntimeDefault}}
  containers:
    - name: load
      image: ${this.image}:v1
      securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
`);
    pod.spec.containers[0].command = ['node', '-e', script];
    this.apply(pod);
    this.kubectl('wait', '--for=condition=Ready', `pod/load-${node}`, '--timeout=60s');
  }

  /** Ends the sending and waits for answers under way. */
  stopLoad(node: string): { sent: number; lost: string[]; mixed: string[]; versions: Record<string, number> } {
    this.kubectl('exec', `load-${node}`, '--', 'node', '-e', 'process.kill(1, "SIGTERM")');
    this.kubectl('wait', '--for=jsonpath={.status.phase}=Succeeded', `pod/load-${node}`, '--timeout=60s');
    return JSON.parse(this.kubectl('logs', `load-${node}`));
  }
}

/** Fails with the log, which says more than a comparison of outputs. */
export function expectGreen(result: ActionResult): ActionResult {
  if (result.exitCode !== 0) throw new Error(`The run is red:\n${result.log.slice(-40).join('\n')}`);
  return result;
}

/** Fails with the log of a run that ended before it could be killed. */
export function expectKilled(result: ActionResult): void {
  if (result.signal !== 'SIGKILL') throw new Error(`The run ended by itself (${result.exitCode}):\n${result.log.slice(-40).join('\n')}`);
}
