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

/**
 * Inputs that may name what the chart names after its release: another one for each preview where they share a namespace. Of `secrets` the names
 * alone: a value is nobody's to change.
 */
const NAMING: Readonly<Record<string, RegExp>> = {
  smoke: /\$\(release\)/g,
  seed: /\$\(release\)/g,
  values: /\$\(release\)/g,
  shared: /\$\(release\)/g,
  secrets: /(?<=^[ \t]*)\$\(release\)/gm,
};

interface OwnInputs {
  namespace: string;
  release: string;
  version: string;
}

/** The action's inputs as the deploy of the preview has them. */
export function inputsFor(context: ActionContext, own: OwnInputs): Inputs {
  const variables = { ...context.variables };
  for (const [name, word] of Object.entries(NAMING)) {
    const input = `INPUT_${name.toUpperCase()}`;
    const text = variables[input];
    if (text !== undefined) variables[input] = text.replace(word, own.release);
  }
  for (const [name, value] of Object.entries({ ...FIXED, ...own })) variables[`INPUT_${name.toUpperCase()}`] = value;
  return new Inputs(variables, context.secrets, (message) => context.log.warning(message));
}

/** The inputs of the deploy that brings the preview up. Throws ConfigurationError. */
export const deployInputs = (context: ActionContext, own: OwnInputs): DeployInputs =>
  readDeployInputs({ ...context, inputs: inputsFor(context, own) });
