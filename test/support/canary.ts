import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ActionResult } from './action.ts';

/** Where a secret is found that should be nowhere: log, outputs, state, summary, files left in RUNNER_TEMP; as it is, and in base64. */
export function leaks(result: ActionResult, canaries: Readonly<Record<string, string>>): string[] {
  const places: [string, string][] = [
    // The runner takes these lines away.
    ...result.log.filter((line) => !line.startsWith('::add-mask::')).map((line): [string, string] => [`log: ${line.slice(0, 80)}`, line]),
    ['outputs', JSON.stringify(result.outputs)],
    ['state', JSON.stringify(result.state)],
    ['summary', result.summary],
    ...filesBelow(result.tempDir).map((path): [string, string] => [path, readFileSync(path, 'latin1')]),
  ];
  return Object.entries(canaries).flatMap(([name, value]) =>
    places.filter(([, text]) => forms(value).some((form) => text.includes(form))).map(([place]) => `${name} in ${place}`),
  );
}

/** Inside other base64 text a value stands at one of three offsets. */
function forms(value: string): string[] {
  const inside = [0, 1, 2].map((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), Buffer.from(value)]).toString('base64');
    return text.slice(offset === 0 ? 0 : offset + 1, Math.floor(((offset + value.length) * 4) / 3) - 1);
  });
  return [value, encodeURIComponent(value), ...inside];
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}
