import type { DeployOutcome } from '../../../deploy/index.ts';
import type { ActionContext } from '../../../runtime/action.ts';

/** The action's outputs; every one is always set. */
export function setOutputs(context: Pick<ActionContext, 'setOutput'>, outcome: Partial<DeployOutcome>, reportFile: string): void {
  const set = (name: string, value: string | number | boolean | undefined) =>
    context.setOutput(name, value === undefined ? '' : String(value));
  set('status', outcome.status);
  set('failure-reason', outcome.failureReason);
  set('rolled-back', outcome.rolledBack);
  set('active-color', outcome.activeColor);
  set('previous-color', outcome.previousColor);
  set('version', outcome.version);
  set('previous-version', outcome.previousVersion);
  set('url', outcome.url);
  set('switch-ms', outcome.report?.switchMs);
  set('report-file', reportFile);
}
