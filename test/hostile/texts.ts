import fc from 'fast-check';

/** Every part of it that could be shown is longer than an ordinary word. */
export const CANARY = 'k7hidden2word9';

const SYNTAX = [
  ...[
    '\n',
    '\r\n',
    '\r',
    '\t',
    ' ',
    '  ',
    '\u0000',
    '\u001B[31m',
    '\u001B]0;',
    '\u009B',
    '\u202E',
    '\uFEFF',
    '\u2028',
    '\uD800',
    'é',
    '😀',
  ],
  ...[
    ':',
    ': ',
    '=',
    '==',
    '"',
    '""',
    "'",
    '`',
    '```',
    '\\',
    '/',
    '//',
    '|',
    '>',
    '#',
    '##[',
    '::',
    '%',
    '@',
    '&',
    '*',
    '!',
    '?',
    ',',
    ';',
    '-',
  ],
  ...['[', ']', '{', '}', '(', ')', '<', '<<: ', '- ', '? ', '&a ', '*a', '!t ', '---\n', '...', '%YAML 1.9\n', '|\n', '>-\n'],
  ...[
    'a',
    'name',
    'x: ',
    '"a": ',
    '{"',
    '"}',
    'null',
    'true',
    '1',
    '007',
    '1e999',
    '0x1f',
    '-1',
    '9007199254740993',
    '__proto__',
    'constructor',
  ],
  ...[
    'apiVersion: v1\n',
    'kind: List\n',
    'kind: Secret\n',
    'metadata: {name: a}\n',
    'items: ',
    'clusters: ',
    'contexts: ',
    'users: ',
    'user: ',
  ],
  ...['registry.example.com', ':5000', '@sha256:', 'sha256:', 'v1', 'refs/tags/', 'https://', 'Bearer realm="', 'service: ', 'path: '],
  ...['::set-output name=x::', '::add-mask::', '::error::', '-----BEGIN KEY-----\n', 'H4sIAAAAAAAA', '{"manifests": [', '{"layers": '],
];

const piece = fc.oneof(
  { weight: 10, arbitrary: fc.constantFrom(...SYNTAX) },
  { weight: 2, arbitrary: fc.constant(CANARY) },
  { weight: 1, arbitrary: fc.string({ maxLength: 8, unit: 'binary' }) },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constantFrom(...SYNTAX), fc.integer({ min: 2, max: 300 })).map(([unit, times]) => unit.repeat(times)),
  },
);

/** Text that knows every syntax and keeps to none. */
const mixed = fc.array(piece, { maxLength: 25 }).map((pieces) => pieces.join(''));
/** What is nearly right gets further. */
const nearly = fc.tuple(fc.jsonValue({ maxDepth: 4 }), piece, fc.nat(400)).map(([value, wrong, at]) => {
  const text = JSON.stringify(value);
  return `${text.slice(0, at % (text.length + 1))}${wrong}${text.slice((at % (text.length + 1)) + (at % 3))}`;
});

export const hostileText = fc.oneof({ weight: 3, arbitrary: mixed }, { weight: 1, arbitrary: nearly });
