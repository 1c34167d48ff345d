import type { Place } from './reference.ts';

/** Blobs that several repositories of one registry need: each goes up once, the others mount it from there. */
export class SharedBlobs {
  readonly #places = new Map<string, Promise<Place | undefined>>();

  /**
   * Uploads, or whatever `put` does, given the repository that has the blob already, if one has. While it goes up to one repository, others wait
   * for it instead of sending it too.
   */
  async put<T>(
    digest: string,
    place: Place,
    find: () => Promise<Place | undefined>,
    put: (from: Place | undefined) => Promise<T>,
  ): Promise<T> {
    const other = this.#places.get(digest);
    // Where that one failed, this one sends it.
    if (other !== undefined) return await put(await other);
    let done: (place: Place | undefined) => void = () => {};
    this.#places.set(digest, new Promise((resolve) => (done = resolve)));
    try {
      const result = await put(await find());
      done(place);
      return result;
    } catch (error) {
      this.#places.delete(digest);
      done(undefined);
      throw error;
    }
  }
}
