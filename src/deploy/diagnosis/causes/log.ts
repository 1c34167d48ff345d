/** What a program's own words say of something that it needs over the network. Text from outside: it is quoted, never trusted. */
export interface Said {
  what: 'name' | 'login' | 'refused' | 'timeout';
  /** The line as it stands in the log. */
  line: string;
  /** Name or address that was asked for. */
  host?: string | undefined;
  port?: number | undefined;
}

const LINES = 40;
const LENGTH = 300;

/** The runtime's own last word, where a program's file is for another platform; the status has an exit code only. */
const FORMAT = /^(?:exec \S+|.*exec user process caused): exec format error$/;

/** Pure: the last line, where the runtime itself says that the file cannot run here. The app's words about a program of its own do not count. */
export function formatError(log: string): string | undefined {
  const last = log.trimEnd().split('\n').at(-1)?.trim() ?? '';
  return FORMAT.test(last) ? last : undefined;
}

const HOST = String.raw`\[?([\w.-]*\w)\]?`;
const pattern = (source: string): RegExp => new RegExp(source.replaceAll('<host>', HOST), 'i');

/** Each with host and port as its groups, where the words name them: Node, Go, Python, libpq, JDBC, MySQL, Redis, PHP, Prisma, curl. */
const NAME = [
  'getaddrinfo (?:ENOTFOUND|EAI_AGAIN) <host>',
  'could not translate host name "<host>"',
  'lookup <host>(?: on [^\\s]+)?: (?:no such host|server misbehaving|i/o timeout|.*temporary failure)',
  'UnknownHostException: "?<host>',
  "Unknown MySQL server host '?<host>",
  'getaddrinfo for <host> failed',
  'Error -[235] connecting to <host>:(\\d+)',
  "Could not resolve host(?:name)?:? '?<host>",
  "Failed to resolve (?:host )?'?<host>",
  "bad address '?<host>",
  "can't (?:resolve|find) '?<host>",
  'Errno -[235]\\] (?:Name or service not known|Temporary failure in name resolution|No address associated with hostname)',
  '<host>:? (?:Name or service not known|Temporary failure in name resolution|No address associated with hostname)',
  'Name or service not known|Temporary failure in name resolution|nodename nor servname provided',
].map(pattern);
const LOGIN = [
  'password authentication failed',
  'no pg_hba\\.conf entry',
  '(?:role|user|database) "[^"]+" does not exist',
  'Access denied for user',
  "Login failed for user '",
  "Unknown database '",
  '\\b(?:WRONGPASS|NOAUTH)\\b',
  'invalid username-password pair',
  'MongoServerError: Authentication failed|SCRAM authentication failed|Authentication failed against database server',
  'no password supplied|client password must be a string',
].map(pattern);
const REFUSED = [
  'ECONNREFUSED <host>:(\\d+)',
  'dial tcp <host>:(\\d+): connect: connection refused',
  'connection to server at "<host>"(?: \\([^)]*\\))?, port (\\d+) failed: Connection refused',
  "Errno 111\\] Connect call failed \\('<host>', (\\d+)",
  'Error 111 connecting to <host>:(\\d+)',
  'Connection to <host>:(\\d+) refused',
  "MySQL server on '?<host>'?(?::(\\d+))?'? \\((?:111|61)",
  'Failed to connect to <host>(?: \\([^)]*\\))? port (\\d+).*refused',
  '\\(<host>(?::(\\d+))?\\): Connection refused',
  'connection refused|ECONNREFUSED',
].map(pattern);
const TIMEOUT = [
  '(?:ETIMEDOUT|EHOSTUNREACH) <host>:(\\d+)',
  'dial tcp <host>:(\\d+): (?:i/o timeout|connect: (?:connection timed out|no route to host))',
  'connection to server at "<host>"(?: \\([^)]*\\))?, port (\\d+) failed: (?:timeout expired|Connection timed out|No route to host)',
  "Errno 11[03]\\] Connect call failed \\('<host>', (\\d+)",
  'Error 11[03] connecting to <host>:(\\d+)',
  "MySQL server on '?<host>'?(?::(\\d+))?'? \\((?:110|113)",
  "Can't reach database server at `?<host>`?:`?(\\d+)",
  'Failed to connect to <host>(?: \\([^)]*\\))? port (\\d+)',
  '\\(<host>(?::(\\d+))?\\): (?:Connection timed out|Operation timed out|No route to host)',
  'connect(?:ion)? timed out|Operation timed out|No route to host|ETIMEDOUT|EHOSTUNREACH|timeout expired|connect timeout',
].map(pattern);
const KINDS = [
  ['login', LOGIN],
  ['name', NAME],
  ['refused', REFUSED],
  ['timeout', TIMEOUT],
] as const;

/** Pure: what the last lines of a log say of something that could not be reached; undefined where they say nothing of the kind. */
export function unreachableIn(log: string, last = LINES): Said | undefined {
  const lines = log.trimEnd().split('\n').slice(-last).reverse();
  const said = lines.flatMap((line) => saidIn(line.trim().slice(0, LENGTH)) ?? []);
  const [newest] = said;
  // A library wraps the words that name the address in words that do not.
  return said.find(({ what, host }) => what === newest?.what && host !== undefined) ?? newest;
}

function saidIn(line: string): Said | undefined {
  for (const [what, patterns] of KINDS) {
    for (const one of patterns) {
      const match = one.exec(line);
      if (match) return { what, line, host: match[1], port: match[2] === undefined ? undefined : Number(match[2]) };
    }
  }
  return undefined;
}
