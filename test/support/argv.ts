import { readdirSync, readFileSync } from 'node:fs';

/** Looks at the arguments of every process of this machine, again and again; `stop` answers where a value was seen. */
export function watchArguments(values: Readonly<Record<string, string>>): { stop(): string[]; looked(): number } {
  const seen = new Set<string>();
  let looked = 0;
  const look = (): void => {
    for (const id of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      const words = read(`/proc/${id}/cmdline`);
      looked += 1;
      for (const [name, value] of Object.entries(values))
        if (words.includes(value)) seen.add(`${name} in the arguments of ${words.split('\0')[0]}`);
    }
  };
  const timer = setInterval(look, 100);
  look();
  return {
    stop() {
      clearInterval(timer);
      return [...seen];
    },
    looked: () => looked,
  };
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    // It has ended meanwhile.
    return '';
  }
}
