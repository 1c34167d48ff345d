'use client';

export default function ErrorPage() {
  return (
    <main>
      <h1>Todos</h1>
      <p>The list cannot be read at the moment.</p>
      <p>
        <a href="/">Try again</a>
      </p>
    </main>
  );
}
