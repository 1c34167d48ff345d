import type { Component, Version } from '../app/version.ts';
import type { Deploy, Rollback } from './history.ts';
import type { Ended } from './world.ts';

/** Pure: an event in words. */
export function tell({ kind, options, fault, meanwhile, ...event }: Deploy | Rollback, version?: Version): string {
  const what = kind === 'deploy' ? `Deploy ${version ? tellVersion(version) : ''}` : `Roll back to ${(event as Rollback).to}`;
  const { keepOld, bakeMs, drainMs } = options;
  const times = fault && fault.times > 1 && (fault.kind === 'refused' || fault.kind === 'failing') ? ` and ${fault.times - 1} more` : '';
  return [
    what,
    keepOld === 'zero' ? '' : `the old color: ${keepOld}`,
    bakeMs > 0 ? `bake ${bakeMs / 1000} s` : '',
    drainMs > 0 ? `drain ${drainMs / 1000} s` : '',
    fault ? `${fault.kind} at write ${fault.write}${times}` : '',
    meanwhile ? `a person after write ${meanwhile.write}: ${meanwhile.hand}` : '',
  ]
    .filter(Boolean)
    .join(', ');
}

function tellVersion({ name, web, api, cron, job, claim, settings, hook, test }: Version): string {
  const parts = [
    `web ${tellComponent(web)}`,
    api.role === 'absent' ? '' : `api ${tellComponent(api)}`,
    cron ? 'CronJob' : '',
    job === 'none' ? '' : `Job (${job})`,
    claim > 0 ? `claim of ${claim} Gi` : '',
    settings > 0 ? `settings ${settings}` : '',
    hook ? 'hook' : '',
    test ? 'test' : '',
  ];
  return `${name} (${parts.filter(Boolean).join('; ')})`;
}

const tellComponent = ({ role, renamed, port, replicas, autoscaled }: Component): string =>
  [role, renamed ? 'renamed' : '', port === 80 ? '' : `port ${port}`, replicas === 1 ? '' : `×${replicas}`, autoscaled ? 'autoscaled' : '']
    .filter(Boolean)
    .join(' ');

/** Pure: how a run ended, in words. */
export function tellRun({ outcome, written }: Ended): string {
  if (outcome === 'killed') return `killed at "${written.at(-1)}"`;
  const { status, failureReason, error } = outcome;
  return `${status}${failureReason ? ` (${failureReason}: ${error?.message.split('\n')[0]})` : ''}, ${written.length} writes`;
}
