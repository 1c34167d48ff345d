import { CommanderError } from 'commander';
import { ConfigurationError } from '../interfaces/errors.ts';
import { programOf } from './program.ts';
import { flagWithValue, isFlagOf, refusalOf } from './refusal.ts';
import { styleOf, wantsColor } from './style.ts';
import { asFlags } from './terminal-log.ts';

/** Returns the exit code. Loaded for the command line alone: an action needs neither it nor Commander. */
export async function commandLineCode(root: string, args: readonly string[]): Promise<number> {
  let code = 0;
  const program = programOf(root, args, (result) => {
    code = result;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof ConfigurationError) return refuse(error, args);
    if (!(error instanceof CommanderError)) throw error;
    if (error.code === 'commander.help') return print(program.helpInformation(), 2);
    if (error.exitCode === 0) return 0;
    const flag = flagWithValue(error);
    if (flag === undefined) return refuse(refusalOf(error), args);
    if (isFlagOf(program, flag)) return refuse(new ConfigurationError(`${flag} takes no value`), args);
    // Without its value the name can be compared with those that there are.
    return await commandLineCode(
      root,
      args.map((arg) => (arg.startsWith(`${flag}=`) ? flag : arg)),
    );
  }
}

function print(text: string, code: number): number {
  process.stdout.write(text);
  return code;
}

/** Wrong flags: reported before anything begins. */
function refuse({ reason, message, hint }: ConfigurationError, args: readonly string[]): number {
  const style = styleOf(wantsColor(undefined, process.stderr.isTTY === true, process.env));
  process.stderr.write(`${style.red(`Error: ${asFlags(message)}`)}\n${hint === undefined ? '' : `What to do: ${asFlags(hint)}\n`}`);
  if (args.includes('--json'))
    process.stdout.write(`${JSON.stringify({ ok: false, exitCode: 2, error: { reason, message, hint: hint || undefined } }, null, 2)}\n`);
  return 2;
}
