import { requireCapacity } from '../../deploy/preflight/capacity.ts';
import { requireQuota } from '../../deploy/preflight/quota.ts';
import { Recorder } from '../../deploy/run/run.ts';
import { findingOf } from '../patient/findings.ts';
import type { Finding, Probe } from '../patient/model.ts';

/** Whether nodes and quota hold a version more, as every deploy asks. */
export const capacity: Probe = {
  title: 'capacity',
  asksCluster: true,
  async run({ chart, namespace }) {
    if (chart === undefined) return [{ level: 'unknown', message: 'no chart is named', mend: 'give --chart' }];
    const plan = await chart.plan().catch(() => undefined);
    if (plan === undefined) return [{ level: 'unknown', message: 'the chart has no plan yet: see above' }];
    const report = new Recorder();
    const run = { ...(await chart.run()), report };
    const commands = ['kubectl describe nodes', `kubectl --namespace ${namespace} describe resourcequota`];
    const failed = await Promise.all(
      [requireCapacity, requireQuota].map((check, index) =>
        check(run, plan).then(
          () => [],
          (error: unknown): Finding[] => {
            const finding = findingOf(error);
            return [{ ...finding, mend: finding.mend ? `${finding.mend} (${commands[index]})` : commands[index] }];
          },
        ),
      ),
    );
    const warned = report.warnings.map(({ message, hint }): Finding => ({ level: 'warn', message, mend: hint }));
    const unseen = report.notes.map(
      (message): Finding => ({ level: 'unknown', message, mend: 'run the doctor as somebody who may list nodes and pods' }),
    );
    const findings = [...failed.flat(), ...warned, ...unseen];
    return findings.length > 0 ? findings : [{ level: 'ok', message: 'the nodes have room for one version more' }];
  },
};
