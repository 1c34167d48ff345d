import type { Fault } from './gate.ts';
import type { Acted, Change, Disturbance, History, Settings, Ticking } from './history.ts';

const CALM: Disturbance = { fault: undefined, post: false, meanwhile: undefined };
const SETTINGS: Settings = { label: false, drafts: 'up', sleeps: false, forks: false, max: 3, claim: false };

const act = (change: Change, more: Partial<Acted> = {}): Acted => ({
  kind: 'act',
  pull: 0,
  change,
  lost: false,
  approved: true,
  ...CALM,
  ...more,
});
const tick = (box: Ticking['box'], more: Partial<Ticking> = {}): Ticking => ({
  kind: 'box',
  pull: 0,
  box,
  by: 'ada',
  forged: false,
  lost: false,
  ...CALM,
  ...more,
});
const killed = (kind: 'killed before' | 'killed after', of: string): Fault => ({ kind, call: 1, of });

/** By what went wrong. */
export const FOUND: Readonly<Record<string, History>> = {
  'a box that is ticked while a newer commit is deployed: the comment was that of the older one again': {
    settings: SETTINGS,
    steps: [act('push'), act('push', { meanwhile: { does: 'extend', call: 40 } })],
  },
  'a preview that goes does not stay longer: the comment said that it stays until nothing': {
    settings: SETTINGS,
    steps: [act('push'), act('close', { fault: killed('killed after', 'PATCH /api/v1/namespaces/') }), tick('extend')],
  },
  'a run that is killed while it puts an app to sleep: nobody was led to its pods, and they ran for ever': {
    settings: { ...SETTINGS, drafts: 'asleep' },
    steps: [act('draft', { fault: killed('killed before', 'deployments/small-web-blue?fieldManager=todo-deploy') })],
  },
};
