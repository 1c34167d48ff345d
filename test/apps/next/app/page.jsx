'use client';
import { lazy, Suspense, useState } from 'react';

/** A script file of its own, which the browser asks for when the button is pressed. */
const Part = lazy(() => import('./part.jsx'));

export default function Page() {
  const [open, setOpen] = useState(false);
  if (!open) {
    return (
      <button type="button" onClick={() => setOpen(true)}>
        open the first edition
      </button>
    );
  }
  return (
    <Suspense fallback="loading">
      <Part />
    </Suspense>
  );
}
