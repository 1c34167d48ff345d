import type { LoadResult } from '../../load/model.ts';
import type { Outcome } from '../../report.ts';
import type { PictureInput } from './draw.ts';

/** What the demo keeps in report/demo.json. */
export interface DemoData {
  /** The first was deployed before the load began. */
  outcomes: readonly Outcome[];
  control: LoadResult | undefined;
  traffic: LoadResult;
  rate: number;
  /** How long it all took. */
  seconds: number;
  /** Addresses that the load was sent from. */
  sources: number;
}

/** The demo's run as a picture: its claim, and what was done under traffic. */
export function pictureInput({ outcomes, traffic, rate, sources }: DemoData): PictureInput {
  const runs = outcomes.slice(1);
  // A version is called by the release that brought it, not by a later return to it.
  const labels = Object.fromEntries(outcomes.toReversed().map(({ version, title }) => [version, `${short(version)} ${title}`]));
  return {
    title: claim(runs, traffic),
    subtitle: `${rate} a second through the Ingress from ${count(sources, 'address', 'addresses')}, each counted in the second in which it was sent`,
    startedAt: traffic.startedAt,
    buckets: traffic.buckets,
    runs: runs.map((outcome) => ({ ...outcome, verdict: verdict(outcome) })),
    labels,
  };
}

/** E.g. "None of 52,462 requests lost: 1 good release, 3 bad ones, 1 rollback by hand". */
function claim(runs: readonly Outcome[], { sent, lost }: LoadResult): string {
  const [releases, rollbacks] = [runs.filter(({ kind }) => kind === 'release'), runs.filter(({ kind }) => kind === 'rollback')];
  const good = releases.filter(({ success }) => success).length;
  const bad = releases.length - good;
  const done = [
    good > 0 ? count(good, 'good release', 'good releases') : '',
    bad > 0 ? count(bad, good > 0 ? 'bad one' : 'bad release', good > 0 ? 'bad ones' : 'bad releases') : '',
    rollbacks.length > 0 ? count(rollbacks.length, 'rollback by hand', 'rollbacks by hand') : '',
  ].filter(Boolean);
  const said = `${lost === 0 ? 'None' : number(lost)} of ${number(sent)} requests lost`;
  return done.length === 0 ? said : `${said}: ${done.join(', ')}`;
}

function verdict({ kind, success, version, outputs }: Outcome): string {
  if (!success) return outputs['rolled-back'] === 'true' ? 'rolled back' : 'failed';
  return kind === 'rollback' ? `back on ${short(version)}` : 'deployed';
}

const short = (version: string): string => (/^[0-9a-f]{40}$/.test(version) ? version.slice(0, 7) : version);
const number = (n: number): string => n.toLocaleString('en-US');
const count = (n: number, one: string, many: string): string => `${number(n)} ${n === 1 ? one : many}`;
