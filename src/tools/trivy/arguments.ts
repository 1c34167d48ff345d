import { resolve } from 'node:path';
import type { SbomRequest, ScanRequest } from '../../interfaces/scanner.ts';
import type { DatabaseSettings } from './settings.ts';

const ALL_SEVERITIES = 'UNKNOWN,LOW,MEDIUM,HIGH,CRITICAL';
const QUIET = ['--no-progress', '--disable-telemetry', '--skip-version-check'];

/** Where a call reads what is neither image nor database: all of it empty and our own, whatever lies in HOME or the workspace. */
export interface CallFiles {
  configFile: string;
  ignoreFile: string;
  moduleFolder: string;
  cacheFolder: string;
  offline: boolean;
}

function common({ configFile, ignoreFile, moduleFolder, cacheFolder }: CallFiles, timeoutMs: number, ignored?: string): string[] {
  return [
    `--config=${configFile}`,
    `--ignorefile=${ignored === undefined ? ignoreFile : resolve(ignored)}`,
    `--module-dir=${moduleFolder}`,
    `--cache-dir=${cacheFolder}`,
    `--timeout=${Math.ceil(timeoutMs / 1000)}s`,
    ...QUIET,
  ];
}

export function databaseArguments(database: DatabaseSettings, address: string, files: CallFiles, timeoutMs: number): string[] {
  const which =
    database.addressVariable === 'TRIVY_DB_REPOSITORY'
      ? ['--download-db-only', `--db-repository=${address}`]
      : ['--download-java-db-only', `--java-db-repository=${address}`];
  return ['image', ...which, ...common(files, timeoutMs)];
}

/** The databases are fetched before. Without `layers`, a folder of its own, every layer is looked at. */
function input(layout: string, files: CallFiles, layers?: string): string[] {
  return [
    `--input=${resolve(layout)}`,
    layers === undefined ? '--cache-backend=memory' : '--cache-backend=fs',
    '--skip-db-update',
    '--skip-java-db-update',
    ...(files.offline ? ['--offline-scan'] : []),
  ];
}

/** Every severity is asked for: the gate is decided by us. */
export function scanArguments(request: ScanRequest, outputFile: string, files: CallFiles, layers?: string): string[] {
  return [
    'image',
    ...input(request.layout, files, layers),
    '--format=json',
    `--output=${outputFile}`,
    `--scanners=${request.scanners.join(',')}`,
    `--severity=${ALL_SEVERITIES}`,
    '--list-all-pkgs',
    '--exit-code=0',
    ...common(layers === undefined ? files : { ...files, cacheFolder: layers }, request.timeoutMs, request.ignoreFile),
  ];
}

export function sbomArguments(request: SbomRequest, outputFile: string, files: CallFiles): string[] {
  return [
    'image',
    ...input(request.layout, files),
    `--format=${request.format}`,
    `--output=${outputFile}`,
    ...common(files, request.timeoutMs),
  ];
}

export function sbomScanArguments(
  sbomFile: string,
  outputFile: string,
  files: CallFiles,
  request: Pick<ScanRequest, 'timeoutMs' | 'ignoreFile'>,
): string[] {
  return [
    'sbom',
    '--cache-backend=memory',
    '--format=json',
    `--output=${outputFile}`,
    '--scanners=vuln',
    `--severity=${ALL_SEVERITIES}`,
    '--skip-db-update',
    '--skip-java-db-update',
    ...(files.offline ? ['--offline-scan'] : []),
    '--exit-code=0',
    // The subcommand knows no modules.
    ...common(files, request.timeoutMs, request.ignoreFile).filter((argument) => !argument.startsWith('--module-dir=')),
    sbomFile,
  ];
}

export const convertArguments = (reportFile: string, outputFile: string, { configFile }: CallFiles): string[] => [
  'convert',
  `--config=${configFile}`,
  '--format=cyclonedx',
  `--output=${outputFile}`,
  reportFile,
];
