import { requireLasting } from '../../deploy/preflight/namespace.ts';
import { requireOwnObjects } from '../../deploy/preflight/own-objects.ts';
import { requireOwnReleases } from '../../deploy/preflight/own-releases.ts';
import { findingText, type Preflight } from '../../deploy/preflight/plan.ts';
import { requireSizes } from '../../deploy/preflight/sizes.ts';
import { requireValid } from '../../deploy/preflight/valid.ts';
import type { Plan } from '../../deploy/run/run.ts';
import { ConfigurationError } from '../../interfaces/errors.ts';
import { findingOf } from '../patient/findings.ts';
import type { Finding, Probe } from '../patient/model.ts';

/** Whether the chart renders, comes apart into what has two colors and what is shared, and is taken by the API server. */
export const chart: Probe = {
  title: 'chart',
  asksCluster: true,
  async run({ chart: patient, kubernetes }) {
    if (patient === undefined) return [{ level: 'unknown', message: 'no chart is named', mend: 'give --chart' }];
    let plan: Plan;
    try {
      plan = await patient.plan();
    } catch (error) {
      return apart(error);
    }
    const there = (await requireLasting({ kubernetes }).catch(() => 'there')) !== 'missing';
    const findings = (await Promise.all(questions(await patient.run(), plan, there).map(answered))).flat();
    return [
      { level: 'ok', message: splitText(plan) },
      ...plan.split.warnings.map((one): Finding => ({ level: 'warn', message: findingText(one) })),
      ...findings,
    ];
  },
};

/** All that the preflight asks about the chart; the API server can try it only in a namespace. */
const questions = (run: Preflight, plan: Plan, there: boolean): (() => Promise<unknown>)[] => [
  () => requireOwnReleases(run),
  () => requireOwnObjects(run, plan),
  () => requireSizes(run, plan),
  ...(there ? [() => requireValid(run, plan)] : []),
];

const answered = (question: () => Promise<unknown>): Promise<Finding[]> =>
  question().then(
    () => [],
    (error: unknown) => [findingOf(error)],
  );

/** Several refusals are several findings. */
function apart(error: unknown): Finding[] {
  if (!(error instanceof ConfigurationError)) return [findingOf(error)];
  const [first = '', ...reasons] = error.message.split('\n- ');
  return reasons.length === 0
    ? [findingOf(error)]
    : reasons.map((reason) => ({ level: 'fail', message: `${first.replace(/, for \d+ reasons:$/, '')}: ${reason}` }));
}

function splitText({ split }: Plan): string {
  const own = split.workloads.map(({ kind, name }) => `${kind}/${name}`);
  const shared = split.shared.map(({ kind, name }) => `${kind}/${name}`);
  const services = split.services.map(({ name }) => name);
  return [
    own.length > 0 ? `two colors: ${own.join(', ')}` : 'nothing in two colors',
    ...(shared.length > 0 ? [`shared: ${shared.join(', ')}`] : []),
    services.length > 0 ? `switched: ${services.map((name) => `Service/${name}`).join(', ')}` : 'no Service to switch',
  ].join('; ');
}
