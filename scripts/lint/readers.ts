/**
 * Holds that text from outside is read in one place each: YAML, JSON and compressed data by the readers of `src/interfaces/reading`, whose
 * errors quote nothing and whose cost is limited; and that only the runtime and the command line write to the standard streams.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const READERS = 'src/interfaces/reading/';
const RULES: readonly { pattern: RegExp; allowed: readonly string[]; instead: string }[] = [
  {
    pattern: /^import (?!type )[^;]*\b(?:parse\w*|Parser|Composer|Lexer|CST)\b[^;]*from 'yaml'|import\('yaml'\)/m,
    allowed: [READERS],
    instead: 'src/interfaces/reading/yaml.ts reads YAML: it is silent, and its errors quote nothing',
  },
  { pattern: /\bJSON\.parse\(/, allowed: [READERS], instead: 'src/interfaces/reading/json.ts reads JSON: its errors quote nothing' },
  {
    pattern: /^import (?!type )[^;]*(?:unzip|inflate|[dD]ecompress)[^;]*from 'node:zlib'/m,
    allowed: [READERS],
    instead: 'src/interfaces/reading/gunzip.ts unpacks: it has a limit',
  },
  {
    pattern: /\bconsole\.\w+\(|process\.(?:stdout|stderr)\.write\(|\bemitWarning\(/,
    allowed: ['src/runtime/', 'src/cli/'],
    instead: 'only the runtime and the command line write to the standard streams: take a Log',
  },
];

const problems = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => join('src', file))
  .flatMap((file) => {
    const text = readFileSync(file, 'utf8');
    return RULES.filter(({ pattern, allowed }) => pattern.test(text) && !allowed.some((place) => file.startsWith(place))).map(
      ({ instead }) => `${file}: ${instead}`,
    );
  });
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);
console.log('Text from outside is read by the readers of src/interfaces/reading alone');
