import { ConfigurationError } from '../../interfaces/errors.ts';
import { exposedHeader, PLAIN_HTTP } from '../../interfaces/plain-http.ts';
import { readRender } from '../../split/index.ts';
import { type Color, type Finding, otherColor, type SplitResult } from '../../split/model.ts';
import { readPlainRelease } from '../adoption/read.ts';
import { requireRest, takeOver, takeOverUnmarked } from '../adoption/take-over.ts';
import { baseChanged } from '../base/apply.ts';
import { givenBack } from '../base/services.ts';
import { slips, warmRefusals } from '../base/slips.ts';
import { StepFailure } from '../diagnosis/failure.ts';
import { driftText } from '../drift/model.ts';
import { activeOf, colorWorkloads, isGone, liveStableServices } from '../kube/live.ts';
import type { DeployRun, Plan } from '../run/run.ts';
import { servingIn } from '../state/journal.ts';
import { chartSecretRefusals } from './chart-secrets.ts';
import { liveGateways } from './gateways.ts';
import { baseDrift, releaseDrift, sayDrift, sayUnserved } from './lives.ts';
import { lostPorts } from './lost-ports.ts';
import { liveClaimsOfOneNode, namespaceRefusals } from './namespace-checks.ts';
import { renderChart } from './render.ts';
import { type Rendered, splitPlan } from './split-input.ts';
import { whereIn } from './where.ts';

/** What a preflight needs of a run: it writes nothing. */
export type Preflight = Pick<
  DeployRun,
  'kubernetes' | 'helm' | 'log' | 'options' | 'journal' | 'signal' | 'report' | 'ancestry' | 'imageExists' | 'pullSecrets'
>;

/** Reads what runs, renders and splits the chart. Errors: `ConfigurationError` with everything that is not supported. */
export async function makePlan(run: Preflight): Promise<Plan> {
  const { options, journal, kubernetes } = run;
  const services = await liveStableServices(kubernetes, options.release);
  const selected = activeOf(services, servingIn(journal.journal));
  const active = selected === 'mixed' ? journal.journal.active : (selected ?? journal.journal.active);
  // Where no version has served yet there is nobody to protect: a person has led the Services of one that failed to and fro.
  const nobody = journal.journal.history.length === 0;
  if (selected === 'mixed' && active === undefined && !nobody) {
    throw new StepFailure(
      'state-unclear',
      `The Services of "${options.release}" select different colors: ${services.map((one) => `${one.name} → ${one.color}`).join(', ')}`,
    );
  }
  const serving = journal.journal.history.find((entry) => entry.color === active);
  const firstDeploy = journal.journal.history.length === 0;
  const color: Color = active ? otherColor(active) : 'blue';
  const running = firstDeploy && !active ? await readPlainRelease(run) : undefined;
  if (running) requireRest(run, running);
  const install = firstDeploy && !running;
  const render = await renderChart(run, install);
  const { split, splitFor } = await splitOf(
    run,
    { render, read: readRender(render), namespace: kubernetes.namespace, firstDeploy: install },
    color,
  );
  const takeover = running
    ? await takeOver(run, running, split)
    : install && !active
      ? await takeOverUnmarked(run, render, split)
      : undefined;
  const outside = (await namespaceRefusals(run, split, { plain: running !== undefined })).filter(
    ({ object }) => !takeover?.pinned.has(object),
  );
  refuse(
    [
      ...split.refusals,
      ...slips(services, split),
      ...warmRefusals(await givenBack(run, split), options.keepOld),
      ...outside,
      ...(takeover?.refusals ?? []),
      ...lostPorts(split, active ? await colorWorkloads(kubernetes, options.release, active) : new Map()),
      ...chartSecretRefusals(options.secrets, [...split.baseObjects, ...split.colorObjects]),
      ...checkRefusals(run, split),
    ],
    options,
  );
  // A plan that is made again says them then.
  if (render.apart === undefined || options.dryRun) sayFindings(run, split);
  // What is in place and gone is made again with the base.
  const unserved = active !== undefined && !serving?.inPlace && (await isGone(kubernetes, options.release, active, services));
  if (unserved) sayUnserved(run, active, serving?.version);
  // Hooks run with each deploy: what is not as it was applied is looked for all the same.
  const drift =
    serving?.baseHash !== split.baseHash ? [] : [...(await releaseDrift(run, serving)), ...(await baseDrift(run, split)).map(driftText)];
  sayDrift(run, drift);
  return {
    values: render.config,
    split,
    splitFor,
    base: baseChanged(serving, split) || drift.length > 0 ? 'first' : 'same',
    baseDrift: drift.length > 0 ? drift : undefined,
    color,
    active,
    serving,
    firstDeploy: install && !takeover,
    plain: takeover?.plan,
    unserved: unserved || undefined,
    apart: render.apart,
    where: whereIn(render),
  };
}

/**
 * The split; once more where the cluster has what it depends on: claims, which are not of the chart, that keep a workload from having two
 * colors, and Gateways by which users are led in.
 */
async function splitOf(
  run: Preflight,
  rendered: Omit<Rendered, 'claimsOfOneNode' | 'gateways'>,
  color: Color,
): Promise<Pick<Plan, 'split' | 'splitFor'>> {
  const first = splitPlan(run.options, { ...rendered, claimsOfOneNode: [], gateways: [] }, color);
  const [claimsOfOneNode, { gateways, classes }] = await Promise.all([
    liveClaimsOfOneNode(run, first),
    liveGateways(run, first.baseObjects),
  ]);
  const known = { ...rendered, claimsOfOneNode, gateways: [...gateways, ...classes] };
  const split = claimsOfOneNode.length > 0 || known.gateways.length > 0 ? splitPlan(run.options, known, color) : first;
  return { split, splitFor: (painted, addresses) => splitPlan(run.options, known, painted, addresses) };
}

const PLAIN_HINT = `Use https, or allow the host at the step: env: {${PLAIN_HTTP}: <host>}`;

function checkRefusals({ options }: Preflight, split: SplitResult): Finding[] {
  // Whatever address the nodes have: what counts is that it is not encrypted.
  const [door] = split.nodeDoors;
  const url = options.url ?? split.url ?? (door && `${door.scheme}://${door.service}`);
  const exposed = options.smoke.flatMap((check) => {
    const target = check.service ? null : URL.parse(check.url ?? url ?? '');
    const header = target && exposedHeader(target, check.requestHeaders, options.env ?? {});
    return header
      ? [
          {
            object: '',
            message: `The check "${check.name}" would send the header "${header}" unencrypted to ${target.origin}`,
            hint: PLAIN_HINT,
          },
        ]
      : [];
  });
  const lost = options.smoke
    .filter((check) => !check.service && !check.url && url === undefined)
    .map((check) => ({
      object: '',
      message: `The check "${check.name}" has only a path, and the app has no URL`,
      hint: 'Give the check a service or a url, or set the input "url".',
    }));
  return [...exposed, ...lost];
}

/** What a person should know of the chart, and what of it is updated in place. */
function sayFindings({ log, report }: Preflight, { warnings, inPlace, colorless, adapted }: SplitResult): void {
  for (const { object, message } of adapted) log.info(`In this preview, ${object}: ${message}`);
  report.adapted.push(...adapted);
  for (const { object, message } of inPlace) log.info(`In place, not blue-green: ${object}: ${message}`);
  if (colorless) log.info('Nothing of this app can have two colors: it is deployed in place, and goes back by itself where it fails');
  report.inPlace.push(...inPlace);
  for (const warning of warnings) log.warning(findingText(warning));
  report.warnings.push(...warnings);
}

export const findingText = ({ object, message, hint }: Finding): string =>
  `${object ? `${object}: ` : ''}${message}${hint ? ` (${hint})` : ''}`;

/** All findings at once: nobody wants to fix a chart one error at a time. */
function refuse(findings: readonly Finding[], { chart, strategy }: DeployRun['options']): void {
  if (findings.length === 0) return;
  const [first, ...more] = findings.map(findingText);
  // By itself, what cannot have two colors is deployed in place.
  const refused = `The chart ${chart} cannot be deployed${strategy === 'blue-green' ? ' blue-green' : ' like this'}`;
  if (more.length === 0) throw new ConfigurationError(`${refused}: ${first}`);
  throw new ConfigurationError(`${refused}, for ${findings.length} reasons:\n- ${[first, ...more].join('\n- ')}`);
}
