import type { ReactElement } from 'react'
import { Button } from './button.tsx'

/** What couldn't be read, in the place where it would have been. */
export const Trouble = ({ error, retry }: { error: unknown; retry?: () => void }): ReactElement => (
  <div role="alert" className="flex flex-wrap items-center gap-3 text-fail">
    <p>{error instanceof Error ? error.message : 'That could not be read.'}</p>
    {retry && <Button onClick={retry}>Try again</Button>}
  </div>
)
