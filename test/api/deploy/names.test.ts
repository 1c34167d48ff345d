import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { DeployOptions, DeployOutcome } from '../../../src/deploy/index.ts';
import { colorRelease, SERVICE } from '../../../src/deploy/kube/names.ts';
import { coloredName, colorServiceName } from '../../../src/split/index.ts';
import { COLOR_LABEL, type Color } from '../../../src/split/model.ts';
import { App, type Ended } from '../support/app.ts';
import { DEPLOYMENT } from '../support/controllers.ts';

/** As long as Helm and Kubernetes allow. */
const RELEASE = `r${'e'.repeat(51)}x`;
const NAME = `web-${'n'.repeat(58)}z`;
const TEMPLATE = `apiVersion: apps/v1
kind: Deployment
metadata: {name: ${NAME}}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "registry.example/app:{{ .Values.image.tag }}", ports: [{containerPort: 8080}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: ${NAME}}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
`;

let app: App;
let folder: string;
beforeAll(async () => {
  app = await App.create('td-names');
  folder = mkdtempSync(join(tmpdir(), 'names-'));
  mkdirSync(join(folder, 'templates'));
  writeFileSync(join(folder, 'Chart.yaml'), '{apiVersion: v2, name: long, version: 1.0.0}');
  writeFileSync(join(folder, 'templates/all.yaml'), TEMPLATE);
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await app.remove();
});

const end = ({ outcome }: Ended): string | undefined => (outcome === 'killed' ? outcome : (outcome.error?.message ?? outcome.status));
const deploy = (version: string, more: Partial<DeployOptions> = {}): Promise<Ended<DeployOutcome>> =>
  app.deploy(version, undefined, { chart: folder, release: RELEASE, smoke: [], ...more });
const selected = async (): Promise<string | undefined> =>
  (await app.kubernetes.get({ ...SERVICE, name: NAME }))?.spec?.selector?.[COLOR_LABEL];
const replicas = async (color: Color): Promise<number | undefined> =>
  (await app.kubernetes.get({ ...DEPLOYMENT, name: coloredName('apps/Deployment', NAME, color) }))?.spec?.replicas;

test('an app of the longest names is deployed twice and rolled back', async () => {
  expect(end(await deploy('v1-good'))).toBe('deployed');
  expect(await selected()).toBe('blue');
  expect((await app.kubernetes.get({ ...SERVICE, name: colorServiceName(NAME, 'blue') }))?.spec?.selector).toEqual({
    app: 'web',
    [COLOR_LABEL]: 'blue',
  });
  // A person's count is kept, which is looked up under the chart's own name.
  const serving = { ...DEPLOYMENT, name: coloredName('apps/Deployment', NAME, 'blue') };
  await app.kubernetes.patch(serving, { spec: { replicas: 2 } }, { type: 'merge' });
  expect(end(await deploy('v2-good'))).toBe('deployed');
  expect([await selected(), await replicas('green'), await replicas('blue')]).toEqual(['green', 2, 0]);
  expect(end(await deploy('v2-good'))).toBe('unchanged');
  expect(end(await app.rollback('previous', undefined, { release: RELEASE }))).toBe('deployed');
  expect([await selected(), await replicas('blue')]).toEqual(['blue', 2]);
  expect(colorRelease(RELEASE, 'green')).toMatch(/^re{37}-[0-9a-f]{8}-green$/);
});
