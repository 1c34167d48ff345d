import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ConfigurationError, ToolError } from '../../interfaces/errors.ts';
import type { Log } from '../../interfaces/log.ts';
import { messageOf } from '../../interfaces/values.ts';
import type { ProgramPin } from './pins.ts';

export interface FetchOptions {
  env: Readonly<Record<string, string | undefined>>;
  log: Log;
  /** `<process.platform>-<process.arch>` */
  platform?: string;
}

/** The pinned program from the runner's tool cache, else downloaded into it; only what has the pinned SHA-256 is unpacked. */
export async function fetchProgram(pin: ProgramPin, options: FetchOptions): Promise<string> {
  const platform = options.platform ?? `${process.platform}-${process.arch}`;
  const archive = pin.archives[platform];
  const hint = `install ${pin.name} ${pin.version} or newer on the runner`;
  if (archive === undefined) throw new ToolError(`${pin.name} was not found, and there is no download for ${platform}`, { hint });
  if (!options.env.RUNNER_TOOL_CACHE || !options.env.RUNNER_TEMP) throw new ToolError(`${pin.name} was not found`, { hint });
  // Loaded only here: most runners have the programs.
  const cache = await import('@actions/tool-cache');
  const found = cache.find(`todo-deploy-${pin.name}`, pin.version);
  if (found !== '') return join(found, pin.name);
  const url = `${mirror(pin, options.env)}/${archive.file}`;
  options.log.info(`Downloading ${pin.name} ${pin.version} from ${new URL(url).host}`);
  const file = await cache.downloadTool(url).catch((cause: unknown) => {
    throw new ToolError(`${pin.name} could not be downloaded from ${url}: ${messageOf(cause)}`, {
      cause,
      hint: `${hint}, or name a mirror in ${pin.mirrorVariable}`,
    });
  });
  try {
    const digest = await sha256(file);
    if (digest !== archive.sha256) {
      throw new ToolError(`${url} has the SHA-256 ${digest}, expected ${archive.sha256}: it is not used`, {
        hint: `is a proxy or the mirror of ${pin.mirrorVariable} changing downloads?`,
      });
    }
    const folder = await cache.extractTar(file);
    return join(await cache.cacheDir(join(folder, archive.folder), `todo-deploy-${pin.name}`, pin.version), pin.name);
  } finally {
    await rm(file, { force: true });
  }
}

function mirror(pin: ProgramPin, env: FetchOptions['env']): string {
  const named = env[pin.mirrorVariable];
  if (!named) return pin.baseUrl;
  if (!/^https?:\/\/[^\s]+$/.test(named))
    throw new ConfigurationError(`${pin.mirrorVariable} is "${named}", which is not an http(s) address`);
  return named.replace(/\/+$/, '');
}

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
