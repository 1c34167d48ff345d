import { rmSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { ToolError } from '../interfaces/errors.ts';

export interface Exchange<T> {
  /** What is said to a line that comes, and what it tells; undefined where it is none for us: then the connection ends. */
  answerTo(line: string): { reply: string; learned?: T } | undefined;
  /** On the loopback address: reached from this machine, and by a port-forward. */
  port: number;
  /** A file that is there while it answers. */
  readyFile: string;
  signal: AbortSignal;
}

const LARGEST = 1024 * 1024;
/**
 * Answers a line of whoever connects with a line, until it is aborted; also afterwards, for whoever did not hear that it was heard. Resolves to
 * what was learned first. Errors: `ToolError` where the port is taken, the signal's reason.
 */
export function exchange<T>({ answerTo, port, readyFile, signal }: Exchange<T>): Promise<T> {
  const sockets = new Set<Socket>();
  let learn: (value: T) => void = () => undefined;
  const server = createServer((socket) => {
    sockets.add(socket);
    let line = '';
    socket.setEncoding('utf8');
    socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
    socket.on('data', (chunk: string) => {
      line += chunk;
      if (line.length > LARGEST) socket.destroy();
      if (!line.endsWith('\n')) return;
      const answer = answerTo(line);
      if (answer === undefined) return void socket.destroy();
      if (answer.learned !== undefined) learn(answer.learned);
      socket.end(answer.reply);
    });
  });
  const close = (): void => {
    rmSync(readyFile, { force: true });
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return new Promise<T>((resolve, reject) => {
    learn = resolve;
    const end = (error: unknown): void => {
      close();
      reject(error);
    };
    server.on('error', (error) => end(new ToolError(`Port ${port} cannot be listened on (${error.message})`, { cause: error })));
    signal.addEventListener('abort', () => end(signal.reason), { once: true });
    if (signal.aborted) end(signal.reason);
    else server.listen(port, '127.0.0.1', () => writeFileSync(readyFile, ''));
  });
}
