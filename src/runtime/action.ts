import { setSecret } from '@actions/core';
import type { Clock } from '../interfaces/clock.ts';
import { CancelledError } from '../interfaces/errors.ts';
import type { Helm } from '../interfaces/helm.ts';
import type { Kubernetes } from '../interfaces/kubernetes.ts';
import type { Log } from '../interfaces/log.ts';
import { isAbort } from './abort.ts';
import { systemClock } from './clock.ts';
import { reportError } from './errors.ts';
import { type Environment, GitHubEnvironment } from './github-env.ts';
import { Inputs } from './inputs.ts';
import { createLog } from './log.ts';
import { neutral } from './neutral.ts';
import { onlyOurs } from './only-ours.ts';
import { Outputs } from './outputs.ts';
import { ProcessLedger } from './process-ledger.ts';
import { Secrets } from './secrets.ts';
import { State } from './state.ts';
import { SummaryWriter } from './summary.ts';
import { TempFiles } from './temp.ts';

/** All that an action gets from the world of the runner. */
export interface ActionContext {
  readonly name: string;
  readonly inputs: Inputs;
  readonly log: Log;
  readonly clock: Clock;
  /** Aborted with a `CancelledError` by the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
  readonly env: GitHubEnvironment;
  readonly outputs: Outputs;
  setOutput(name: string, value: string): void;
  readonly state: State;
  readonly summary: SummaryWriter;
  readonly temp: TempFiles;
  /** Masks a value everywhere, before its first use. */
  mask(secret: string): void;
  readonly secrets: Secrets;
  /** `{ onStart: processes.started, onEnd: processes.ended }` for the process runner. */
  readonly processes: ProcessLedger;
  /** The environment itself, for names that are not GitHub's. */
  readonly variables: Environment;
  /** Helm in a namespace, where it is not the program: of histories that play thousands of runs in one process. */
  readonly helm?: (kubernetes: Kubernetes) => Helm;
}

export type ActionBody = (context: ActionContext) => Promise<void>;

/** What the command line has otherwise than a step of a workflow. */
export interface ContextOptions {
  log?: (redact: (text: string) => string) => Log;
  /** Default true. */
  showOutputs?: boolean;
}

export function createContext(
  name: string,
  signal: AbortSignal,
  variables: Environment = process.env,
  options: ContextOptions = {},
): ActionContext {
  const env = new GitHubEnvironment(variables);
  const secrets = new Secrets(env.isActions ? setSecret : () => undefined);
  const log = options.log?.(secrets.clean) ?? createLog(variables, secrets.clean);
  const state = new State(variables);
  const outputs = new Outputs(variables, secrets, log, options.showOutputs);
  return {
    name,
    inputs: new Inputs(variables, secrets, (message) => log.warning(message)),
    log,
    clock: systemClock,
    signal,
    env,
    outputs,
    setOutput: (output, value) => outputs.set(output, value),
    state,
    summary: new SummaryWriter(env.stepSummary, secrets.clean),
    temp: new TempFiles(env.tempDir, state),
    mask: (secret) => secrets.add(secret),
    secrets,
    processes: new ProcessLedger(state),
    variables,
  };
}

/** Runs the body once, reports its error, returns the exit code. */
async function execute(name: string, body: ActionBody, options: { post?: boolean; variables?: Environment } = {}): Promise<number> {
  const cancel = new AbortController();
  const onSignal = (signal: NodeJS.Signals) => {
    if (!cancel.signal.aborted) cancel.abort(new CancelledError(`Cancelled by ${signal}`));
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  const context = createContext(name, cancel.signal, options.variables);
  onlyOurs(context.log);
  try {
    await body(context);
    return 0;
  } catch (error) {
    const shown = isAbort(error, cancel.signal) ? cancel.signal.reason : error;
    await reportError(context.log, name, shown, { debug: context.env.isDebug, severity: options.post ? 'warning' : 'error' });
    return options.post ? 0 : 1;
  } finally {
    await context.summary.write().catch((error: unknown) => context.log.warning(`The job summary could not be written: ${String(error)}`));
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
}

/** Entry of an action's main step. Ends the process: idle connections do not hold it. */
export function runAction(name: string, body: ActionBody): void {
  void finish(execute(name, body));
}

/**
 * Entry of the post step: first ends programs that a killed main step left, then runs the body, then removes private files. A failure
 * here is a warning: what it could not clean up expires by itself (lease) or ends with the runner.
 */
export function runPost(name: string, body: ActionBody = async () => undefined): void {
  void finish(execute(name, (context) => post(context, body), { post: true }));
}

async function post(context: ActionContext, body: ActionBody): Promise<void> {
  const ended = await context.processes.endLeftOver();
  if (ended > 0) context.log.info(`Ended ${ended} program(s) that were still running`);
  try {
    await body(context);
  } finally {
    context.temp.removeAll();
  }
}

async function finish(run: Promise<number>): Promise<void> {
  const code = await run.catch((error: unknown) => {
    process.stderr.write(`${neutral(String(error))}\n`);
    return 1;
  });
  process.exitCode = code;
  // Both streams are flushed before the exit: on a pipe a write may still be under way.
  process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
}
