import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Paths } from '../../../../src/actions/shared/paths.ts';

/** `work` is the checkout, `temp` the runner's, `home` somebody's. */
let top: string;
const at = (path: string): string => join(top, path);
beforeEach(() => {
  top = realpathSync(mkdtempSync(join(tmpdir(), 'todo-deploy-paths-')));
  for (const folder of ['work/chart/templates', 'work/.git', 'work/common', 'temp', 'home']) mkdirSync(at(folder), { recursive: true });
  for (const file of [
    'work/chart/Chart.yaml',
    'work/values.yaml',
    'work/common/_helpers.tpl',
    'work/.git/config',
    'home/config',
    'temp/own.yaml',
  ]) {
    writeFileSync(at(file), 'a: 1\n');
  }
});
afterEach(() => rmSync(top, { recursive: true }));

const link = (from: string, to: string): void => {
  mkdirSync(dirname(at(from)), { recursive: true });
  symlinkSync(to.startsWith('/') ? to : at(to), at(from));
};
const workflow = () => new Paths({ workspace: at('work'), tempDir: at('temp'), isWorkspaceKnown: true });
const commandLine = () => new Paths({ workspace: at('work'), tempDir: at('temp'), isWorkspaceKnown: false });

describe('what an input names, in a workflow', () => {
  test('is in the workspace, or in RUNNER_TEMP', () => {
    expect(workflow().file('values.yaml', 'Input "x" names')).toBe(at('work/values.yaml'));
    expect(workflow().file('./chart/../values.yaml', 'Input "x" names')).toBe(at('work/values.yaml'));
    expect(workflow().file(at('temp/own.yaml'), 'Input "x" names')).toBe(at('temp/own.yaml'));
    link('elsewhere', 'work');
    const linked = new Paths({ workspace: at('elsewhere'), tempDir: at('temp'), isWorkspaceKnown: true });
    expect([linked.file('values.yaml', ''), linked.file(at('work/values.yaml'), '')]).toEqual([
      at('elsewhere/values.yaml'),
      at('work/values.yaml'),
    ]);
  });

  test.each(['../home/config', '/etc/hostname', '/proc/self/environ'])('%s is refused', (path) => {
    expect(() => workflow().file(path, 'Input "value-files" names')).toThrow(/^Input "value-files" names .* outside of the workspace$/);
  });

  test('a symbolic link of the checkout leads nowhere else, not even to RUNNER_TEMP', () => {
    link('work/a.yaml', 'home/config');
    link('work/b.yaml', '/proc/self/environ');
    link('work/c.yaml', 'temp/own.yaml');
    link('work/d', 'home');
    link('work/e.yaml', 'work/values.yaml');
    for (const path of ['a.yaml', 'b.yaml', 'c.yaml', 'd/config']) {
      expect(() => workflow().file(path, 'Input "x" names')).toThrow(/which leads to .* outside of the workspace/);
    }
    expect(() => workflow().folder('d', 'Input "x" names')).toThrow(/which leads to .*home, outside of the workspace/);
    expect(workflow().file('e.yaml', 'Input "x" names')).toBe(at('work/e.yaml'));
  });

  test('what is not there yet will be where its links lead', () => {
    link('work/out', 'home/new');
    link('work/far', 'home');
    link('work/circle', 'work/circle');
    for (const path of ['out', 'out/image.tar', 'far/new/image.tar']) {
      expect(() => workflow().anywhere(path, 'An output goes to')).toThrow(/^An output goes to .* outside of the workspace$/);
    }
    expect(workflow().anywhere('dist/image.tar', 'An output goes to')).toBe(at('work/dist/image.tar'));
    expect(workflow().anywhere('circle', 'An output goes to')).toBe(at('work/circle'));
  });

  test('Git’s own folder is not read', () => {
    link('work/f.yaml', 'work/.git/config');
    for (const path of ['f.yaml', '.git/config'])
      expect(() => workflow().file(path, 'Input "x" names')).toThrow("leads into Git's own folder");
  });

  test('a kubeconfig may be anywhere, unless the checkout says where', () => {
    link('work/kube', 'home/config');
    expect(workflow().anywhere(at('home/config'), 'Input "kubeconfig" names')).toBe(at('home/config'));
    expect(() => workflow().anywhere('kube', 'Input "kubeconfig" names')).toThrow(/^Input "kubeconfig" names kube, which leads to/);
  });
});

describe('a chart', () => {
  const refuse = (paths: Paths, why: RegExp): void => {
    expect(() => paths.chart('chart', 'Input "chart" names')).toThrow(why);
  };

  test('may share files by symbolic links within the workspace', () => {
    link('work/chart/templates/_helpers.tpl', 'work/common/_helpers.tpl');
    link('work/chart/charts/common', 'work/common');
    link('work/chart/round', 'work/chart');
    expect(workflow().chart('chart', 'Input "chart" names')).toBe(at('work/chart'));
  });

  test.each([
    ['a file of the process', 'work/chart/env', '/proc/self/environ'],
    ['a kubeconfig', 'work/chart/files/config', 'home/config'],
    ['a folder', 'work/chart/charts/all', 'home'],
    ['RUNNER_TEMP', 'work/chart/files/own', 'temp/own.yaml'],
    ['a template', 'work/chart/templates/x.yaml', '/etc/hostname'],
    ['Chart.yaml itself', 'work/other/Chart.yaml', 'home/config'],
  ])('with a link to %s is refused by its name', (_what, from, to) => {
    link(from, to);
    const chart = from.split('/')[1] ?? '';
    const shown = from.split('/').slice(2).join('/');
    for (const paths of [workflow(), commandLine()]) {
      expect(() => paths.chart(chart, 'Input "chart" names')).toThrow(
        `Input "chart" names ${chart}, whose ${shown} is a symbolic link to `,
      );
    }
  });

  test('with a link behind a link is refused', () => {
    link('work/common/deep', 'home');
    link('work/chart/charts/common', 'work/common');
    refuse(workflow(), /whose charts\/common\/deep is a symbolic link to .*home$/);
  });

  test('with a link into .git, or to nothing, or with a pipe is refused', () => {
    link('work/chart/git', 'work/.git/config');
    refuse(workflow(), /whose git is a symbolic link into Git's own folder/);
    rmSync(at('work/chart/git'));
    link('work/chart/gone', 'nowhere');
    refuse(workflow(), /whose gone is a symbolic link that leads nowhere/);
    rmSync(at('work/chart/gone'));
    execFileSync('mkfifo', [at('work/chart/pipe')]);
    refuse(workflow(), /whose pipe is a pipe, not a file/);
  });

  test('on the command line may lie anywhere, with links within its own Git repository', () => {
    link('work/chart/templates/_helpers.tpl', 'work/common/_helpers.tpl');
    const elsewhere = new Paths({ workspace: at('home'), tempDir: at('temp'), isWorkspaceKnown: false });
    expect(elsewhere.chart('../work/chart', 'Input "chart" names')).toBe(at('work/chart'));
    rmSync(at('work/.git'), { recursive: true });
    expect(() => elsewhere.chart('../work/chart', 'Input "chart" names')).toThrow(/_helpers.tpl is a symbolic link to/);
  });
});
