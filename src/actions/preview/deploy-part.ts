import type { ActionContext } from '../../runtime/action.ts';
import { Inputs } from '../../runtime/inputs.ts';
import { fitted } from '../../split/index.ts';
import { type DeployInputs, readDeployInputs } from '../deploy/inputs.ts';
import { readChart } from '../shared/chart.ts';
import { Paths } from '../shared/paths.ts';
import type { PreviewInputs } from './inputs.ts';

/** Helm's limit. */
const LONGEST_RELEASE = 53;

/** The release that is deployed: the input, else the chart's name. Throws ConfigurationError. */
export function releaseOf({ inputs, env }: ActionContext, { release }: PreviewInputs): string {
  const chart = inputs.required('chart', { describe: 'a chart folder, a packed chart (.tgz), or oci://…' });
  return release ?? fitted(readChart(chart, new Paths(env)).name, LONGEST_RELEASE);
}

/** Where nobody is to be kept from anything: a version is looked at by its checks, and the one before it goes at once. */
const FIXED: Readonly<Record<string, string>> = {
  bake: '0s',
  drain: '0s',
  'keep-old': 'remove',
  adopt: 'false',
  'dry-run': 'false',
  // What is deployed is the pull request's head, as GitHub has it now: after a force-push that may be an older commit.
  'allow-older': 'true',
  'commit-status': 'false',
  // Its data is made anew.
  backup: 'off',
};

/** The inputs of the deploy that brings the preview up. Throws ConfigurationError. */
export function deployInputs(context: ActionContext, own: { namespace: string; release: string; version: string }): DeployInputs {
  const set = Object.entries({ ...FIXED, ...own }).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]);
  const inputs = new Inputs({ ...context.variables, ...Object.fromEntries(set) }, context.secrets, (message) =>
    context.log.warning(message),
  );
  return readDeployInputs({ ...context, inputs });
}
