import { BackendError, backend } from '../../server/backend.ts';
import { isSameSite, readCommand, readPage } from '../../server/form.ts';

/**
 * Takes the page's forms. Plain forms and not server actions: the ids of server actions change with every build, so a page of
 * the last version could not talk to this one.
 */
export async function POST(request: Request): Promise<Response> {
  if (!isSameSite(request.headers)) return new Response('Forms of other sites are not taken.\n', { status: 403 });
  const command = await request.formData().then(readCommand, () => null);
  if (!command) return new Response('This form is not complete.\n', { status: 400 });
  const todos = backend();
  try {
    if (command.do === 'add') await todos.add(command.title);
    else if (command.do === 'set') await todos.setDone(command.id, command.done);
    else await todos.remove(command.id);
  } catch (error) {
    if (!(error instanceof BackendError)) throw error;
    // Somebody else has deleted it meanwhile: the list shows that.
    if (error.status !== 404) return new Response(`${error.message}\n`, { status: error.status });
  }
  const page = readPage(new URL(request.url).searchParams.get('page'));
  return new Response(null, { status: 303, headers: { Location: page > 1 ? `/?page=${page}` : '/' } });
}
