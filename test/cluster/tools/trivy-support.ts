import { execFileSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Log } from '../../../src/interfaces/log.ts';
import type { ScannerKind } from '../../../src/interfaces/scanner.ts';
import type { TempFiles } from '../../../src/runtime/temp.ts';
import { NodeProcessRunner } from '../../../src/tools/process.ts';
import { readSettings } from '../../../src/tools/trivy/settings.ts';
import { Trivy } from '../../../src/tools/trivy/trivy.ts';
import { environment } from './support.ts';

export const KEY = `-----BEGIN RSA PRIVATE KEY-----\n${'MIIEowIBAAKCAQEA'.repeat(20)}\n-----END RSA PRIVATE KEY-----\n`;

/** A package that the made-up database knows, and a private key. */
export const VULNERABLE = {
  'app/node_modules/left-pad/package.json': '{"name":"left-pad","version":"1.2.0","license":"MIT"}',
  'app/key.pem': KEY,
};

/** The smallest archive that Trivy takes for one of Java. */
export function jar(): Uint8Array {
  const script =
    'import io,sys,zipfile\nb=io.BytesIO()\nzipfile.ZipFile(b,"w").writestr("META-INF/MANIFEST.MF","Manifest-Version: 1.0\\n\\n")\n';
  return execFileSync('python3', ['-c', `${script}sys.stdout.buffer.write(b.getvalue())`]);
}

export interface Scanned {
  findings: string[];
  warnings: string[];
}

/** Scans a layout as build-push does, in a job with these variables. */
export async function scanIn(
  job: Readonly<Record<string, string | undefined>>,
  layout: string,
  files: TempFiles,
  more: { databaseMaxAgeMs?: number; scanners?: ScannerKind[]; timeoutMs?: number } = {},
): Promise<Scanned> {
  const env = { ...environment, ...job };
  const warnings: string[] = [];
  const note = (): void => undefined;
  const log: Log = {
    info: note,
    debug: note,
    notice: note,
    error: note,
    warning: (text) => void warnings.push(text),
    group: (_, body) => body(),
  };
  const timeoutMs = more.timeoutMs ?? 120_000;
  const options = { trivyPath: 'trivy', files, log, timeoutMs, settings: readSettings(env), databaseMaxAgeMs: more.databaseMaxAgeMs };
  const trivy = new Trivy({ ...options, runner: new NodeProcessRunner({ env }) });
  const report = await trivy.scan({ layout, subject: 'app linux/amd64', scanners: more.scanners ?? ['vuln', 'secret'], timeoutMs });
  return { findings: findingsOf(report), warnings };
}

type Finding = { VulnerabilityID?: string; RuleID?: string };

export function findingsOf(report: unknown): string[] {
  const { Results = [] } = report as { Results?: { Vulnerabilities?: Finding[]; Secrets?: Finding[] }[] };
  const all = Results.flatMap(({ Vulnerabilities = [], Secrets = [] }) => [...Vulnerabilities, ...Secrets]);
  return all.map(({ VulnerabilityID, RuleID }) => VulnerabilityID ?? RuleID ?? '').sort();
}

/** A registry that answers every request with this status and error. */
export async function refusing(status: number, code: string): Promise<{ address: string; close(): void }> {
  const server = createServer((request, response) => {
    request.resume();
    response
      .writeHead(status, { 'content-type': 'application/json' })
      .end(JSON.stringify({ errors: [{ code, message: code.toLowerCase() }] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => void server.close() };
}
