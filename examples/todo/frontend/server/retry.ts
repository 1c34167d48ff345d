const PAUSES_MS = [100, 300, 600];

/**
 * Sends again what has done nothing yet: a refused connection always (a pod that is just coming or going), a kept connection
 * closed without an answer only if sending twice does no harm.
 */
export async function persistently<T>(send: () => Promise<T>, twiceIsHarmless: boolean, pauses = PAUSES_MS): Promise<T> {
  for (const pause of pauses) {
    try {
      return await send();
    } catch (error) {
      const code = codeOf(error);
      const closed = code === 'UND_ERR_SOCKET' || code === 'ECONNRESET' || code === 'EPIPE';
      if (code !== 'ECONNREFUSED' && !(closed && twiceIsHarmless)) throw error;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
  return send();
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && error.cause instanceof Error && 'code' in error.cause ? error.cause.code : undefined;
}
