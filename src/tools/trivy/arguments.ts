import { resolve } from 'node:path';
import type { SbomRequest, ScanRequest } from '../../interfaces/scanner.ts';

const ALL_SEVERITIES = 'UNKNOWN,LOW,MEDIUM,HIGH,CRITICAL';
const NO_CACHE = '--cache-backend=memory';
const QUIET = ['--no-progress', '--disable-telemetry', '--skip-version-check'];

export const databaseArguments = (): string[] => ['image', '--download-db-only', ...QUIET];

/** Every severity is asked for: the gate is decided by us. The database is fetched before. Without `cacheFolder` every layer is looked at. */
export function scanArguments(request: ScanRequest, outputFile: string, cacheFolder?: string): string[] {
  return [
    'image',
    `--input=${resolve(request.layout)}`,
    ...(cacheFolder === undefined ? [NO_CACHE] : ['--cache-backend=fs', `--cache-dir=${cacheFolder}`]),
    '--format=json',
    `--output=${outputFile}`,
    `--scanners=${request.scanners.join(',')}`,
    `--severity=${ALL_SEVERITIES}`,
    '--list-all-pkgs',
    '--skip-db-update',
    '--exit-code=0',
    `--timeout=${Math.ceil(request.timeoutMs / 1000)}s`,
    ...(request.ignoreFile === undefined ? [] : [`--ignorefile=${resolve(request.ignoreFile)}`]),
    ...QUIET,
  ];
}

export function sbomArguments(request: SbomRequest, outputFile: string): string[] {
  return [
    'image',
    `--input=${resolve(request.layout)}`,
    NO_CACHE,
    `--format=${request.format}`,
    `--output=${outputFile}`,
    `--timeout=${Math.ceil(request.timeoutMs / 1000)}s`,
    ...QUIET,
  ];
}
