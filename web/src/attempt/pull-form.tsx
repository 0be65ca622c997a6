import type { AttemptView } from '@boardcast/client'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, type ReactElement, useState } from 'react'
import { type NewPull, openPull } from '../api/attempts.ts'
import { refusalOf } from '../api/request.ts'
import { useKey } from '../api/use-key.ts'
import { useOpenBoard } from '../board/board-context.ts'
import { Button } from '../ui/button.tsx'
import { useDraft } from '../ui/draft.ts'
import { Area, Input, Tick } from '../ui/field.tsx'
import { isSend } from '../ui/keys.ts'
import { announce } from '../ui/notices.tsx'
import { Trouble } from '../ui/trouble.tsx'

// One function for all renders: the focus is taken once.
const focused = (field: HTMLInputElement | null) => field?.focus()

const FIELDS = ['title', 'body', 'base'] as const

/** The branch at the remote that an attempt began at. */
export const branchAt = (remote: string, name: string): string =>
  name.startsWith(`${remote}/`) ? name.slice(remote.length + 1) : name

/** Opens a pull request under the words of the card; what is typed is kept until it is open. */
export const PullForm = ({ attempt, done }: { attempt: AttemptView; done: () => void }): ReactElement => {
  const { attemptId, cardId, baseBranch } = attempt
  const { board, view } = useOpenBoard()
  const card = view.state?.cards[cardId]
  const title = useDraft(
    `${attemptId}.pull.title`,
    card ? [card.ticketType, card.title].filter(Boolean).join(': ') : '',
  )
  const body = useDraft(`${attemptId}.pull.body`, card?.description ?? '')
  const base = useDraft(`${attemptId}.pull.base`, branchAt(board?.remote ?? 'origin', baseBranch ?? ''))
  const [draft, setDraft] = useState(false)
  const key = useKey()
  const open = useMutation({
    mutationFn: (wanted: NewPull) => openPull(attemptId, wanted, key.of(wanted)),
    onSuccess: ({ number }) => {
      key.done()
      for (const field of [title, body, base]) field.clear()
      announce(`Pull request ${number} is open.`)
      done()
    },
  })
  const isReady = title.text.trim() !== '' && base.text.trim() !== '' && !open.isPending
  const submit = (event?: FormEvent) => {
    event?.preventDefault()
    if (isReady) open.mutate({ title: title.text.trim(), body: body.text, base: base.text.trim(), draft })
  }
  const at = (field: (typeof FIELDS)[number]) => refusalOf(open.error, field)
  const isTold = FIELDS.some((field) => at(field) !== null)
  return (
    <form
      aria-label="Open a pull request"
      onSubmit={submit}
      onKeyDown={(event) => isSend(event) && submit()}
      className="grid max-h-[60vh] gap-2 overflow-y-auto rounded-md border border-rule p-3"
    >
      <Input
        label="Title"
        maxLength={500}
        ref={focused}
        value={title.text}
        error={at('title')}
        onChange={(event) => title.set(event.target.value)}
      />
      <Area
        label="Description"
        rows={3}
        placeholder="Markdown"
        value={body.text}
        error={at('body')}
        onChange={(event) => body.set(event.target.value)}
      />
      <Input
        label="Into"
        className="font-mono"
        spellCheck={false}
        value={base.text}
        error={at('base')}
        onChange={(event) => base.set(event.target.value)}
      />
      <Tick label="Draft" hint="Not ready for a review yet." checked={draft} onChange={setDraft} />
      {open.error && !isTold && <Trouble error={open.error} />}
      <div className="flex items-center gap-2">
        <Button look="main" type="submit" disabled={!isReady}>
          {open.isPending ? 'Opening…' : 'Open pull request'}
        </Button>
        <Button look="quiet" onClick={done}>
          Cancel
        </Button>
        <span className="text-sm text-faint">The branch is pushed first.</span>
      </div>
    </form>
  )
}
