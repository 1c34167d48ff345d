/** Next.js calls this once, when the server starts. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return;
  const [{ leavePolitely }, { nameVersion }, { appVersion }] = await Promise.all([
    import('./server/leaving.ts'),
    import('./server/naming.ts'),
    import('./server/version.ts'),
  ]);
  leavePolitely();
  nameVersion(appVersion());
}
