import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { readBuildPushInputs } from '../../../../src/actions/build-push/inputs.ts';
import { readDeployInputs } from '../../../../src/actions/deploy/inputs.ts';
import { readPipelineInputs } from '../../../../src/actions/pipeline/inputs.ts';
import { readRemoveInputs } from '../../../../src/actions/remove/inputs.ts';
import { readRollbackInputs } from '../../../../src/actions/rollback/inputs.ts';
import { readKnown } from '../../../../src/actions/shared/known-inputs.ts';
import { answerToInput, DOCKER_INPUTS } from '../../../../src/build/docker-words.ts';
import { type ActionContext, createContext } from '../../../../src/runtime/action.ts';

let workspace: string;
beforeAll(() => {
  workspace = mkdtempSync(join(tmpdir(), 'known-inputs-'));
  mkdirSync(join(workspace, 'chart'));
  writeFileSync(join(workspace, 'Dockerfile'), 'FROM scratch\n');
  writeFileSync(join(workspace, 'chart', 'Chart.yaml'), 'name: todo\nversion: 1.0.0\n');
});
afterAll(() => rmSync(workspace, { recursive: true }));

const BUILD = { images: 'app: .', registry: 'r.example.com/acme' };
const DEPLOY = { chart: './chart' };

function contextOf(inputs: Record<string, string>, said: string[] = []): ActionContext {
  const given = Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]);
  const variables = { GITHUB_WORKSPACE: workspace, RUNNER_TEMP: join(workspace, 'temp'), ...Object.fromEntries(given) };
  const context = createContext('test', new AbortController().signal, variables);
  const keep = (line: string): void => void said.push(line);
  return { ...context, log: { ...context.log, info: () => undefined, notice: () => undefined, warning: keep } };
}

const buildPush = (inputs: Record<string, string>, said: string[] = []) => {
  const context = contextOf({ ...BUILD, ...inputs }, said);
  return readKnown(context, () => readBuildPushInputs(context), { answer: answerToInput });
};

describe('an input that the action does not have', () => {
  test.each([
    ['sevrity', 'severity'],
    ['build_args', 'build-args'],
    ['platform', 'platforms'],
    ['trivyignore', 'trivyignores'],
    ['ignore-unfixd', 'ignore-unfixed'],
    ['secert-envs', 'secret-envs'],
  ])('%s: meant is %s', (name, meant) => {
    expect(() => buildPush({ [name]: 'x' })).toThrow(`Input "${name}" is not one of this action; did you mean "${meant}"?`);
  });

  test('a slip in one that is required is told as the slip', () => {
    const context = contextOf({ registry: BUILD.registry, imges: 'app: .' });
    expect(() => readKnown(context, () => readBuildPushInputs(context))).toThrow('did you mean "images"?');
  });

  test.each(DOCKER_INPUTS.filter((name) => !name.startsWith('secret-')))("docker's %s is answered with what it is here", (name) => {
    const context = contextOf({ [name]: 'x' });
    expect(() => readKnown(context, () => readBuildPushInputs(context), { answer: answerToInput })).toThrow(
      expect.objectContaining({ message: `Input "${name}" is not one of this action`, hint: answerToInput(name) }),
    );
  });

  test('any other changes nothing, and that is said', () => {
    const said: string[] = [];
    expect(buildPush({ 'something-else': 'x' }, said).registry).toBe(BUILD.registry);
    expect(said).toEqual(['Input "something-else" is not one of this action: it changes nothing']);
  });

  test('an empty one is as good as none', () => {
    const said: string[] = [];
    buildPush({ file: '', other: ' ' }, said);
    expect(said).toEqual([]);
  });

  test('the root action has the context of a kubeconfig, and the names of both parts', () => {
    const context = contextOf({
      ...BUILD,
      ...DEPLOY,
      context: 'kind',
      'build-timeout': '5m',
      'build-secrets': 'a=b-c-d-e',
      secrets: 'db/password=x-y-z',
    });
    expect(readPipelineInputs(context).build.timeoutMs).toBe(300_000);
    expect(() => readPipelineInputs(contextOf({ ...BUILD, ...DEPLOY, 'build-timout': '5m' }))).toThrow('did you mean "build-timeout"?');
    expect(() => readPipelineInputs(contextOf({ ...BUILD, ...DEPLOY, target: 'x' }))).toThrow('Input "target" is not one of this action');
  });
});

describe('every input of action.yml is asked for, whatever the others are', () => {
  const names = (folder: string): string[] => Object.keys(parse(readFileSync(join(folder, 'action.yml'), 'utf8')).inputs);
  test.each<[string, Record<string, string>, (context: ActionContext) => unknown]>([
    ['build-push', BUILD, readBuildPushInputs],
    ['deploy', DEPLOY, readDeployInputs],
    ['rollback', { release: 'todo' }, readRollbackInputs],
    ['remove', { release: 'todo', confirm: 'todo' }, readRemoveInputs],
  ])('%s', (action, inputs, read) => {
    const context = contextOf(inputs);
    read(context);
    expect(names(`actions/${action}`).filter((name) => !context.inputs.read.includes(name))).toEqual([]);
  });
});
