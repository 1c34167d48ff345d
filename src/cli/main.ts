import { fileURLToPath } from 'node:url';
import { neutral } from '../runtime/neutral.ts';

/** Entry of `todo-deploy`; `root` is the folder of the package, with the actions' metadata. */
export function commandLine(root: URL): void {
  void run(fileURLToPath(root), process.argv.slice(2)).then(
    (code) => finish(code),
    (error: unknown) => {
      process.stderr.write(`${neutral(String(error))}\n`);
      finish(1);
    },
  );
}

/** Both streams are flushed first; idle connections do not hold the program. */
function finish(code: number): void {
  process.exitCode = code;
  process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
}

async function run(root: string, args: readonly string[]): Promise<number> {
  const { commandLineCode } = await import('./command-line.ts');
  return await commandLineCode(root, args);
}
