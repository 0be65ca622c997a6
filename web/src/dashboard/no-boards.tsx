import type { ReactElement } from 'react'
import { Link } from 'react-router'
import { useBoards } from '../boards/use-boards.ts'
import { Trouble } from '../ui/trouble.tsx'

/** What there is to say in place of an overview, or before it has come. */
export const NoBoards = (): ReactElement | null => {
  const { data: boards, error, refetch } = useBoards()
  if (error && !boards) return <Trouble error={error} retry={() => void refetch()} />
  if (boards?.length !== 0) return null
  return (
    <p className="text-soft">
      There is no board yet.{' '}
      <Link to="/" className="text-live underline underline-offset-2">
        Start with one
      </Link>
      .
    </p>
  )
}
