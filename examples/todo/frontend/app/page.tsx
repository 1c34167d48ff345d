import { backend } from '../server/backend.ts';
import { readPage } from '../server/form.ts';
import { appVersion } from '../server/version.ts';
import { AddForm, Item, Pages } from './todo-list.tsx';

export const dynamic = 'force-dynamic';

export default async function Home({ searchParams }: { searchParams: Promise<{ page?: string | string[] }> }) {
  const page = readPage((await searchParams).page);
  const { data: todos, version } = await backend().list(page);
  return (
    <main>
      <h1>Todos</h1>
      <AddForm />
      {todos.items.length === 0 ? <p className="empty">Nothing to do.</p> : null}
      <ul>
        {todos.items.map((todo) => (
          <Item key={todo.id} todo={todo} page={page} />
        ))}
      </ul>
      <Pages page={page} last={Math.max(1, Math.ceil(todos.total / todos.size))} />
      <footer>
        {todos.total} in all · frontend {appVersion()} · backend {version ?? 'unknown'}
      </footer>
    </main>
  );
}
