import { rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { ToolError } from '../interfaces/errors.ts';

export interface Answer {
  text: string;
  /** On the loopback address: reached from this machine, and by a port-forward. */
  port: number;
  /** A file that is there while it answers. */
  readyFile: string;
  signal: AbortSignal;
}

/** Gives the same text to whoever connects, and ends the connection, until it is aborted. Errors: `ToolError` where the port is taken. */
export async function serveAnswer({ text, port, readyFile, signal }: Answer): Promise<void> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.end(text);
  });
  try {
    await new Promise<void>((resolve, reject) => {
      server.on('error', (error) => reject(new ToolError(`Port ${port} cannot be listened on (${error.message})`, { cause: error })));
      server.listen(port, '127.0.0.1', () => writeFileSync(readyFile, ''));
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  } finally {
    rmSync(readyFile, { force: true });
    server.close();
  }
}
