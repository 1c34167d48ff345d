import type { Duplex } from 'node:stream';
import { messageOf } from '../../interfaces/values.ts';
import { readLine, severalTries } from '../cluster/line.ts';
import { readyPod } from '../cluster/ready-pod.ts';
import { endOfJob, type JobResult, type JobRun, type JobTools, whileJobRuns } from '../cluster/run-job.ts';
import { RECOVERY_PORT } from '../cluster/take-recovery-point.ts';
import type { Beside } from '../model.ts';
import { ASKING, besideText, readAsked, TAKEN } from './exchange.ts';

type Make = (id: string, tools: JobTools) => Promise<Beside>;

/** Runs the Job of a backup, and meanwhile makes what goes with it; the Job stores no manifest before it was told of it. What `make` throws ends both. */
export function runJobWith(run: JobRun, tools: JobTools, make: Make): Promise<JobResult> {
  return whileJobRuns(run, tools, async () => {
    const [over, ended] = [new AbortController(), new AbortController()];
    const end = endOfJob(run.name, run.limitMs, { ...tools, signal: AbortSignal.any([tools.signal, over.signal]) });
    const making = told(run, { ...tools, signal: AbortSignal.any([tools.signal, ended.signal]) }, make);
    // Whichever is first ends the other: a Job that has failed waits for nothing, and without what goes with it there is no backup.
    end.catch(() => undefined).then(() => ended.abort());
    try {
      await making;
    } catch (error) {
      if (tools.signal.aborted || !ended.signal.aborted) {
        over.abort();
        throw error;
      }
    }
    return await end;
  });
}

async function told(run: JobRun, tools: JobTools, make: Make): Promise<void> {
  const pod = await readyPod(run, 'the id of the backup', tools);
  if (pod === 'ended') return;
  await exchanged(() => tools.kubernetes.portForward({ name: pod.metadata.name }, RECOVERY_PORT), tools, make);
}

/** Asks for the backup's id, makes what goes with it, and tells that. */
export async function exchanged(connect: () => Promise<Duplex>, tools: JobTools, make: Make): Promise<void> {
  const said = async (line: string, what: string): Promise<string> => {
    const stream = await connect();
    stream.write(line);
    return await readLine(stream, what, tools);
  };
  const id = await severalTries('The id of the backup', tools, async () => readAsked(await said(ASKING, 'the id of the backup')));
  const text = besideText(id, await make(id, tools));
  try {
    await severalTries('The word that the Job knows what goes with the backup', tools, async () => {
      if ((await said(text, 'the word that the Job knows it')) !== TAKEN) throw new Error('it does not take it');
    });
  } catch (error) {
    tools.signal.throwIfAborted();
    // It may have heard it, and be over: its end tells. A Job that has not heard it stores no manifest.
    tools.log.info(`Whether the Job knows what goes with the backup shows at its end: ${messageOf(error)}`);
  }
}
