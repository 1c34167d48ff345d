import { ConfigurationError } from '../../../interfaces/errors.ts';
import type { DatabaseAddress } from '../../../interfaces/postgres.ts';
import type { ActionContext } from '../../../runtime/action.ts';

const PORT = 5432;
const SSL_MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;

/** A database as its inputs say; a URL (`postgresql://user:password@host:port/name?sslmode=require`) gives what they leave out. */
export function readDatabase(context: Pick<ActionContext, 'inputs' | 'mask'>): DatabaseAddress {
  const { inputs } = context;
  const url = readUrl(context);
  const need = (name: string, fromUrl: string | undefined): string =>
    inputs.string(name, { pattern: /^[^\0\n]*$/, default: fromUrl ?? '', required: true });
  const port = inputs.integer('database-port', { default: url?.port ?? PORT, min: 1, max: 65_535 });
  return {
    host: need('database-host', url?.host),
    port,
    user: need('database-user', url?.user),
    database: need('database-name', url?.database),
    password: inputs.secret('database-password') || url?.password,
    sslmode: inputs.choice('database-sslmode', SSL_MODES, url?.sslmode ?? 'prefer'),
    sslrootcert: inputs.path('database-ca', { mustExist: 'file' }) || undefined,
  };
}

interface FromUrl {
  host: string;
  port: number | undefined;
  user: string;
  password: string | undefined;
  database: string;
  sslmode: (typeof SSL_MODES)[number] | undefined;
}

/** Errors quote nothing of it. SQLAlchemy's drivers (`postgresql+asyncpg:`) are passed over. */
function readUrl({ inputs, mask }: Pick<ActionContext, 'inputs' | 'mask'>): FromUrl | undefined {
  const text = inputs.secret('database-url');
  if (text === '') return undefined;
  const plain = text.replace(/^postgres(?:ql)?(?:\+\w+)?:/, 'http:');
  const url = plain !== text && URL.canParse(plain) ? new URL(plain) : undefined;
  if (url === undefined) {
    throw new ConfigurationError('Input "database-url" is no address of a PostgreSQL database', {
      hint: 'postgresql://USER:PASSWORD@HOST:PORT/NAME',
    });
  }
  const password = decoded(url.password);
  if (password !== undefined) mask(password);
  const sslmode = SSL_MODES.find((mode) => mode === (url.searchParams.get('sslmode') ?? url.searchParams.get('ssl')));
  return {
    host: url.hostname,
    port: url.port === '' ? undefined : Number(url.port),
    user: decoded(url.username) ?? '',
    password,
    database: decoded(url.pathname.slice(1)) ?? '',
    sslmode,
  };
}

function decoded(text: string): string | undefined {
  try {
    return text === '' ? undefined : decodeURIComponent(text);
  } catch {
    throw new ConfigurationError('Input "database-url" has a "%" that is not followed by two hexadecimal digits', {
      hint: 'Write %25 for it.',
    });
  }
}
