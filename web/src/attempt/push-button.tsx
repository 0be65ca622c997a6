import type { UseMutationResult } from '@tanstack/react-query'
import { useMutation } from '@tanstack/react-query'
import type { ReactElement } from 'react'
import { pushBranch } from '../api/attempts.ts'
import { Problem, refusalOf } from '../api/request.ts'
import { useKey } from '../api/use-key.ts'
import { Button } from '../ui/button.tsx'
import { Icon } from '../ui/icon.tsx'
import { announce } from '../ui/notices.tsx'
import { Trouble } from '../ui/trouble.tsx'

type Push = UseMutationResult<Awaited<ReturnType<typeof pushBranch>>, Error, Wanted>

/** Whether commits of its own that it has no longer may go there. */
type Wanted = 'add' | 'replace'

/** Sends the attempt's branch to the board's remote. */
export function usePush(attemptId: string): Push {
  const key = useKey()
  return useMutation({
    mutationFn: (wanted) => pushBranch(attemptId, wanted === 'replace', key.of(`${attemptId} ${wanted}`)),
    onSuccess: ({ remote, branch }) => {
      key.done()
      announce(`Pushed to ${remote}/${branch}.`)
    },
  })
}

export const PushButton = ({ push }: { push: Push }): ReactElement => (
  <Button disabled={push.isPending} onClick={() => push.mutate('add')}>
    <Icon name="upload" />
    {push.isPending ? 'Pushing…' : 'Push'}
  </Button>
)

/** What came of it, in a line under the buttons. */
export const PushResult = ({ push }: { push: Push }): ReactElement | null => {
  if (push.error) return <PushRefused push={push} error={push.error} />
  if (!push.data) return null
  const { remote, branch, sha } = push.data
  return (
    <p className="text-sm text-soft">
      Pushed <code className="font-mono text-xs">{sha.slice(0, 7)}</code> to {remote}/{branch}.
    </p>
  )
}

/** After a rebase the remote has the commits as they were: they may be replaced, those of others never. */
const PushRefused = ({ push, error }: { push: Push; error: Error }): ReactElement => {
  const isBehind = error instanceof Problem && error.code === 'push_rejected' && push.variables === 'add'
  return (
    <div className="grid gap-1">
      <Trouble error={new Error(refusalOf(error, 'remote') ?? error.message)} />
      {isBehind && (
        <p className="flex flex-wrap items-center gap-2 text-sm text-soft">
          Rebased since it was pushed?
          <Button onClick={() => push.mutate('replace')}>Replace its own commits there</Button>
        </p>
      )}
    </div>
  )
}
