import type { AttemptView } from '@boardcast/client'
import { useMutation } from '@tanstack/react-query'
import { type ReactElement, useState } from 'react'
import { useNavigate } from 'react-router'
import { startAttempt, stopAttempt } from '../api/attempts.ts'
import { useKey } from '../api/use-key.ts'
import { useOpenBoard } from '../board/board-context.ts'
import { Button } from '../ui/button.tsx'
import { Icon } from '../ui/icon.tsx'
import { Trouble } from '../ui/trouble.tsx'
import { CommitForm } from './commit-form.tsx'
import { DeleteAttempt } from './delete-attempt.tsx'
import { PullForm } from './pull-form.tsx'
import { PushButton, PushResult, usePush } from './push-button.tsx'
import { RebaseButton, RebaseResult, useRebase } from './rebase.tsx'
import { isActive } from './state.ts'
import { useUncommitted } from './use-attempt.ts'

/** What can be done with an attempt that runs on this machine. */
export const AttemptActions = ({ attempt }: { attempt: AttemptView }): ReactElement => {
  const { attemptId, status } = attempt
  const [form, setForm] = useState<'none' | 'commit' | 'pull'>('none')
  const isUncommitted = useUncommitted(attempt)
  const stop = useMutation({ mutationFn: () => stopAttempt(attemptId) })
  const retry = useRetry(attempt)
  const push = usePush(attemptId)
  const rebase = useRebase(attempt)
  const toggle = (wanted: 'commit' | 'pull') => setForm(form === wanted ? 'none' : wanted)
  const close = () => setForm('none')
  const error = stop.error ?? retry.error
  return (
    <div className="mt-1 grid gap-2">
      <div className="flex flex-wrap items-center gap-1.5">
        {isActive(status) ? (
          <Button disabled={status === 'stopping' || stop.isPending} onClick={() => stop.mutate()}>
            <Icon name="stop" />
            Stop
          </Button>
        ) : (
          <Button disabled={retry.isPending} onClick={() => retry.mutate()}>
            Retry
          </Button>
        )}
        {isUncommitted && (
          <Button aria-expanded={form === 'commit'} onClick={() => toggle('commit')}>
            <Icon name="commit" />
            Commit
          </Button>
        )}
        {isPushable(attempt) && <PushButton push={push} />}
        {isRebasable(attempt) && <RebaseButton rebase={rebase} attempt={attempt} />}
        {isPullable(attempt) && (
          <Button aria-expanded={form === 'pull'} onClick={() => toggle('pull')}>
            <Icon name="pull" />
            Pull request
          </Button>
        )}
        {!isActive(status) && <DeleteAttempt attempt={attempt} />}
      </div>
      {error && <Trouble error={error} />}
      <PushResult push={push} />
      {isRebasable(attempt) && <RebaseResult rebase={rebase} attempt={attempt} />}
      {form === 'commit' && isUncommitted && <CommitForm attempt={attempt} done={close} />}
      {form === 'pull' && isPullable(attempt) && <PullForm attempt={attempt} done={close} />}
    </div>
  )
}

/** There is a branch to push, and what is on it isn't merged yet. */
const isPushable = ({ startedAt, pr }: AttemptView): boolean => startedAt !== null && !pr?.merged

/** Nobody else is at work on it. */
const isRebasable = (attempt: AttemptView): boolean => isPushable(attempt) && !isActive(attempt.status)

/** One that was closed unmerged may be followed by another. */
const isPullable = (attempt: AttemptView): boolean => isPushable(attempt) && attempt.pr?.state !== 'open'

/** Another attempt at the card by the same agent, which is then shown. */
function useRetry({ cardId, agent, profileId }: AttemptView) {
  const { boardId } = useOpenBoard()
  const navigate = useNavigate()
  const key = useKey()
  return useMutation({
    mutationFn: () => startAttempt(boardId, cardId, profileId === null ? { agent } : { profileId }, key.of(cardId)),
    onSuccess: ({ data }) => {
      key.done()
      void navigate(`/boards/${boardId}/attempts/${data.id}/conversation`)
    },
  })
}
