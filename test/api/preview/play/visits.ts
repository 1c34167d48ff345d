import { readWakerInputs } from '../../../../src/actions/waker/inputs.ts';
import { SERVICE } from '../../../../src/deploy/kube/names.ts';
import type { Preview } from '../../../../src/preview/model/index.ts';
import { KubernetesClient } from '../../../../src/tools/kubernetes/client.ts';
import { loadKubeconfig } from '../../../../src/tools/kubernetes/load.ts';
import { isAsleep, wake } from '../../../../src/waker/index.ts';
import { WAKER } from '../../../../src/waker/marks.ts';
import { QUIET } from '../../../support/log.ts';
import { DEPLOYMENT } from '../../support/controllers.ts';
import { RELEASE } from './app.ts';
import type { Fault } from './gate.ts';
import { servedIn } from './judge.ts';
import type { Stage } from './stage.ts';

/** Somebody looks at a preview that sleeps: its waker does what the program does at a visit, as it was told by its arguments. */
export async function visit(stage: Stage, { namespace, key }: Preview, fault?: Fault): Promise<void> {
  const { kubernetes, story, wrong, visited } = stage;
  const service = await kubernetes.get({ ...SERVICE, name: `${RELEASE}-web`, namespace });
  if (!isAsleep(service?.spec?.selector)) return;
  const waker = await kubernetes.get({ ...DEPLOYMENT, name: WAKER, namespace });
  const { services, deployments } = readWakerInputs(waker?.spec?.template.spec?.containers[0]?.args ?? []);
  visited.add(key.number);
  const gate = await stage.open(fault);
  const client = new KubernetesClient(loadKubeconfig({ input: gate.kubeconfig }), { namespace });
  const waking = wake({ services, deployments }, { kubernetes: client, clock: gate.clock, log: QUIET, signal: gate.signal }).then(
    () => 'awake',
    (error: unknown) => `not woken (${error instanceof Error ? error.message : String(error)})`,
  );
  const became = await stage.atWork(gate, () => Promise.race([waking, gate.killed]));
  gate.close();
  await client.close();
  story.push(`${key.number}: a visit: ${became}${fault && gate.met ? `, ${fault.kind} call ${fault.call}` : ''}`);
  if (gate.met) return;
  if (became !== 'awake') wrong.push(`A visit to ${key.number}: ${became}`);
  else if ((await servedIn(kubernetes, namespace)) === undefined) wrong.push(`A visit has woken ${key.number}, and nobody is led to it`);
}
