import { afterAll, afterEach, beforeAll, describe, expect } from '@jest/globals';
import { DigitalOceanApi } from '../../../../src/tools/digitalocean/api.ts';
import { UndiciHttp } from '../../../../src/tools/http.ts';
import { DigitalOceanStandIn } from '../../../support/digitalocean/stand-in.ts';

export const TOKEN = 'dop_v1_0123456789abcdef';

/** Tests against the stand-in. Anything that breaks DigitalOcean's description fails the test that did it. */
export function withStandIn(name: string, body: (at: { standIn: () => DigitalOceanStandIn; api: () => DigitalOceanApi }) => void): void {
  describe(name, () => {
    let standIn: DigitalOceanStandIn;
    beforeAll(async () => {
      standIn = await DigitalOceanStandIn.start();
    });
    afterEach(() => {
      const problems = [...standIn.problems];
      standIn.reset();
      expect(problems).toEqual([]);
    });
    afterAll(() => standIn.stop());
    body({ standIn: () => standIn, api: () => new DigitalOceanApi({ http: new UndiciHttp(), token: TOKEN, apiUrl: standIn.url }) });
  });
}

/** The error that work ends with. */
export async function failure(work: Promise<unknown>): Promise<Error & { hint?: string; status?: number; code?: string }> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason as Error,
  );
  if (error === undefined) throw new Error('it did not fail');
  return error;
}
