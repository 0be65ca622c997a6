import type { AttemptView } from '@boardcast/client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, type ReactElement, useState } from 'react'
import { commitWork } from '../api/attempts.ts'
import { useKey } from '../api/use-key.ts'
import { useOpenBoard } from '../board/board-context.ts'
import { Button } from '../ui/button.tsx'
import { Input } from '../ui/field.tsx'
import { announce } from '../ui/notices.tsx'
import { Trouble } from '../ui/trouble.tsx'

// One function for all renders: the focus is taken once.
const focused = (field: HTMLInputElement | null) => field?.focus()

/** Commits everything in the worktree, by default under the words of the card. */
export const CommitForm = ({ attempt, done }: { attempt: AttemptView; done: () => void }): ReactElement => {
  const { attemptId, cardId } = attempt
  const card = useOpenBoard().view.state?.cards[cardId]
  const [subject, setSubject] = useState(card ? [card.ticketType, card.title].filter(Boolean).join(': ') : '')
  const client = useQueryClient()
  const key = useKey()
  const commit = useMutation({
    mutationFn: () => commitWork(attemptId, subject.trim(), key.of(subject.trim())),
    onSuccess: ({ shortSha }) => {
      announce(`Committed as ${shortSha}.`)
      void client.invalidateQueries({ queryKey: ['worktree', attemptId] })
      done()
    },
  })
  const isReady = subject.trim() !== '' && !commit.isPending
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (isReady) commit.mutate()
  }
  return (
    <form onSubmit={submit} className="grid gap-2 rounded-md border border-rule p-3">
      <Input
        label="Subject"
        maxLength={500}
        ref={focused}
        value={subject}
        onChange={(event) => setSubject(event.target.value)}
        hint="Everything in the worktree is committed."
      />
      {commit.error && <Trouble error={commit.error} />}
      <div className="flex gap-2">
        <Button look="main" type="submit" disabled={!isReady}>
          Commit all
        </Button>
        <Button look="quiet" onClick={done}>
          Cancel
        </Button>
      </div>
    </form>
  )
}
