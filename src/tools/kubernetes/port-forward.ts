import { isIP, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { connect as tlsConnect } from 'node:tls';
import WebSocket from 'ws';
import { HttpError } from '../../interfaces/errors.ts';
import { tryJsonObject } from '../../interfaces/reading/json.ts';
import { certificateAuthorities } from '../ca.ts';
import { networkError } from '../network-errors.ts';
import { openTunnel } from '../proxy/tunnel.ts';
import type { TlsSettings, Transport } from './transport.ts';

/**
 * The classic port-forward protocol over a web socket: one channel for data and one for errors a port; each starts with the port as
 * two bytes. A message's first byte is its channel.
 */
const PROTOCOL = 'v4.channel.k8s.io';
const DATA = 0;
const ERROR = 1;
const OPEN_LIMIT_MS = 15_000;
const PING_MS = 20_000;

/** One connection to a port of a pod. Rejects where the API server refuses; a pod that does not listen ends the stream with an error. */
export async function openPortForward(transport: Transport, path: string, label: string): Promise<Duplex> {
  const [headers, tls] = [await transport.headers(), await transport.tls()];
  const url = transport.server.replace(/^http/, 'ws') + path;
  const way = await throughProxy(transport, tls);
  const socket = new WebSocket(url, [PROTOCOL], { headers, ...tls, ...way, handshakeTimeout: OPEN_LIMIT_MS, perMessageDeflate: false });
  const stream = new PortForwardStream(socket, label);
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('unexpected-response', (_request, response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => reject(refused(label, response.statusCode ?? 0, Buffer.concat(chunks).toString('utf8'))));
      response.on('error', reject);
    });
    socket.once('error', (cause) => reject(networkError(`Port-forward to ${label}`, cause)));
  }).catch((error: unknown) => {
    stream.destroy();
    throw error;
  });
  return stream;
}

/** A connection that is already made, where there is a proxy. */
async function throughProxy(transport: Transport, tls: TlsSettings): Promise<{ createConnection?: () => Socket }> {
  const proxy = transport.proxy();
  if (proxy === undefined) return {};
  const { protocol, hostname, port } = new URL(transport.server);
  const secure = protocol === 'https:';
  const target = `${hostname}:${port || (secure ? 443 : 80)}`;
  const tunnel = await openTunnel({ proxy, target, ca: certificateAuthorities(transport.env), timeoutMs: OPEN_LIMIT_MS });
  const name = hostname.replace(/^\[|\]$/g, '');
  // A name that is an address is none for SNI.
  const servername = tls.servername ?? (isIP(name) === 0 ? name : '');
  const socket = secure ? tlsConnect({ ...tls, socket: tunnel, host: name, servername, ALPNProtocols: ['http/1.1'] }) : tunnel;
  return { createConnection: () => socket };
}

function refused(label: string, status: number, body: string): HttpError {
  const parsed = tryJsonObject<{ message: string; reason: string }>(body);
  const message = parsed?.message ?? body.trim().slice(0, 300);
  const code = parsed?.reason;
  const isServers = status >= 500 || status === 429 || message === '';
  const said = isServers ? [`the API server answered ${status}`, message].filter(Boolean).join(': ') : message;
  return new HttpError(`Port-forward to ${label}: ${said}`, { status, code });
}

class PortForwardStream extends Duplex {
  readonly #socket: WebSocket;
  readonly #label: string;
  readonly #ping: NodeJS.Timeout;
  readonly #greeted = new Set<number>();
  #errorText = '';

  constructor(socket: WebSocket, label: string) {
    super();
    this.#socket = socket;
    this.#label = label;
    this.#ping = setInterval(() => socket.readyState === WebSocket.OPEN && socket.ping(), PING_MS).unref();
    socket.on('message', (data: Buffer) => this.#receive(data));
    socket.on('close', () => this.#closed());
    socket.on('error', (error) => this.destroy(error));
    // A refusal may come before the caller listens; it stays readable as `errored`.
    this.on('error', () => undefined);
  }

  #receive(message: Buffer): void {
    const channel = message[0] ?? -1;
    let payload = message.subarray(1);
    if (!this.#greeted.has(channel)) {
      this.#greeted.add(channel);
      payload = payload.subarray(2);
    }
    if (payload.length === 0) return;
    if (channel === DATA && !this.push(payload)) this.#socket.pause();
    if (channel === ERROR) {
      this.#errorText += payload.toString('utf8');
      this.destroy(this.#failure());
    }
  }

  #failure(): HttpError {
    const refusedByPod = /refused/.test(this.#errorText);
    const text = this.#errorText
      .replace(/^.*?failed to connect/, 'failed to connect')
      .trim()
      .slice(0, 300);
    return new HttpError(`${this.#label}: ${text}`, { status: 0, code: refusedByPod ? 'Refused' : 'Network' });
  }

  #closed(): void {
    clearInterval(this.#ping);
    if (!this.destroyed) this.push(null);
  }

  override _read(): void {
    if (this.#socket.isPaused) this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    this.#socket.send(Buffer.concat([Buffer.of(DATA), chunk]), callback);
  }

  override _final(callback: (error?: Error | null) => void): void {
    // The protocol knows no half-open connection: the socket is closed when the reader is done.
    callback();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    clearInterval(this.#ping);
    if (this.#socket.readyState === WebSocket.CONNECTING) this.#socket.terminate();
    else this.#socket.close();
    callback(error);
  }
}
