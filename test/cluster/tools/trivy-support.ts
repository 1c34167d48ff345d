import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Layout } from '../../../cluster/images/oci.ts';
import type { Log } from '../../../src/interfaces/log.ts';
import type { ScannerKind } from '../../../src/interfaces/scanner.ts';
import type { TempFiles } from '../../../src/runtime/temp.ts';
import { NodeProcessRunner } from '../../../src/tools/process.ts';
import { readSettings } from '../../../src/tools/trivy/settings.ts';
import { Trivy } from '../../../src/tools/trivy/trivy.ts';
import { environment } from './support.ts';

const KEY = `-----BEGIN RSA PRIVATE KEY-----\n${'MIIEowIBAAKCAQEA'.repeat(20)}\n-----END RSA PRIVATE KEY-----\n`;

/** A package that the made-up database knows, and a private key. */
export const VULNERABLE = {
  'app/node_modules/left-pad/package.json': '{"name":"left-pad","version":"1.2.0","license":"MIT"}',
  'app/key.pem': KEY,
};

/** The smallest archive that Trivy takes for one of Java. */
export function jar(): Uint8Array {
  const script =
    'import io,sys,zipfile\nb=io.BytesIO()\nzipfile.ZipFile(b,"w").writestr(zipfile.ZipInfo("META-INF/MANIFEST.MF"),"Manifest-Version: 1.0\\n\\n")\n';
  return execFileSync('python3', ['-c', `${script}sys.stdout.buffer.write(b.getvalue())`]);
}

/** Fills a folder with a Java database that knows this archive as `org.example:tool` 1.2.3. */
export function javaDatabase(folder: string, archive: Uint8Array): void {
  const script = `import sqlite3,sys
db=sqlite3.connect(sys.argv[1]+"/trivy-java.db")
db.executescript("""CREATE TABLE artifacts(id INTEGER PRIMARY KEY, group_id TEXT, artifact_id TEXT);
CREATE TABLE indices(artifact_id INTEGER, version TEXT, sha1 BLOB, archive_type TEXT, foreign key (artifact_id) references artifacts(id));""")
db.execute("INSERT INTO artifacts VALUES(1,'org.example','tool')")
db.execute("INSERT INTO indices VALUES(1,'1.2.3',?,'jar')",(bytes.fromhex(sys.argv[2]),))
db.commit()
`;
  mkdirSync(folder, { recursive: true });
  execFileSync('python3', ['-c', script, folder, createHash('sha1').update(archive).digest('hex')]);
  const next = new Date(Date.now() + 86_400_000).toISOString();
  writeFileSync(join(folder, 'metadata.json'), JSON.stringify({ Version: 1, NextUpdate: next, UpdatedAt: new Date().toISOString() }));
}

/** The same as the artifact that Trivy downloads, in the registry. */
export async function pushJavaDatabase(folder: string, reference: string): Promise<void> {
  const work = mkdtempSync(join(tmpdir(), 'java-db-'));
  execFileSync('tar', ['-C', folder, '-cf', join(work, 'javadb.tar'), 'metadata.json', 'trivy-java.db']);
  const layout = await Layout.open(join(work, 'layout'));
  const mediaType = 'application/vnd.aquasec.trivy.javadb.layer.v1.tar+gzip';
  const { descriptor } = await layout.putLayer(join(work, 'javadb.tar'), { mediaType });
  const layer = { ...descriptor, annotations: { 'org.opencontainers.image.title': 'javadb.tar.gz' } };
  await layout.tag(await layout.putArtifact('application/vnd.aquasec.trivy.config.v1+json', [layer]), 'java-db:1');
  execFileSync('crane', ['push', layout.dir, reference], { env: environment, stdio: 'ignore' });
  rmSync(work, { recursive: true, force: true });
}

export interface Scanned {
  findings: string[];
  packages: string[];
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
  return { findings: findingsOf(report), packages: packagesOf(report), warnings };
}

type Finding = { VulnerabilityID?: string; RuleID?: string };

export function findingsOf(report: unknown): string[] {
  const { Results = [] } = report as { Results?: { Vulnerabilities?: Finding[]; Secrets?: Finding[] }[] };
  const all = Results.flatMap(({ Vulnerabilities = [], Secrets = [] }) => [...Vulnerabilities, ...Secrets]);
  return all.map(({ VulnerabilityID, RuleID }) => VulnerabilityID ?? RuleID ?? '').sort();
}

function packagesOf(report: unknown): string[] {
  const { Results = [] } = report as { Results?: { Packages?: { Name: string; Version: string }[] }[] };
  return Results.flatMap(({ Packages = [] }) => Packages.map(({ Name, Version }) => `${Name}@${Version}`));
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
