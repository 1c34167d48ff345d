import { candidatesOf, type LiveColor } from '../../../../src/deploy/rollback/candidates.ts';
import type { Deployed, Migration } from '../../../../src/deploy/state/model.ts';
import type { Color } from '../../../../src/split/model.ts';

export const entry = (version: string, color: Color, more: Partial<Deployed> = {}): Deployed => ({
  version,
  color,
  at: '2026-01-02T00:00:00Z',
  actor: 'ada',
  runUrl: '',
  partHash: `part of ${version}`,
  baseHash: '',
  baseRevision: 1,
  colorRevision: 1,
  images: [],
  services: ['web'],
  replicas: {},
  smoke: [],
  ...more,
});

export const nothing: LiveColor = {
  workloads: new Set(),
  services: new Set(['web-blue', 'web-green']),
  deployments: [],
  revisions: new Map(),
};
export const recorded: LiveColor = { ...nothing, revisions: new Map([[1, '2026-01-01T00:00:00Z']]) };

/** Versions newest first, colors in turn, the first one serving. */
export const line = (...versions: (string | [string, Partial<Deployed>])[]): Deployed[] =>
  versions.map((one, index) => {
    const color = index % 2 === 0 ? 'blue' : 'green';
    return typeof one === 'string' ? entry(one, color) : entry(one[0], color, one[1]);
  });

export const choice = (...versions: Parameters<typeof line>) => {
  const history = line(...versions);
  const serving = history[0];
  return { serving, candidates: candidatesOf({ history, serving, colors: { blue: recorded, green: recorded } }) };
};

export const migration = (name: string, hash: string, irreversible?: string): Migration => ({
  name,
  hash,
  ...(irreversible ? { irreversible } : {}),
});
