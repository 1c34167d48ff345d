import { ProcessError, TimeoutError, ToolError } from '../interfaces/errors.ts';
import type { CacheUse, ImageSpec } from './model.ts';

/** What BuildKit says of a cache that was never written: no error of the user's. */
const NO_CACHE = /ERROR: failed to configure \w+ cache importer: (.*?):? ?not found$/;
const NO_CACHE_FRAME = /^(?:-{4,}| > importing cache manifest from .*)$/;
/** `#7 [stage-1 2/3] RUN make`: a step of the Dockerfile. A base image is none: one that was just looked up is not called cached. */
const STEP = /^\[(?!internal\b|auth\b|context )[^\]]+\] (?!FROM\b)/;
const QEMU = 'docker/setup-qemu-action installs one before this step; or build on a runner of that platform, such as ubuntu-24.04-arm';

/** Follows the lines of one build, and says why it failed. */
export class BuildWords {
  readonly #image: ImageSpec;
  /** Place in a Dockerfile. */
  #place = '';
  #reason = '';
  /** Steps that have not ended well, by their number: a build that is stopped cancels those that run. */
  readonly #running = new Map<string, string>();
  #foreign: string | undefined;
  /** Steps that are not known to come from the cache. */
  readonly #steps = new Set<string>();
  #stepCached = false;
  readonly #missing: string[] = [];

  constructor(image: ImageSpec) {
    this.#image = image;
  }

  /** Returns the line as people see it; undefined for one that says nothing. */
  see(text: string): string | undefined {
    const line = text.trimEnd();
    if (line === '' || NO_CACHE_FRAME.test(line)) return undefined;
    const missing = NO_CACHE.exec(line)?.[1];
    if (missing !== undefined) {
      this.#missing.push(missing);
      return 'there is no build cache yet';
    }
    if (/^\S*Dockerfile\S*:\d+$/.test(line.trim())) this.#place = line.trim();
    const [, number = '', said = ''] = /^#(\d+) (.+)$/.exec(line.trim()) ?? [];
    if (STEP.test(said)) this.#steps.add(number);
    if (said === 'CACHED' && this.#steps.delete(number)) this.#stepCached = true;
    if (/^(?:DONE|CACHED)\b/.test(said)) this.#running.delete(number);
    else if (said.startsWith('[') || said.startsWith('exporting ')) this.#running.set(number, said);
    if (said.endsWith('exec format error'))
      this.#foreign ??= /^\[((?:linux|windows)\/\S+) /.exec(this.#running.get(number) ?? '')?.[1] ?? '';
    const error = /^(?:#\d+ )?ERROR: (.+)$/.exec(line.trim())?.[1];
    if (error !== undefined) this.#reason = error;
    return line;
  }

  /** After a build that ended well. */
  get cacheUse(): CacheUse {
    return { stepRan: this.#steps.size > 0, stepCached: this.#stepCached, missing: [...this.#missing] };
  }

  /** The same error in words that name the image. `failed`: what became of it, such as `could not be built`. */
  explain(error: unknown, failed: string, limitMs: number): unknown {
    const { name } = this.#image;
    if (error instanceof TimeoutError) {
      const step = [...this.#running.values()].at(-1);
      return new TimeoutError(`the build of image "${name}"${step === undefined ? '' : `, which was at ${step}`}`, limitMs, {
        hint: 'the input "timeout" is the limit of each build ("build-timeout" in deploy.yml)',
        cause: error,
      });
    }
    if (!(error instanceof ProcessError)) return error;
    const place = this.#place === '' ? '' : ` (${this.#place})`;
    return new ToolError(`Image "${name}" ${failed}${place}: ${this.#why(error)}`, {
      reason: 'build-failed',
      hint: this.#hint(),
      cause: error,
    });
  }

  get #platform(): string {
    return this.#foreign || (this.#image.platforms.length === 1 ? (this.#image.platforms[0] ?? '') : '');
  }

  #why(error: ProcessError): string {
    const reason = this.#reason || error.message;
    if (isGone(reason)) return `the builder went away while it was building (${reason.replace(/^.*(?:rpc error|failed to solve): /, '')})`;
    if (this.#foreign === undefined) return reason;
    const whose = this.#platform === '' ? 'of another platform' : `for ${this.#platform}`;
    return `exec format error: the builder has no emulator for programs ${whose}; ${reason}`;
  }

  #hint(): string {
    if (isGone(this.#reason)) return 'was it out of memory, or was its machine stopped? Run the job again';
    if (this.#foreign === undefined) return `the lines that begin with [${this.#image.name}] say more`;
    return this.#platform === '' ? `${QEMU}. A script needs a first line such as #!/bin/sh` : QEMU;
  }
}

const isGone = (reason: string): boolean => /error reading from server|closing transport|rpc error: code = Unavailable/.test(reason);
