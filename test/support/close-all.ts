export interface Closable {
  close(): void | Promise<void>;
}

/** Closes the newest first, each also where another one fails to: what is left running would keep the tests from ending. */
export async function closeAll(opened: Closable[]): Promise<void> {
  const failed: unknown[] = [];
  for (const one of opened.splice(0).toReversed()) {
    try {
      await one.close();
    } catch (error) {
      failed.push(error);
    }
  }
  if (failed.length > 0) throw new AggregateError(failed, `${failed.length} of what the tests opened could not be closed`);
}
