import type { ReactElement } from 'react'
import { Link } from 'react-router'
import { buttonLook } from './button.tsx'
import { PageHead } from './page-head.tsx'

/** A place that isn't, or isn't any more. */
export const NothingHere = ({ what }: { what: string }): ReactElement => (
  <>
    <PageHead title="Nothing here" />
    <div className="grid justify-items-start gap-3 p-6">
      <p>{what}</p>
      <Link to="/" className={buttonLook('plain')}>
        All boards
      </Link>
    </div>
  </>
)
