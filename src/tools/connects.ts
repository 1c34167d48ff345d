import { connect } from 'node:net';

/** What drops packets says nothing at all. */
const LIMIT_MS = 2_000;

/** Whether something takes connections there; false also where nothing is said for two seconds. */
export const connects = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port, timeout: LIMIT_MS });
    const end = (open: boolean): void => {
      socket.destroy();
      resolve(open);
    };
    socket
      .once('connect', () => end(true))
      .once('timeout', () => end(false))
      .once('error', () => end(false));
  });

/** Host of an API server's address, to connect to. k3d writes the address that its port is bound to, which is all of this machine's. */
export const hostOfServer = (server: string): string =>
  (URL.parse(server)?.hostname ?? '').replace(/^\[|\]$/g, '').replace(/^0\.0\.0\.0$/, 'localhost');
