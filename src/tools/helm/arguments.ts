import { ConfigurationError } from '../../interfaces/errors.ts';

export interface HelmTarget {
  kubeconfig: string;
  context: string;
  namespace: string;
}

/** Where every command goes. */
export function targetArguments(target: HelmTarget): string[] {
  return [`--kubeconfig=${target.kubeconfig}`, `--kube-context=${target.context}`, `--namespace=${target.namespace}`];
}

/** Checks of ours ask the API server itself about every object; Helm's, by a description of all kinds, costs more time than all else that it does. */
const SERVER_SIDE = ['--server-side=true', '--disable-openapi-validation'];
const ALWAYS = [...SERVER_SIDE, '--force-conflicts', '--reset-values'];

/**
 * Revisions that Helm keeps of a release: as far back as a rollback reaches. The journal names 20 versions, 10 of each color; one with
 * post hooks takes two revisions, and failed tries take theirs.
 */
const HISTORY = '--history-max=30';

/** Names and charts are arguments, not flags. */
export function positional(value: string, what: string): string {
  if (value === '' || value.startsWith('-')) throw new ConfigurationError(`"${value}" is not a name for ${what}`);
  return value;
}

export interface RenderArguments {
  release: string;
  chart: string;
  version?: string | undefined;
  valueFiles: readonly string[];
  /** True: as a first install, whatever the release's history. */
  install?: boolean | undefined;
  /** False: `lookup` finds nothing, so that a chart of strangers cannot show what is in the cluster. */
  lookups?: boolean | undefined;
}

export function renderArguments({ release, chart, version, valueFiles, install, lookups }: RenderArguments): string[] {
  const command = install ? ['install'] : ['upgrade', '--install', '--reset-values'];
  return [
    ...command,
    positional(release, 'a release'),
    positional(chart, 'a chart'),
    lookups === false ? '--dry-run=client' : '--dry-run=server',
    // Whose objects are in the way is asked by the preflight: Helm would name the first one alone.
    '--take-ownership',
    ...SERVER_SIDE,
    '--output=json',
    // Only rendered: whose the objects are is looked at by others, who can say what to do.
    ...(install ? ['--take-ownership'] : []),
    ...(version === undefined ? [] : [`--version=${version}`]),
    ...valueFiles.map((file) => `--values=${file}`),
  ];
}

export interface ApplyArguments {
  release: string;
  folder: string;
  valuesFile: string;
  description: string;
  timeoutMs: number;
  noHooks?: boolean | undefined;
  takeOwnership?: boolean | undefined;
  dryRun?: boolean | undefined;
}

/** No `--wait`: readiness is watched by the product; Helm waits for its hooks alone. */
export function applyArguments(options: ApplyArguments): string[] {
  return [
    'upgrade',
    '--install',
    positional(options.release, 'a release'),
    options.folder,
    ...ALWAYS,
    HISTORY,
    `--values=${options.valuesFile}`,
    '--skip-schema-validation',
    `--description=${options.description}`,
    `--timeout=${seconds(options.timeoutMs)}`,
    '--output=json',
    ...(options.noHooks ? ['--no-hooks'] : []),
    ...(options.takeOwnership ? ['--take-ownership'] : []),
    ...(options.dryRun ? ['--dry-run=server'] : []),
  ];
}

export function uninstallArguments(options: { release: string; noHooks: boolean; timeoutMs: number; keepHistory?: boolean }): string[] {
  return [
    'uninstall',
    positional(options.release, 'a release'),
    '--ignore-not-found',
    `--timeout=${seconds(options.timeoutMs)}`,
    ...(options.noHooks ? ['--no-hooks'] : []),
    ...(options.keepHistory ? ['--keep-history'] : []),
  ];
}

export const seconds = (ms: number): string => `${Math.max(1, Math.ceil(ms / 1000))}s`;
