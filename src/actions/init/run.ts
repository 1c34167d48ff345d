import { type InitPlan, planInit } from '../../init/index.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { NodeProcessRunner } from '../../tools/process.ts';
import { readCheckout } from './checkout.ts';
import type { InitInputs } from './inputs.ts';
import { type WrittenFile, writeFiles } from './write.ts';

/** Reads the checkout, writes what a deploy needs and is not there yet, and says what is left to do. */
export async function runInit(context: ActionContext, { wanted, branch, dryRun }: InitInputs): Promise<void> {
  const { processes, secrets, env } = context;
  const runner = new NodeProcessRunner({ onStart: processes.started, onEnd: processes.ended, redact: secrets.redact });
  const { root, checkout } = await readCheckout(runner, env.workspace, branch);
  const plan = planInit(checkout, wanted);
  const files = writeFiles(root, plan.files, dryRun);
  tell(context, plan, files);
  const paths = (...states: WrittenFile['state'][]) => files.filter(({ state }) => states.includes(state)).map(({ path }) => path);
  context.setOutput('written', paths('written').join('\n'));
  context.setOutput('planned', paths('planned').join('\n'));
  context.setOutput('kept', paths('kept', 'same').join('\n'));
  context.setOutput('secrets', [...secretsOf(plan)].join('\n'));
}

const WORDS: Readonly<Record<WrittenFile['state'], string>> = {
  written: 'written',
  planned: 'would be written',
  same: 'is there already, as it would be written',
  kept: 'is there already, and is kept as it is',
};

function tell({ log }: ActionContext, { found, notes, steps }: InitPlan, files: readonly WrittenFile[]): void {
  const say = (lines: readonly string[]) => {
    for (const line of lines) log.info(line);
  };
  say(['Found', ...found.map((line) => `  ${line}`), '', 'Files', ...files.map(({ path, state }) => `  ${path}: ${WORDS[state]}`)]);
  const kept = files.filter(({ state }) => state === 'kept').map(({ path }) => `${path} is yours: take over from below what it lacks`);
  if (notes.length + kept.length > 0) say(['', 'To look at', ...[...kept, ...notes].map((line) => `  - ${line}`)]);
  for (const { path, content, state } of files) {
    if (state !== 'kept' && state !== 'planned') continue;
    const title = state === 'kept' ? `${path} is there already. It would have been:` : `${path}:`;
    say([
      '',
      title,
      ...content
        .trimEnd()
        .split('\n')
        .map((line) => (line === '' ? '' : `    ${line}`)),
    ]);
  }
  say(['', 'Next']);
  for (const [index, { text, commands }] of steps.entries())
    say([`  ${index + 1}. ${text}`, ...commands.map((command) => `       ${command}`)]);
}

const secretsOf = ({ steps }: InitPlan): Set<string> =>
  new Set(steps.flatMap(({ commands }) => commands.flatMap((command) => /gh secret set (\w+)/.exec(command)?.[1] ?? [])));
