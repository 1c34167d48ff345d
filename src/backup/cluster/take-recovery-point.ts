import type { Duplex } from 'node:stream';
import { JOB, POD } from '../../deploy/kube/names.ts';
import { watchUntil } from '../../deploy/kube/watch.ts';
import { DeployError, TimeoutError } from '../../interfaces/errors.ts';
import type { Pod } from '../../interfaces/objects.ts';
import { messageOf } from '../../interfaces/values.ts';
import { type RecoveryPoint, readRecoveryPoint } from '../restore/recovery-point.ts';
import { endOfJob, type JobRun, type JobTools, lastLine, whileJobRuns } from './run-job.ts';

/** On the loopback address of the Job's pod. */
export const RECOVERY_PORT = 8901;
export const READY_FILE = '/tmp/ready';

const TRIES = 3;
/** Of the answer; each of a few records has one MiB at most. */
const LARGEST = 32 * 1024 * 1024;
const ANSWER_MS = 60_000;
const LINE_BREAK = 0x0a;

/**
 * Runs the Job that opens a backup, takes what it has through the API server, and ends it. Errors: `backup-failed` with the Job's last words,
 * `TimeoutError`.
 */
export function takeRecoveryPoint(run: JobRun, tools: JobTools): Promise<RecoveryPoint> {
  return whileJobRuns(run, tools, async () => {
    const pod = await readyPod(run, tools);
    for (let tries = 1; ; tries += 1) {
      try {
        return readRecoveryPoint(await answerOf(await tools.kubernetes.portForward({ name: pod.metadata.name }, RECOVERY_PORT), tools));
      } catch (error) {
        tools.signal.throwIfAborted();
        if (tries >= TRIES) throw error;
        tools.log.info(`The recovery point did not come whole (${messageOf(error)}): once more`);
      }
    }
  });
}

async function readyPod({ name, limitMs }: JobRun, tools: JobTools): Promise<Pod> {
  const found = await watchUntil({
    ...tools,
    watch: [
      { kind: JOB, options: { fieldSelector: `metadata.name=${name}` } },
      { kind: POD, options: { labelSelector: `job-name=${name}` } },
    ],
    limitMs,
    waitingFor: `the recovery point of Job ${name}`,
    judge: (view): Pod | 'ended' | undefined => {
      const ready = view
        .all<Pod>(POD)
        .find(({ status }) => status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True'));
      if (ready) return ready;
      return view.all<Pod>(POD).some(({ status }) => status?.phase === 'Failed' || stuck(status)) ? 'ended' : undefined;
    },
    onLimit: () => new TimeoutError(`the recovery point of Job ${name}`, limitMs),
  });
  if (found !== 'ended') return found;
  const { words } = await endOfJob(name, ANSWER_MS, tools);
  throw new DeployError('backup-failed', `The backup could not be opened: ${lastLine(words)}`);
}

const stuck = (status: Pod['status']): boolean =>
  (status?.containerStatuses ?? []).some(({ state }) =>
    /^(ImagePullBackOff|ErrImagePull|InvalidImageName)$/.test(state?.waiting?.reason ?? ''),
  );

async function answerOf(stream: Duplex, { clock, signal }: JobTools): Promise<string> {
  const stop = new AbortController();
  const late = clock.sleep(ANSWER_MS, AbortSignal.any([signal, stop.signal])).then(
    () => stream.destroy(new TimeoutError('the recovery point', ANSWER_MS)),
    () => undefined,
  );
  try {
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > LARGEST) throw new DeployError('backup-damaged', `The recovery point has more than ${LARGEST} bytes`);
      chunks.push(chunk);
      // Its only line break ends it: whoever is between may keep the connection.
      if (chunk.at(-1) === LINE_BREAK) break;
    }
    return Buffer.concat(chunks).toString('utf8');
  } finally {
    stop.abort();
    stream.destroy();
    await late;
  }
}
