import { Command } from 'commander';
import { COMMANDS } from './commands.ts';
import { addFlags, flagsOf } from './flags.ts';
import { ABOUT, CODES, TWINS, usageOf } from './help.ts';
import { productVersion, readMetadata } from './metadata.ts';
import { ownMetadata } from './own-metadata.ts';
import { runCommand } from './run-command.ts';
import { wantsColor } from './style.ts';

const WIDEST = 110;

/** The command line of the actions whose metadata is under `root`. `done` gets the exit code of the command that ran. */
export function programOf(root: string, args: readonly string[], done: (code: number) => void): Command {
  const program = new Command('todo-deploy')
    .usage('COMMAND [FLAGS]')
    .description(ABOUT)
    .version(productVersion(root), '--version', "Show the product's version.")
    .helpOption('-h, --help', 'Show this help.')
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ getOutHelpWidth: () => Math.min(process.stdout.columns || 100, WIDEST), writeErr: () => undefined })
    .addHelpText('after', CODES);
  const isOverview = args[0] === undefined || ['help', '-h', '--help'].includes(args[0]);
  for (const command of COMMANDS) {
    const sub = program.command(command.name);
    // One file is read where one command runs, all of them for the help.
    if (!isOverview && command.name !== args[0]) continue;
    const metadata = command.own ? ownMetadata(root, command.folder, command.own) : readMetadata(root, command.folder);
    addFlags(sub.description(metadata.description).usage(usageOf(metadata.inputs)), metadata.inputs, args);
    sub.addHelpText('after', `${TWINS}\n${CODES}`).action(async () => {
      const flags = flagsOf(sub, metadata.inputs);
      const stream = flags.json ? process.stderr : process.stdout;
      done(await runCommand(command, metadata, flags, wantsColor(flags.color, stream.isTTY === true, process.env)));
    });
  }
  return program;
}
