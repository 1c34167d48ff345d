/** What `init` writes and prints, carried out: the files as they are, the commands as they stand, a push to a deployed app. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ROOT } from '../../demo/environment.ts';
import { productCopy } from '../../demo/workflow/product.ts';
import { UserRepository } from '../../demo/workflow/repository.ts';
import { expression } from '../../demo/workflow/yaml.ts';
import { type CommandResult, todoDeploy } from '../support/command-line.ts';
import { expectGreen, WorkflowMachine } from './workflow-support.ts';

let machine: WorkflowMachine;
beforeAll(async () => {
  machine = await WorkflowMachine.create();
  machine.product = productCopy(ROOT, join(machine.work, 'product'));
});
afterAll(() => machine.close());

interface Shape {
  /** Release and namespace. */
  name: string;
  copies: Readonly<Record<string, string>>;
  files: Readonly<Record<string, string>>;
  services: string[];
  /** What the front door answers with. */
  answer: string;
}

const APP = join(ROOT, 'test/apps/pair');
const SHAPES: readonly Shape[] = [
  {
    name: 'init-dockerfile',
    copies: { [APP]: '.' },
    files: {},
    services: ['todo'],
    answer: '"backend"',
  },
  {
    name: 'init-compose',
    copies: { [APP]: 'app' },
    files: {
      'compose.yaml': `services:
  web: {build: ./app, ports: ["8000:8080"], environment: {ROLE: frontend, BACKEND_URL: "http://api:8080", GREETING_TOKEN: ""}}
  api: {build: ./app, expose: [8080], healthcheck: {test: [CMD, curl, "http://localhost:8080/ready"]}}
`,
    },
    services: ['api', 'web'],
    answer: '"frontend"',
  },
  {
    name: 'init-chart',
    copies: { [APP]: 'app', [join(ROOT, 'test/charts/pair')]: 'charts/init-chart' },
    files: {
      'charts/init-chart/values-production.yaml':
        'ingress: {className: traefik, host: init-chart.example.test}\nautoscaling: {enabled: false}\n',
    },
    services: ['pair-backend', 'pair-frontend'],
    answer: '"frontend"',
  },
];

describe.each(SHAPES)('$name', ({ name, copies, files, services, answer }) => {
  const host = `${name}.example.test`;
  let repository: UserRepository;
  let written: CommandResult;
  let registry: string;
  const kubectl = (...more: string[]) => machine.kubectl('--namespace', name, ...more);
  const doctor = (...more: string[]) =>
    todoDeploy(
      ['doctor', '--username', machine.cluster.registry.username, '--password-file', '-', '--service-account', `${name}/deployer`, ...more],
      {
        cwd: repository.dir,
        env: machine.cluster.env,
        stdin: machine.cluster.registry.password,
      },
    );
  /** What is printed below a step. */
  const commands = () => [...written.stdout.matchAll(/^ {7}(\S.*)$/gm)].map(([, command = '']) => command);

  beforeAll(async () => {
    await machine.kubectl('delete', 'namespace', name, '--ignore-not-found', '--wait');
    registry = `${machine.cluster.registry.host}/${name}`;
    repository = await UserRepository.create(join(machine.work, name), copies, machine.runner);
    for (const [path, text] of Object.entries(files)) repository.write(path, text);
  }, 120_000);
  afterAll(() => machine.kubectl('delete', 'namespace', name, '--ignore-not-found', '--wait=false'));

  test('init writes it', async () => {
    const flags = ['--registry', registry, '--release', name, ...(name === 'init-chart' ? [] : ['--host', host])];
    written = await todoDeploy(['init', ...flags], { cwd: repository.dir });
    expect(written).toMatchObject({ exitCode: 0, stderr: '' });
  });

  test('before its commands the doctor names what is missing, afterwards nothing', async () => {
    const before = await doctor();
    expect(before.exitCode).toBe(1);
    expect(before.stdout).toContain(`"${name}" is not ready for a deploy: namespace, rights, pull secret`);
    for (const command of commands().filter((line) => line.startsWith('kubectl '))) {
      const { username, password } = machine.cluster.registry;
      // As a person does it, who knows the login.
      const line = command.replace('=USER', `=${username}`).replace('=TOKEN', `=${password}`);
      execFileSync('sh', ['-c', line], { cwd: repository.dir, env: machine.cluster.env, stdio: ['ignore', 'ignore', 'inherit'] });
    }
    const after = await doctor();
    expect(after.stdout).not.toContain('FAIL');
    expect(after.exitCode).toBe(0);
  }, 120_000);

  test('a push deploys it, with that account alone', async () => {
    const kubeconfig = readFileSync(join(repository.dir, 'deployer.kubeconfig'));
    expect(commands().join('\n')).toContain('base64 < deployer.kubeconfig');
    const workflow = '.github/workflows/deploy.yml';
    // Of this machine: `vars` are not known to act, and nobody wants to wait for the bake.
    repository.edit(workflow, expression('vars.REGISTRY_USERNAME'), machine.cluster.registry.username);
    repository.edit(workflow, `release: ${name}`, `release: ${name}\n          bake: 2s`);
    repository.write('.gitignore', 'deployer.kubeconfig\n');
    await repository.commit('Deploy with todo-deploy');
    const { secrets, cluster } = machine;
    machine.secrets = { ...secrets, KUBECONFIG: kubeconfig.toString('base64'), GREETING_TOKEN: 'a-token-of-the-app' };
    cluster.env.BUILDKIT_HOST = cluster.buildkit.address;
    const result = await machine.run(repository, { workflow }).finally(() => {
      machine.secrets = secrets;
    });
    expectGreen(result);
    for (const service of services)
      expect(await kubectl('get', 'service', service, '--output=jsonpath={.spec.selector.todo-deploy\\.dev/color}')).toBe('blue');
    expect(await get(machine.cluster.ingress.http[0] ?? '', host)).toContain(answer);
  }, 400_000);
});

/** Through the Ingress. */
const get = (base: string, host: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const sent = request(base, { headers: { host }, timeout: 10_000 }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => resolve(Buffer.concat(parts).toString()));
    });
    sent.on('error', reject).end();
  });

describe('the doctor and a registry', () => {
  const ask = (password: string) => {
    const { host, username } = machine.cluster.registry;
    return todoDeploy(
      ['doctor', '--release', 'init-registry', '--registry', `${host}/init`, '--username', username, '--password-file', '-', '--json'],
      {
        env: machine.cluster.env,
        stdin: password,
      },
    );
  };
  const finding = ({ stdout }: CommandResult) => {
    const { report } = JSON.parse(stdout) as { report: { findings: { check: string; level: string; message: string; mend?: string }[] } };
    return report.findings.find(({ check }) => check === 'registry');
  };

  test('a login that is not accepted, and one that may push', async () => {
    const wrong = finding(await ask('not-the-password'));
    expect(wrong).toMatchObject({ level: 'fail', message: expect.stringContaining('the login is not accepted') });
    expect(wrong?.mend).toContain(`docker login ${machine.cluster.registry.host}`);
    expect(finding(await ask(machine.cluster.registry.password))).toMatchObject({
      level: 'ok',
      message: expect.stringContaining('the login may push'),
    });
  });
});
