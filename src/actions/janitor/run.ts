import { DeployError } from '../../interfaces/errors.ts';
import { REASONS } from '../../interfaces/reasons.ts';
import { messageOf } from '../../interfaces/values.ts';
import { type Report, sweepColors, sweepDrills, sweepPreviews, sweepTags } from '../../janitor/index.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { type ClusterTools, connectCluster } from '../shared/cluster-access.ts';
import { whoRuns } from '../shared/who.ts';
import type { JanitorInputs } from './inputs.ts';
import { previewWorld } from './preview-world.ts';
import { askedPullRequests } from './pull-requests.ts';
import { janitorRegistry } from './registry.ts';
import { report } from './report.ts';

/** Previews, drills, idle colors, images: each by itself, what one cannot do keeps the others from nothing. Errors: `DeployError` (left-over). */
export async function runJanitor(context: ActionContext, inputs: JanitorInputs): Promise<void> {
  if (inputs.shared) context.log.notice(`"isolation: release": only the previews in namespace ${inputs.shared} are looked at`);
  const tools = await connectCluster(context, inputs.cluster, inputs);
  try {
    // Images last: what went before needs none any more.
    const previews = inputs.previews ? await part(context, 'previews', () => previewsOf(context, inputs, tools)) : undefined;
    const drills = inputs.drills ? await part(context, 'drills', () => sweepDrills(worldOf(context, tools), inputs)) : undefined;
    const colors = inputs.colors ? await part(context, 'colors', () => colorsOf(context, inputs, tools)) : undefined;
    const tags = inputs.tags ? await part(context, 'registry-tags', () => tagsOf(context, inputs, tools)) : undefined;
    const all = await report(context, { previews, drills, colors, 'registry-tags': tags }, inputs.dryRun);
    requireNothingLeft(all);
  } finally {
    await tools.close();
  }
}

const worldOf = ({ clock, log, signal }: ActionContext, { kubernetes }: ClusterTools) => ({
  kubernetes,
  serverTime: () => kubernetes.serverTime(),
  clock,
  log,
  signal,
});

function previewsOf(context: ActionContext, inputs: JanitorInputs, tools: ClusterTools): Promise<Report> {
  const { cap, dryRun, timeoutMs, sleepAfterMs, wakerImage: image, imagePullSecrets, shared } = inputs;
  const pulls = askedPullRequests(context, inputs.githubToken);
  const world = previewWorld(context, tools, pulls, { sleepAfterMs, image, imagePullSecrets, dryRun, shared });
  // A preview's own run leaves it to this one: a push makes six calls to GitHub at most.
  const finishTold = () => pulls.finish(tools.kubernetes, shared);
  return sweepPreviews({ ...world, finishTold }, { cap, dryRun, limitMs: timeoutMs });
}

function colorsOf(context: ActionContext, inputs: JanitorInputs, tools: ClusterTools): Promise<Report> {
  const { cap, dryRun, timeoutMs, colorsIdleForMs: idleForMs } = inputs;
  const world = { ...worldOf(context, tools), at: tools.inNamespace };
  return sweepColors(world, { idleForMs, cap, dryRun, timeoutMs, who: whoRuns(context) });
}

async function tagsOf(context: ActionContext, inputs: JanitorInputs, tools: ClusterTools): Promise<Report | undefined> {
  const { prefixes, cap, dryRun, keepTags: keep, tagsUnusedForMs: unusedForMs } = inputs;
  if (prefixes.length === 0) {
    context.log.notice('No image goes: the input "registry" names no registry whose images this cluster alone runs');
    return undefined;
  }
  const { close, ...registry } = janitorRegistry(context, inputs, tools.runner);
  try {
    return await sweepTags({ ...worldOf(context, tools), ...registry }, { prefixes, keep, unusedForMs, cap, dryRun });
  } finally {
    await close();
  }
}

/** A part that cannot be carried out is stuck as a whole. */
async function part({ signal, log }: ActionContext, name: string, body: () => Promise<Report | undefined>): Promise<Report | undefined> {
  try {
    return await log.group(`Looking at ${name}`, body);
  } catch (error) {
    signal.throwIfAborted();
    return { removed: [], kept: [], stuck: [{ what: name, why: messageOf(error) }] };
  }
}

function requireNothingLeft({ stuck }: Report): void {
  const [first] = stuck;
  if (first === undefined) return;
  const more = stuck.length > 1 ? ` (and ${stuck.length - 1} more)` : '';
  throw new DeployError('left-over', `${stuck.length} could not be removed, or judged: ${first.what}: ${first.why}${more}`, {
    hint: REASONS['left-over'].todo,
  });
}
