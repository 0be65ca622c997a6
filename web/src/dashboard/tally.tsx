import type { ReactElement } from 'react'

/** A number with its noun; colour only when there is something. */
export const Tally = ({ n, words, ink }: { n: number; words: string; ink: string }): ReactElement => (
  <span className={n > 0 ? `font-medium ${ink}` : 'text-faint'}>
    {n} {words}
  </span>
)
