import type { UseMutationResult } from '@tanstack/react-query'
import { useMutation } from '@tanstack/react-query'
import type { ReactElement } from 'react'
import { pushBranch } from '../api/attempts.ts'
import { refusalOf } from '../api/request.ts'
import { useKey } from '../api/use-key.ts'
import { Button } from '../ui/button.tsx'
import { Icon } from '../ui/icon.tsx'
import { announce } from '../ui/notices.tsx'
import { Trouble } from '../ui/trouble.tsx'

type Push = UseMutationResult<Awaited<ReturnType<typeof pushBranch>>, Error, void>

/** Sends the attempt's branch to the board's remote. */
export function usePush(attemptId: string): Push {
  const key = useKey()
  return useMutation({
    mutationFn: () => pushBranch(attemptId, key.of(attemptId)),
    onSuccess: ({ remote, branch }) => {
      key.done()
      announce(`Pushed to ${remote}/${branch}.`)
    },
  })
}

export const PushButton = ({ push }: { push: Push }): ReactElement => (
  <Button disabled={push.isPending} onClick={() => push.mutate()}>
    <Icon name="upload" />
    {push.isPending ? 'Pushing…' : 'Push'}
  </Button>
)

/** What came of it, in a line under the buttons. */
export const PushResult = ({ push }: { push: Push }): ReactElement | null => {
  if (push.error) return <Trouble error={new Error(refusalOf(push.error, 'remote') ?? push.error.message)} />
  if (!push.data) return null
  const { remote, branch, sha } = push.data
  return (
    <p className="text-sm text-soft">
      Pushed <code className="font-mono text-xs">{sha.slice(0, 7)}</code> to {remote}/{branch}.
    </p>
  )
}
