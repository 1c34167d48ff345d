import { fileURLToPath } from 'node:url';
import { ConfigurationError } from '../interfaces/errors.ts';
import { COMMANDS } from './commands.ts';
import { parseFlags } from './flags.ts';
import { commandHelp, generalHelp } from './help.ts';
import { productVersion, readMetadata } from './metadata.ts';
import { runCommand } from './run-command.ts';
import { styleOf, wantsColor } from './style.ts';
import { suggestion } from './suggest.ts';
import { asFlags } from './terminal-log.ts';

const WIDEST = 110;

/** Entry of `todo-deploy`; `root` is the folder of the package, with the actions' metadata. */
export function commandLine(root: URL): void {
  void commandLineCode(fileURLToPath(root), process.argv.slice(2)).then(
    (code) => finish(code),
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      finish(1);
    },
  );
}

/** Both streams are flushed first; idle connections do not hold the program. */
function finish(code: number): void {
  process.exitCode = code;
  process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
}

async function commandLineCode(root: string, [name, ...args]: string[]): Promise<number> {
  const width = Math.min(process.stdout.columns || 100, WIDEST);
  try {
    if (name === '--version') return print(productVersion(root));
    if (name === undefined || name === '--help' || name === '-h' || name === 'help')
      return print(overview(root, width), name === undefined ? 2 : 0);
    const command = COMMANDS.find((one) => one.name === name);
    if (command === undefined) throw unknownCommand(name);
    const metadata = readMetadata(root, command.folder);
    const flags = parseFlags(args, metadata.inputs);
    if (flags.help) return print(commandHelp(command.name, metadata, width));
    const stream = flags.json ? process.stderr : process.stdout;
    return await runCommand(command, metadata, flags, wantsColor(flags.color, stream.isTTY === true, process.env));
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return refuse(error, args.includes('--json'));
  }
}

function overview(root: string, width: number): string {
  const commands = COMMANDS.map(({ name, folder }) => ({ name, description: readMetadata(root, folder).description }));
  return generalHelp(commands, width);
}

function unknownCommand(name: string): ConfigurationError {
  const near = suggestion(
    name,
    COMMANDS.map((command) => command.name),
  );
  return new ConfigurationError(`There is no command "${name.slice(0, 60)}"`, {
    hint: near === undefined ? 'See todo-deploy --help.' : `Did you mean ${near}?`,
  });
}

function print(text: string, code = 0): number {
  process.stdout.write(`${text}\n`);
  return code;
}

/** Wrong flags: before anything was begun. */
function refuse({ reason, message, hint }: ConfigurationError, json: boolean): number {
  const style = styleOf(wantsColor(undefined, process.stderr.isTTY === true, process.env));
  process.stderr.write(`${style.red(`Error: ${asFlags(message)}`)}\n${hint === undefined ? '' : `What to do: ${asFlags(hint)}\n`}`);
  if (json)
    process.stdout.write(`${JSON.stringify({ ok: false, exitCode: 2, error: { reason, message, hint: hint || undefined } }, null, 2)}\n`);
  return 2;
}
