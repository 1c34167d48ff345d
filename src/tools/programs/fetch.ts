import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ConfigurationError, ToolError } from '../../interfaces/errors.ts';
import type { PrivateFiles } from '../../interfaces/files.ts';
import type { Log } from '../../interfaces/log.ts';
import type { ProcessRunner } from '../../interfaces/process.ts';
import { messageOf } from '../../interfaces/values.ts';
import { knownBad } from './known-bad.ts';
import type { ProgramPin } from './pins.ts';

export interface FetchOptions {
  runner: ProcessRunner;
  files: PrivateFiles;
  env: Readonly<Record<string, string | undefined>>;
  log: Log;
  /** `<process.platform>-<process.arch>` */
  platform?: string;
}

const UNPACK_MS = 120_000;

/**
 * Returns the pinned program, unpacked into a private folder. The runner's tool cache keeps its archive, downloaded once; what has not the pinned
 * SHA-256 is not unpacked, so that whatever happens to the cache between two jobs is noticed.
 */
export async function fetchProgram(pin: ProgramPin, options: FetchOptions): Promise<string> {
  const { env, log, platform = `${process.platform}-${process.arch}` } = options;
  const archive = pin.archives[platform];
  const hint = `install ${pin.name} ${pin.version} or newer on the runner`;
  const bad = knownBad(pin.name, pin.version);
  if (bad !== undefined) throw new ToolError(`${pin.name} ${pin.version} ${bad}: it is not used`, { hint });
  if (archive === undefined) throw new ToolError(`${pin.name} was not found, and there is no download for ${platform}`, { hint });
  if (!env.RUNNER_TOOL_CACHE || !env.RUNNER_TEMP) throw new ToolError(`${pin.name} was not found`, { hint });
  // Loaded only here: most runners have the programs.
  const cache = await import('@actions/tool-cache');
  const kept = `todo-deploy-${pin.name}-archive`;
  const found = cache.find(kept, pin.version);
  if (found !== '') {
    const path = join(found, archive.file);
    const digest = await sha256(path).catch(() => 'none');
    if (digest === archive.sha256) return await unpack(path, pin, archive.folder, options);
    log.warning(
      `${path} has changed since it was downloaded: its SHA-256 is ${digest}, expected ${archive.sha256}. It is not used, and replaced`,
    );
  }
  const file = await download(pin, archive, options, cache.downloadTool);
  try {
    return await unpack(join(await cache.cacheFile(file, archive.file, kept, pin.version), archive.file), pin, archive.folder, options);
  } finally {
    await rm(file, { force: true });
  }
}

type Archive = ProgramPin['archives'][string];

/** Returns a file with the pinned content. */
async function download(
  pin: ProgramPin,
  archive: Archive,
  { env, log }: FetchOptions,
  fetch: (url: string) => Promise<string>,
): Promise<string> {
  const url = `${mirror(pin, env)}/${archive.file}`;
  log.info(`Downloading ${pin.name} ${pin.version} from ${new URL(url).host}`);
  const file = await fetch(url).catch((cause: unknown) => {
    throw new ToolError(`${pin.name} could not be downloaded from ${shown(url)}: ${messageOf(cause).replaceAll(url, shown(url))}`, {
      hint: `install ${pin.name} ${pin.version} or newer on the runner, or name a mirror in ${pin.mirrorVariable}`,
    });
  });
  const digest = await sha256(file);
  if (digest === archive.sha256) return file;
  await rm(file, { force: true });
  throw new ToolError(`${shown(url)} has the SHA-256 ${digest}, expected ${archive.sha256}: it is not used`, {
    hint: `is a proxy or the mirror of ${pin.mirrorVariable} changing downloads?`,
  });
}

/** Only the program, and by our own runner: tar gets nothing of the job's environment. */
async function unpack(archive: string, { name }: ProgramPin, folder: string, { runner, files }: FetchOptions): Promise<string> {
  const target = files.directory(name);
  const member = folder === '' ? name : `${folder}/${name}`;
  await runner.run({ command: ['tar', '-xzf', archive, '-C', target, member], timeoutMs: UNPACK_MS });
  return join(target, member);
}

function mirror(pin: ProgramPin, env: FetchOptions['env']): string {
  const named = env[pin.mirrorVariable];
  if (!named) return pin.baseUrl;
  if (!/^https?:\/\/[^\s]+$/.test(named) || !URL.canParse(named))
    throw new ConfigurationError(`${pin.mirrorVariable} is ${named.includes('@') ? 'set' : `"${named}"`}, which is not an http(s) address`);
  return named.replace(/\/+$/, '');
}

/** Without user, password and query: mirrors take credentials there. */
function shown(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
