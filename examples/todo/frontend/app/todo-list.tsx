import type { Todo } from '../server/backend.ts';
import { TITLE_MAX } from '../server/form.ts';

export function AddForm() {
  return (
    <form method="post" action="/todos" className="add">
      <input type="hidden" name="do" value="add" />
      <input name="title" aria-label="New todo" placeholder="What is to be done?" required maxLength={TITLE_MAX} />
      <button type="submit">Add</button>
    </form>
  );
}

export function Item({ todo, page }: { todo: Todo; page: number }) {
  const action = `/todos?page=${page}`;
  return (
    <li className={todo.done ? 'done' : ''}>
      <form method="post" action={action}>
        <input type="hidden" name="do" value="set" />
        <input type="hidden" name="id" value={todo.id} />
        <input type="hidden" name="done" value={String(!todo.done)} />
        <button type="submit" aria-pressed={todo.done} aria-label={todo.done ? `Reopen ${todo.title}` : `Finish ${todo.title}`}>
          {todo.done ? '✓' : ''}
        </button>
      </form>
      <span>{todo.title}</span>
      <form method="post" action={action}>
        <input type="hidden" name="do" value="delete" />
        <input type="hidden" name="id" value={todo.id} />
        <button type="submit" aria-label={`Delete ${todo.title}`}>
          ×
        </button>
      </form>
    </li>
  );
}

export function Pages({ page, last }: { page: number; last: number }) {
  if (last <= 1 && page <= 1) return null;
  return (
    <nav>
      {page > 1 ? <a href={`/?page=${Math.min(page - 1, last)}`}>Newer</a> : null}
      <span>
        Page {page} of {last}
      </span>
      {page < last ? <a href={`/?page=${page + 1}`}>Older</a> : null}
    </nav>
  );
}
