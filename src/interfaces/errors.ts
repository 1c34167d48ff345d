import type { Reason } from './reasons.ts';

interface DeployErrorOptions {
  hint?: string | undefined;
  cause?: unknown;
}

/** Every error that the product raises on purpose. `message` says what happened and why, `hint` what to do about it. */
export class DeployError extends Error {
  override name = 'DeployError';
  /** What derives from it (title, exit code, meaning) stands in the table of reasons. */
  readonly reason: Reason;
  readonly hint: string | undefined;
  /** What was seen, as it stands at the end of the annotation. Text from outside. */
  details: string | undefined;
  constructor(reason: Reason, message: string, options: DeployErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.reason = reason;
    this.hint = options.hint;
  }
}

/** Returns why it failed, whatever was thrown. */
export const reasonOf = (error: unknown): Reason => (error instanceof DeployError ? error.reason : 'internal');

/** The user's mistake: an input, a chart or a configuration that cannot work. Raised before anything is touched. */
export class ConfigurationError extends DeployError {
  override name = 'ConfigurationError';
  constructor(message: string, options: DeployErrorOptions = {}) {
    super('configuration', message, options);
  }
}

/** An outside program or service failed. */
export class ToolError extends DeployError {
  override name = 'ToolError';
  constructor(message: string, { reason = 'tool-failed', ...options }: DeployErrorOptions & { reason?: Reason | undefined } = {}) {
    super(reason, message, options);
  }
}

/** A program ended with another exit code than 0, or by a signal. Its arguments hold no secrets by rule. */
export class ProcessError extends ToolError {
  override name = 'ProcessError';
  readonly command: readonly string[];
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  /** The last lines of standard error, redacted. */
  readonly stderr: string;
  constructor(details: {
    command: readonly string[];
    exitCode?: number | undefined;
    signal?: string | undefined;
    stderr: string;
    reason?: Reason | undefined;
    hint?: string | undefined;
    cause?: unknown;
  }) {
    const how = details.signal === undefined ? `exit code ${details.exitCode ?? 'unknown'}` : `signal ${details.signal}`;
    const why = details.stderr.trim().split('\n').at(-1) ?? '';
    super(
      `${details.command[0]?.split('/').at(-1) ?? 'program'} ${details.command[1] ?? ''} failed (${how})${why === '' ? '' : `: ${why}`}`,
      details,
    );
    this.command = details.command;
    this.exitCode = details.exitCode;
    this.signal = details.signal;
    this.stderr = details.stderr;
  }
}

interface HttpErrorDetails extends DeployErrorOptions {
  status: number;
  code?: string | undefined;
  fields?: readonly string[] | undefined;
  reason?: Reason;
}

/** An HTTP service answered with an error, or not at all (`status` 0). */
export class HttpError extends ToolError {
  override name = 'HttpError';
  readonly status: number;
  /** The service's own word for it, e.g. Kubernetes' `Conflict` or a registry's `DENIED`; without an answer, which part of the way failed. */
  readonly code: string | undefined;
  /** What of the object is refused, where the service names it: `spec.resources.requests.storage`. */
  readonly fields: readonly string[];
  constructor(message: string, { status, code, fields, ...options }: HttpErrorDetails) {
    super(message, { reason: status === 401 || status === 403 ? 'access-denied' : 'service-failed', ...options });
    this.status = status;
    this.code = code;
    this.fields = fields ?? [];
  }
}

/** A wait that reached its limit. */
export class TimeoutError extends DeployError {
  override name = 'TimeoutError';
  readonly waitingFor: string;
  readonly limitMs: number;
  constructor(waitingFor: string, limitMs: number, options: DeployErrorOptions = {}) {
    super('timeout', `Timed out after ${limitMs / 1000} s waiting for ${waitingFor}`, options);
    this.waitingFor = waitingFor;
    this.limitMs = limitMs;
  }
}

/** The run was cancelled from outside (SIGINT or SIGTERM). */
export class CancelledError extends DeployError {
  override name = 'CancelledError';
  constructor(message: string, options: DeployErrorOptions = {}) {
    super('cancelled', message, options);
  }
}

/** Someone else owns the app's lease, or ours was lost: nothing more may be touched. */
export class LeaseLostError extends DeployError {
  override name = 'LeaseLostError';
  constructor(message: string, options: DeployErrorOptions = {}) {
    super('lease-lost', message, options);
  }
}

/** A new version failed and the rollback failed too: a person has to look now. */
export class RollbackFailedError extends DeployError {
  override name = 'RollbackFailedError';
  constructor(message: string, options: DeployErrorOptions = {}) {
    super('rollback-failed', message, options);
  }
}
