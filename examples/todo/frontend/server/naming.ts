import { subscribe } from 'node:diagnostics_channel';
import type { ServerResponse } from 'node:http';
import { VERSION_HEADER } from './version.ts';

/** Adds the version to every response of this process, static files included, before anything else sees the request. */
export function nameVersion(version: string): void {
  subscribe('http.server.request.start', (message) => {
    (message as { response: ServerResponse }).response.setHeader(VERSION_HEADER, version);
  });
}
