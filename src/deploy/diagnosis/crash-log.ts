import type { Kubernetes } from '../../interfaces/kubernetes.ts';
import { type Cause, causeOf } from './causes.ts';
import type { Failing } from './workload-state.ts';

const LOG = { tailLines: 5, limitBytes: 4096 };
/** The runtime's own last word, where a program's file is for another platform; the status has an exit code only. */
const FORMAT = /^(exec \S+|.*exec user process caused): exec format error$/;

/** Pure: the cause of a crash, where the last line of its log says it and the status does not. */
export function causeInLog({ cause, workload, container }: Failing, log: string): Cause {
  const last = log.trimEnd().split('\n').at(-1)?.trim() ?? '';
  if (!FORMAT.test(last)) return cause;
  const where = `${cause.reason === 'init-failed' ? 'Init container' : 'Container'} "${container}" of ${workload}`;
  return causeOf('image-architecture', `${where} cannot start: ${last}`, cause.graceMs);
}

/** The cause of a failure; that of a crash with what its log says. */
export async function causeWithLog(failing: Failing, kubernetes: Kubernetes): Promise<Cause> {
  const { cause, pod, container } = failing;
  if (pod === undefined || container === undefined || !['crash-loop', 'init-failed'].includes(cause.reason)) return cause;
  // A log that cannot be read is no reason to fail in another way.
  const read = (previous: boolean) => kubernetes.logs({ name: pod }, { container, previous, ...LOG }).catch(() => '');
  return causeInLog(failing, (await read(false)) || (await read(true)));
}
