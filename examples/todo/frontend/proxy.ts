import { NextResponse } from 'next/server';
import { appVersion, VERSION_HEADER } from './server/version.ts';

const version = appVersion();

/** Puts the version into every answer, static files included. */
export function proxy(): NextResponse {
  const response = NextResponse.next();
  response.headers.set(VERSION_HEADER, version);
  return response;
}
