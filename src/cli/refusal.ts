import type { Command, CommanderError } from 'commander';
import { ConfigurationError } from '../interfaces/errors.ts';

const UNKNOWN_FLAG = "error: unknown option '";

/** Commander's refusal in this command line's words. What is no flag, or a flag's value, may be a secret: it is not repeated. */
export function refusalOf({ code, message }: CommanderError): ConfigurationError {
  const suggestion = /\((Did you mean [^()]*\?)\)$/.exec(message)?.[1];
  if (code === 'commander.unknownCommand') {
    const name = /^error: unknown command '(.{0,60})/s.exec(message)?.[1]?.split("'")[0] ?? '';
    return new ConfigurationError(`There is no command "${name}"`, { hint: suggestion ?? 'See todo-deploy --help.' });
  }
  const [first = '', second = ''] = [...message.matchAll(/option '(--[\w-]+)/g)].map((match) => match[1] ?? '');
  if (code === 'commander.unknownOption' && first !== '')
    return new ConfigurationError(`There is no flag ${first.slice(0, 62)}`, { hint: suggestion ?? 'See --help for all of them.' });
  if (code === 'commander.optionMissingArgument') return new ConfigurationError(`${first} needs a value`);
  if (code === 'commander.conflictingOption')
    return new ConfigurationError(`${first} and ${second} are both given`, { hint: 'Leave one of them out.' });
  return new ConfigurationError('There is an argument without a flag', { hint: 'Every value needs its flag: --name value' });
}

/** The flag of `--flag=value` where Commander takes the whole for a name. */
export function flagWithValue({ code, message }: CommanderError): string | undefined {
  if (code !== 'commander.unknownOption' || !message.startsWith(UNKNOWN_FLAG)) return undefined;
  return /^(--[^=]+)=/.exec(message.slice(UNKNOWN_FLAG.length))?.[1];
}

export const isFlagOf = (program: Command, name: string): boolean =>
  [program, ...program.commands].some(({ options }) => options.some((option) => option.long === name));
