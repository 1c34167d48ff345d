import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execaSync } from 'execa';

/** A folder of programs that go before the real ones. */
export const faultFolder = (): string => mkdtempSync(join(tmpdir(), 'todo-deploy-faults-'));

/**
 * Puts a program before the real one of its name. `script`: what it does, in the shell; `$real` is the real one, and `$turn` counts its calls
 * from 1 on (those whose arguments match the pattern `counted`).
 */
export function before(folder: string, bin: string, name: string, script: string, counted = ''): void {
  const real = execaSync('sh', ['-c', `command -v ${name}`], { env: { PATH: `${bin}:${process.env.PATH}` } }).stdout;
  const count = join(folder, `${name}.turns`);
  const lines = [
    '#!/bin/bash',
    `real=${real}`,
    `case "$*" in *${counted}*) echo x >> ${count} ;; *) exec $real "$@" ;; esac`,
    `turn=$(wc -l < ${count})`,
    script,
  ];
  writeFileSync(join(folder, name), `${lines.join('\n')}\n`);
  chmodSync(join(folder, name), 0o755);
}

/** Ends a program by a signal as soon as the folder or file that its argument `option` names holds so many bytes. */
export const killedAt = (option: string, bytes: number, signal = 'KILL'): string => `
for arg in "$@"; do case "$arg" in ${option}=*) at="\${arg#*=}" ;; esac; done
"$real" "$@" & id=$!
while kill -0 $id 2>/dev/null; do
  size=$(du -sb "$at" 2>/dev/null | cut -f1)
  if [ "\${size:-0}" -ge ${bytes} ]; then kill -STOP $id; kill -${signal} $id; kill -CONT $id; break; fi
done
wait $id; exit $?`;

/** Ends a program after so many bytes of its output. */
export const cutAfter = (bytes: number, exitCode: string): string => `"$real" "$@" | head -c ${bytes}; exit ${exitCode}`;
