import { readdirSync, readFileSync } from 'node:fs';

/** A program that ends sooner may be missed: those that take secrets work for longer. */
const EVERY_MS = 20;

/**
 * Looks at the arguments of every process of this machine, again and again, but for those of tests that run beside this one; `stop` returns
 * where a value was seen, `saw` whether a program was seen at all.
 */
export function watchArguments(values: Readonly<Record<string, string>>): {
  stop(): string[];
  looked(): number;
  saw(words: string): boolean;
} {
  const seen = new Set<string>();
  const programs = new Set<string>();
  let looked = 0;
  const look = (): void => {
    for (const id of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      const words = read(`/proc/${id}/cmdline`);
      looked += 1;
      programs.add(words.replaceAll('\0', ' '));
      for (const [name, value] of Object.entries(values))
        if (words.includes(value) && !isOfAnotherTest(id)) seen.add(`${name} in the arguments of ${words.split('\0')[0]}`);
    }
  };
  const timer = setInterval(look, EVERY_MS);
  look();
  return {
    stop() {
      clearInterval(timer);
      return [...seen];
    },
    looked: () => looked,
    saw: (words) => [...programs].some((line) => line.includes(words)),
  };
}

/** Whether a process comes from another worker of the same test run: its way up meets our parent, and not us. */
function isOfAnotherTest(id: string): boolean {
  for (let one = id; one !== '' && one !== '0'; one = /^PPid:\s*(\d+)/m.exec(read(`/proc/${one}/status`))?.[1] ?? '') {
    if (one === String(process.pid)) return false;
    if (one === String(process.ppid)) return true;
  }
  return false;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    // It has ended meanwhile.
    return '';
  }
}
