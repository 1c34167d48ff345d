/** How a version turns out. */
export const QUALITIES = ['good', 'crashes', 'sick', 'late', 'tires', 'hookless'] as const;
/**
 * `crashes` never starts, `sick` fails the checks of its pods, `late` fails at the front door alone, `tires` passes there at first and fails
 * later in the bake, `hookless` has a hook that fails.
 */
export type Quality = (typeof QUALITIES)[number];

/** How a workload is reached: by a Service that is switched, by one whose pods both versions share, by none. */
export const ROLES = ['stable', 'shared', 'worker', 'absent'] as const;
type Role = (typeof ROLES)[number];

export interface Component {
  role: Role;
  /** The Service's name is another one. */
  renamed: boolean;
  /** Its Service's port is another one. */
  port: 80 | 81;
  replicas: number;
  autoscaled: boolean;
}

/** What a chart holds at one version. */
export interface Version {
  name: string;
  quality: Quality;
  /** The workload that users meet first; always there. */
  web: Component;
  api: Component;
  /** A CronJob. */
  cron: boolean;
  /** A Job of the base: none, always the same, or with the version's image. */
  job: 'none' | 'same' | 'image';
  /** GiB of a claim of the base; 0: none. */
  claim: number;
  /** Content of a ConfigMap that the pods read. */
  settings: number;
  /** A pre-upgrade hook. */
  hook: boolean;
  /** A test hook. */
  test: boolean;
}

/** Pure: the quality by a version's name. */
export const qualityOf = (name: string): Quality =>
  (QUALITIES as readonly string[]).includes(name.split('-').at(-1) ?? '') ? (name.split('-').at(-1) as Quality) : 'good';

/** Pure: name of a component's Service, if it has one. */
export const serviceOf = (name: 'web' | 'api', { role, renamed }: Component): string | undefined =>
  role === 'stable' || role === 'shared' ? `${name}${renamed ? '2' : ''}` : undefined;

/** Pure: the version's Services that users may be on. */
export const servicesOf = ({ web, api }: Version): string[] =>
  [serviceOf('web', web), serviceOf('api', api)].filter((name) => name !== undefined);
