import { type DatabaseAddress, literal, type Postgres, quoted } from '../../interfaces/postgres.ts';

/** A role, and the password that its app knows it by. */
export interface Login {
  user: string;
  password: string;
}

/**
 * Lets the app in: a role of a backup that holds no passwords gets the one that the app knows. One that has a password keeps it.
 */
export async function giveLogin(
  postgres: Postgres,
  address: DatabaseAddress,
  { user, password }: Login,
): Promise<'given' | 'kept' | 'absent'> {
  const session = await postgres.open(address);
  try {
    const [role] = await session.rows<{ has: boolean }>(
      `SELECT pg_catalog.jsonb_build_object('has', rolpassword IS NOT NULL) FROM pg_catalog.pg_authid WHERE rolname = ${literal(user)}`,
    );
    if (role === undefined) return 'absent';
    if (role.has) return 'kept';
    await session.run(`ALTER ROLE ${quoted(user)} WITH LOGIN PASSWORD ${literal(password)}`);
    return 'given';
  } finally {
    await session.close().catch(() => undefined);
  }
}

/** Whether a server has a database of this name. */
export async function hasDatabase(postgres: Postgres, address: DatabaseAddress, name: string): Promise<boolean> {
  const session = await postgres.open(address);
  try {
    const [found] = await session.rows<{ there: boolean }>(
      `SELECT pg_catalog.jsonb_build_object('there', EXISTS (SELECT FROM pg_catalog.pg_database WHERE datname = ${literal(name)}))`,
    );
    return found?.there !== false;
  } finally {
    await session.close().catch(() => undefined);
  }
}
