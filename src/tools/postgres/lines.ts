import { Writable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/** A stream of whole lines, whatever their length: the answers of a session are JSON, a row a line. */
export function lineSink(onLine: (line: string) => void): Writable {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  return new Writable({
    write(chunk: Buffer, _, done) {
      const lines = (rest + decoder.write(chunk)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) onLine(line);
      done();
    },
    final(done) {
      if (rest !== '') onLine(rest);
      done();
    },
  });
}
