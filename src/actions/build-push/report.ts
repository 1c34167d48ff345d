import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GateRules, PlatformScan } from '../../build/model.ts';

export interface ImageReport {
  name: string;
  repository: string;
  digest: string;
  platforms: { platform: string; digest: string; bytes: number }[];
  tags: string[];
  result: 'pushed' | 'unchanged' | 'not pushed' | 'loaded';
  buildMs: number;
}

/** The report file, for machines: the same facts as the summary. */
export interface BuildPushReport {
  version: string;
  registry: string;
  blocked: boolean;
  pushed: boolean;
  /** Whether images go to a home cluster instead of a registry. */
  loads: boolean;
  /** The home cluster whose nodes hold the images now: `kind/dev`. */
  loaded?: string | undefined;
  images: ImageReport[];
  rules: GateRules;
  scans: PlatformScan[];
}

/** Files that later steps upload: kept after the post step, no secret in them. */
export async function writeReports(tempDir: string, files: Readonly<Record<string, string>>): Promise<Record<string, string>> {
  const folder = await mkdtemp(join(tempDir, 'todo-deploy-report-'));
  const paths = Object.keys(files).map((name) => [name, join(folder, name)] as const);
  await Promise.all(paths.map(([name, path]) => writeFile(path, files[name] ?? '')));
  return Object.fromEntries(paths);
}
