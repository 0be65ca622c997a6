import type { AttemptView } from '@boardcast/client'
import type { UseMutationResult } from '@tanstack/react-query'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { ReactElement, ReactNode } from 'react'
import { abortRebase, rebaseBranch, sendMessage } from '../api/attempts.ts'
import { Problem } from '../api/request.ts'
import { useKey } from '../api/use-key.ts'
import { Button } from '../ui/button.tsx'
import { Icon } from '../ui/icon.tsx'
import { announce } from '../ui/notices.tsx'
import { Trouble } from '../ui/trouble.tsx'

type Rebase = UseMutationResult<Awaited<ReturnType<typeof rebaseBranch>>, Error, void>

/** Puts the attempt's branch on top of the one that it began at. */
export function useRebase({ attemptId }: AttemptView): Rebase {
  const key = useKey()
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => rebaseBranch(attemptId, key.of(attemptId)),
    onSuccess: ({ baseBranch, moved }) => {
      key.done()
      announce(moved ? `Rebased onto ${baseBranch}.` : `It stands on ${baseBranch} already.`)
      void client.invalidateQueries({ queryKey: ['diff', attemptId] })
    },
  })
}

export const RebaseButton = ({ rebase, attempt }: { rebase: Rebase; attempt: AttemptView }): ReactElement => (
  <Button disabled={rebase.isPending} title={`Put it on top of ${attempt.baseBranch}`} onClick={() => rebase.mutate()}>
    <Icon name="up" />
    {rebase.isPending ? 'Rebasing…' : 'Rebase'}
  </Button>
)

/** What came of it, under the buttons. */
export const RebaseResult = ({ rebase, attempt }: { rebase: Rebase; attempt: AttemptView }): ReactElement | null => {
  const { error, data } = rebase
  const code = error instanceof Problem ? error.code : null
  if (error instanceof Problem && code === 'rebase_conflict') {
    return <Conflict attempt={attempt} files={error.files} done={rebase.reset} />
  }
  if (code === 'rebase_unfinished') return <Unfinished attempt={attempt} done={rebase.reset} />
  if (error) return <Trouble error={error} />
  if (!data) return null
  const { moved, baseBranch, sha } = data
  return (
    <p className="text-sm text-soft">
      {moved ? `Rebased onto ${baseBranch}; it is now at ` : `It stands on ${baseBranch} already, as it is here, at `}
      <code className="font-mono text-xs">{sha.slice(0, 7)}</code>.
    </p>
  )
}

interface WayOutProps {
  attempt: AttemptView
  /** It needs no showing any more. */
  done: () => void
}

const Conflict = ({ attempt, files, done }: WayOutProps & { files: readonly string[] }): ReactElement => {
  const base = attempt.baseBranch ?? 'its base'
  const words = [`Rebase this branch onto ${base} and resolve the conflicts in:`, ...files.map((file) => `- ${file}`)]
  return (
    <Way label="Conflicts">
      <p>Both sides changed the same places in these files. Nothing was changed here.</p>
      <ul className="max-h-32 overflow-y-auto font-mono text-xs">
        {files.map((file) => (
          <li key={file} className="[overflow-wrap:anywhere]">
            {file}
          </li>
        ))}
      </ul>
      <div className="flex flex-wrap gap-2">
        <AskAgent attempt={attempt} words={words.join('\n')} done={done} />
        <Button look="quiet" onClick={done}>
          Leave it
        </Button>
      </div>
    </Way>
  )
}

/** The agent, or somebody in a terminal, began one and didn't finish it. */
const Unfinished = ({ attempt, done }: WayOutProps): ReactElement => {
  const abort = useMutation({
    mutationFn: () => abortRebase(attempt.attemptId),
    onSuccess: () => {
      announce('The rebase was aborted.')
      done()
    },
  })
  return (
    <Way label="Unfinished rebase">
      <p>A rebase was begun in this worktree and not finished.</p>
      {abort.error && <Trouble error={abort.error} />}
      <div className="flex flex-wrap gap-2">
        <AskAgent attempt={attempt} words="Finish the rebase that was begun here." done={done} />
        <Button disabled={abort.isPending} onClick={() => abort.mutate()}>
          Abort the rebase
        </Button>
      </div>
    </Way>
  )
}

const Way = ({ label, children }: { label: string; children: ReactNode }): ReactElement => (
  <section aria-label={label} className="grid gap-2 rounded-md border border-rule p-3 text-sm">
    {children}
  </section>
)

/** Sends this as a follow-up. */
const AskAgent = ({ attempt, words, done }: WayOutProps & { words: string }): ReactElement => {
  const key = useKey()
  const ask = useMutation({
    mutationFn: () => sendMessage(attempt.attemptId, words, key.of(words)),
    onSuccess: () => {
      announce('The agent was asked.')
      done()
    },
  })
  return (
    <>
      <Button look="main" disabled={ask.isPending} onClick={() => ask.mutate()}>
        Ask the agent
      </Button>
      {ask.error && <Trouble error={ask.error} />}
    </>
  )
}
