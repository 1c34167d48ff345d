import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Builder, BuilderChoice, BuilderInfo, BuildOutput, BuildRequest } from '../../interfaces/builder.ts';
import { ConfigurationError, ProcessError, ToolError } from '../../interfaces/errors.ts';
import type { PrivateFiles } from '../../interfaces/files.ts';
import type { ProcessRunner, RunResult } from '../../interfaces/process.ts';
import { buildArguments, name as builderName } from './arguments.ts';
import { BUILDX_VARIABLES, buildVariables } from './environment.ts';
import { parseInspect, parseMetadata } from './output.ts';

const QUICK_MS = 60_000;
/** A builder of our own pulls BuildKit's image first. */
const START_MS = 180_000;

export interface BuildxOptions {
  runner: ProcessRunner;
  files: PrivateFiles;
  /** Added to the environment, e.g. DOCKER_CONFIG. */
  env?: Readonly<Record<string, string>> | undefined;
  inherited?: Readonly<Record<string, string | undefined>>;
  /** Variables that helpers of docker's logins take. */
  logins?: readonly string[] | undefined;
}

/** `docker buildx`, or buildx alone; see `Builder`. */
export class Buildx implements Builder {
  readonly #options: BuildxOptions;
  #command: Promise<readonly [string, ...string[]]> | undefined;

  constructor(options: BuildxOptions) {
    this.#options = options;
  }

  get #inherited(): Readonly<Record<string, string | undefined>> {
    return this.#options.inherited ?? process.env;
  }

  /** The first of docker's plugin, a program on PATH, the plugin's file that works. */
  async #find(): Promise<readonly [string, ...string[]]> {
    const folder = this.#options.env?.DOCKER_CONFIG ?? this.#inherited.DOCKER_CONFIG ?? join(homedir(), '.docker');
    const plugin = join(folder, 'cli-plugins', 'docker-buildx');
    const candidates: [string, ...string[]][] = [
      ['docker', 'buildx'],
      ['docker-buildx'],
      ['buildx'],
      ...(existsSync(plugin) ? [[plugin] satisfies [string]] : []),
    ];
    for (const command of candidates) {
      const works = await this.#options.runner
        .run({ command: [...command, 'version'], passes: BUILDX_VARIABLES, env: this.#env({}), timeoutMs: QUICK_MS })
        .then(({ stdout }) => stdout.includes('buildx'))
        .catch((error: unknown) => {
          if (error instanceof ToolError) return false;
          throw error;
        });
      if (works) return command;
    }
    throw new ToolError('docker buildx was not found', {
      hint: 'runners of GitHub have it; elsewhere install docker-buildx-plugin, or docker/setup-buildx-action before',
    });
  }

  #env(added: Readonly<Record<string, string>>): Record<string, string> {
    return {
      BUILDX_NO_DEFAULT_ATTESTATIONS: '1',
      BUILDX_METADATA_PROVENANCE: 'max',
      BUILDX_METADATA_WARNINGS: '0',
      NO_COLOR: '1',
      ...this.#options.env,
      ...added,
    };
  }

  async #run(
    args: readonly string[],
    timeoutMs: number,
    more: {
      env?: Record<string, string>;
      passes?: readonly string[];
      signal?: AbortSignal | undefined;
      onLine?: ((line: string) => void) | undefined;
    } = {},
  ): Promise<RunResult> {
    this.#command ??= this.#find();
    return await this.#options.runner.run({
      command: [...(await this.#command), ...args],
      passes: [...(more.passes ?? BUILDX_VARIABLES), ...(this.#options.logins ?? [])],
      env: this.#env(more.env ?? {}),
      timeoutMs,
      signal: more.signal,
      onLine: more.onLine,
    });
  }

  async version(): Promise<string> {
    return /\bv?(\d+\.\d+\.\d+\S*)/.exec((await this.#run(['version'], QUICK_MS)).stdout)?.[1] ?? 'unknown';
  }

  async prepare(choice: BuilderChoice): Promise<BuilderInfo> {
    const endpoint = choice.builder === 'own' ? this.#inherited.BUILDKIT_HOST : choice.builder.includes('://') ? choice.builder : undefined;
    const own = choice.builder === 'own' || endpoint !== undefined;
    const name = builderName(own ? choice.name : choice.builder);
    if (own) {
      const driver = endpoint ? ['--driver=remote', endpoint] : ['--driver=docker-container'];
      await this.#run(['create', `--name=${name}`, ...driver], QUICK_MS, choice.signal ? { signal: choice.signal } : {});
    }
    const { stdout } = await this.#start(name, own, endpoint, choice.signal);
    const info = { ...parseInspect(stdout), name, own };
    if (info.driver === 'docker') {
      throw new ConfigurationError(`The builder "${name}" uses docker's own driver, which cannot write images to a folder`, {
        hint: 'leave the input "builder" out: then one is created; or name one with the driver docker-container or remote',
      });
    }
    return info;
  }

  async #start(name: string, own: boolean, endpoint: string | undefined, signal?: AbortSignal): Promise<RunResult> {
    try {
      const result = await this.#run(['inspect', '--bootstrap', name], START_MS, signal ? { signal } : {});
      // An address without a way to it is no error of buildx's.
      if (endpoint !== undefined && /^Status:\s+inactive$/m.test(result.stdout)) throw silent(endpoint);
      return result;
    } catch (error) {
      if (own) await this.remove(name).catch(() => undefined);
      if (!(error instanceof ProcessError)) throw error;
      if (endpoint !== undefined) throw silent(endpoint, error);
      throw new ToolError(`The builder "${name}" did not start: ${error.stderr.trim().split('\n').at(-1) ?? ''}`, {
        cause: error,
        hint: own ? 'is a Docker daemon running, or BUILDKIT_HOST set?' : 'docker buildx ls shows the builders that there are',
      });
    }
  }

  async build(request: BuildRequest): Promise<BuildOutput> {
    const metadata = join(this.#options.files.directory('buildx'), 'metadata.json');
    const { args, env } = buildArguments(request, metadata);
    const { onLine, signal } = request;
    const { durationMs } = await this.#run(args, request.timeoutMs, {
      env,
      passes: buildVariables([...request.cacheFrom, ...request.cacheTo]),
      onLine,
      signal,
    });
    const written = existsSync(metadata) ? parseMetadata(readFileSync(metadata, 'utf8')) : { digest: undefined, provenance: {} };
    return { ...written, durationMs };
  }

  async remove(name: string): Promise<void> {
    try {
      await this.#run(['rm', '--force', builderName(name)], QUICK_MS);
    } catch (error) {
      if (error instanceof ProcessError && /no builder|not found/i.test(error.stderr)) return;
      throw error;
    }
  }
}

/** A BuildKit that is named by its address. */
const silent = (endpoint: string, cause?: ProcessError): ToolError =>
  new ToolError(
    `BuildKit at ${endpoint} does not answer${cause === undefined ? '' : `: ${cause.stderr.trim().split('\n').at(-1) ?? ''}`}`,
    {
      cause,
      hint: 'the address is that of the input "builder", or of BUILDKIT_HOST: is buildkitd running there, and is there a way to it from here?',
    },
  );
