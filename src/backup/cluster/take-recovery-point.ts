import { DeployError } from '../../interfaces/errors.ts';
import { type RecoveryPoint, readRecoveryPoint } from '../restore/recovery-point.ts';
import { readLine, severalTries } from './line.ts';
import { readyPod } from './ready-pod.ts';
import { endOfJob, type JobRun, type JobTools, lastLine, whileJobRuns } from './run-job.ts';

/** On the loopback address of the Job's pod. */
export const RECOVERY_PORT = 8901;
export const READY_FILE = '/tmp/ready';

/** Of the last words of a Job that has ended. */
const WORDS_MS = 60_000;

/**
 * Runs the Job that opens a backup, takes what it has through the API server, and ends it. Errors: `backup-failed` with the Job's last words,
 * `TimeoutError`.
 */
export function takeRecoveryPoint(run: JobRun, tools: JobTools): Promise<RecoveryPoint> {
  return whileJobRuns(run, tools, async () => {
    const pod = await readyPod(run, 'the recovery point', tools);
    if (pod === 'ended') {
      const { words } = await endOfJob(run.name, WORDS_MS, tools);
      throw new DeployError('backup-failed', `The backup could not be opened: ${lastLine(words)}`);
    }
    const connect = () => tools.kubernetes.portForward({ name: pod.metadata.name }, RECOVERY_PORT);
    return severalTries('The recovery point', tools, async () =>
      readRecoveryPoint(await readLine(await connect(), 'the recovery point', tools)),
    );
  });
}
