import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CancelledError, ConfigurationError, reasonOf, ToolError } from '../interfaces/errors.ts';
import { parseJson } from '../interfaces/reading/json.ts';
import type { Reason } from '../interfaces/reasons.ts';
import { codeOf, messageOf } from '../interfaces/values.ts';
import { isAbort } from '../runtime/abort.ts';
import { type ActionContext, createContext } from '../runtime/action.ts';
import { renderError, reportError } from '../runtime/errors.ts';
import type { Environment } from '../runtime/github-env.ts';
import { onlyOurs } from '../runtime/only-ours.ts';
import type { Command } from './commands.ts';
import { exitCodeOf } from './exit-code.ts';
import type { Flags } from './flags.ts';
import type { Metadata } from './metadata.ts';
import { isSecretInput, secretsFromEnvironment } from './secret-inputs.ts';
import { styleOf } from './style.ts';
import { summaryText } from './summary-text.ts';
import { asFlags, TerminalLog } from './terminal-log.ts';

/** Of a workflow's run that this command may stand in: its log and its files are not this command's. */
const NOT_OURS = /^(INPUT_|STATE_|GITHUB_(ACTIONS|OUTPUT|STATE|STEP_SUMMARY|WORKSPACE)$|RUNNER_TEMP$)/;

/** Runs a command as its action would run, cancels as the runner does, and tidies up as the post step does. Returns the exit code. */
export async function runCommand(command: Command, metadata: Metadata, flags: Flags, color: boolean): Promise<number> {
  const values = inputValues(metadata, flags);
  const folder = mkdtempSync(join(tmpdir(), 'todo-deploy-'));
  const variables = environment(values, flags, folder);
  // The tool cache reads these itself.
  process.env.RUNNER_TEMP = folder;
  process.env.RUNNER_TOOL_CACHE ??= variables.RUNNER_TOOL_CACHE ?? '';
  const style = styleOf(color);
  const progress = flags.json ? process.stderr : process.stdout;
  const cancel = new AbortController();
  const stop = onSignals(cancel, () =>
    process.stderr.write('\nStopped immediately. The lease expires by itself; the next run heals what this one left.\n'),
  );
  const context = createContext(command.name, cancel.signal, variables, {
    showOutputs: false,
    log: (redact) =>
      new TerminalLog({ write: (text) => progress.write(text), style, redact, debug: flags.debug, now: () => performance.now() }),
  });
  onlyOurs(context.log);
  try {
    const error = await attempt(command, context, cancel.signal);
    if (!context.summary.isEmpty && !flags.json) progress.write(`\n${summaryText(context.summary.markdown(), style)}\n\n`);
    if (error !== undefined) await reportError(context.log, command.name, error, { debug: flags.debug });
    const report = readReport(context, flags.report);
    const code = exitCodeOf(error, context.outputs.all());
    if (flags.json) process.stdout.write(`${JSON.stringify(jsonResult(command, context, error, code, report), null, 2)}\n`);
    return code;
  } finally {
    stop();
    context.temp.removeAll();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Returns the error that made it fail. The cleanup afterwards is not cancelled by what cancelled the command. */
async function attempt(command: Command, context: ActionContext, signal: AbortSignal): Promise<unknown> {
  let failure: unknown;
  try {
    await command.run(context);
  } catch (error) {
    failure = isAbort(error, signal) ? signal.reason : (error ?? new Error('unknown error'));
  }
  const needed = command.afterAlways || (failure !== undefined && reasonOf(failure) !== 'configuration');
  if (command.after && needed) {
    await context.processes.endLeftOver();
    await command.after({ ...context, signal: new AbortController().signal }).catch((error: unknown) => {
      context.log.warning(`The cleanup failed: ${error instanceof Error ? error.message : error}`);
    });
  }
  return failure;
}

/** The first signal cancels: the command switches back to what served. A second one ends it immediately. */
function onSignals(cancel: AbortController, onSecond: () => void): () => void {
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const onSignal = (signal: NodeJS.Signals) => {
    if (!cancel.signal.aborted) cancel.abort(new CancelledError(`Cancelled by ${signal}`));
    else {
      onSecond();
      process.exit(130);
    }
  };
  for (const name of names) process.on(name, onSignal);
  return () => {
    for (const name of names) process.off(name, onSignal);
  };
}

/** Input → value: of flags, of files, of variables. Throws ConfigurationError where a file cannot be read. */
function inputValues({ inputs }: Metadata, flags: Flags): Record<string, string> {
  const names = inputs.map(({ name }) => name);
  const fromFiles = Object.entries(flags.files).map(([name, path]) => [name, readValue(name, path)]);
  return { ...secretsFromEnvironment(names, process.env), ...flags.inputs, ...Object.fromEntries(fromFiles) };
}

/** What the action reads: the flags as its inputs, the rest of the environment as it is. */
function environment(values: Record<string, string>, flags: Flags, folder: string): Environment {
  return {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !NOT_OURS.test(name))),
    ...Object.fromEntries(Object.entries(values).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])),
    ...(flags.debug ? { RUNNER_DEBUG: '1' } : {}),
    RUNNER_TEMP: folder,
    RUNNER_TOOL_CACHE: process.env.RUNNER_TOOL_CACHE ?? join(process.env.HOME ?? tmpdir(), '.cache', 'todo-deploy', 'tools'),
  };
}

function readValue(name: string, path: string): string {
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8');
  } catch (cause) {
    // The path may be the secret itself, in the wrong flag.
    if (isSecretInput(name)) throw new ConfigurationError(`--${name}-file names a file that cannot be read (${codeOf(cause)})`);
    throw new ConfigurationError(`--${name}-file ${path} cannot be read`, { cause, hint: messageOf(cause) });
  }
}

function readReport(context: ActionContext, keep: string | undefined): unknown {
  const path = context.outputs.all()['report-file'];
  if (!path) return undefined;
  const text = readFileSync(path, 'utf8');
  if (keep !== undefined) writeFileSync(keep, text, { mode: 0o600 });
  return parseJson(text, (why) => new ToolError(`The report cannot be read: ${why}`));
}

/** The report is part of it: the file goes with the command. */
function jsonResult({ name }: Command, context: ActionContext, error: unknown, exitCode: number, report: unknown): object {
  const { 'report-file': _, ...outputs } = context.outputs.all();
  const redact = (text: string) => context.secrets.redact(asFlags(text));
  const failure = error === undefined ? undefined : errorFacts(name, error, redact);
  return {
    command: name,
    ok: exitCode === 0,
    exitCode,
    error: failure,
    outputs,
    report,
  };
}

function errorFacts(
  name: string,
  error: unknown,
  redact: (text: string) => string,
): { reason: Reason; message: string; hint?: string | undefined } {
  const { message } = renderError(name, error);
  const [what = '', todo] = message.split('\nWhat to do: ');
  return { reason: reasonOf(error), message: redact(what), hint: todo === undefined ? undefined : redact(todo) };
}
