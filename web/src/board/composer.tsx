import type { TicketType } from '@boardcast/client'
import { type FormEvent, type KeyboardEvent, type ReactElement, useEffect, useRef, useState } from 'react'
import { afterwards } from '../ui/afterwards.ts'
import { Button } from '../ui/button.tsx'
import { useDraft } from '../ui/draft.ts'
import { isSend, isTyping } from '../ui/keys.ts'
import { Trouble } from '../ui/trouble.tsx'
import { TypeChoice } from './type-choice.tsx'
import { useCreateCard } from './use-cards.ts'

interface ComposerProps {
  boardId: string
  columnId: string
  close: () => void
}

/** A new card where it will stand. Enter adds it and leaves room for the next; Escape closes and keeps the text. */
export const Composer = ({ boardId, columnId, close }: ComposerProps): ReactElement => {
  const title = useDraft(`${boardId}.new.title`)
  const text = useDraft(`${boardId}.new.text`)
  const [type, setType] = useState<TicketType | null>(null)
  const field = useRef<HTMLInputElement>(null)
  const create = useCreateCard(boardId)
  const form = useRef<HTMLFormElement>(null)
  const before = useRef<HTMLElement | null>(null)
  useEffect(() => {
    if (document.activeElement instanceof HTMLElement) before.current ??= document.activeElement
    field.current?.focus()
  }, [])
  const isEmpty = title.text.trim() === ''

  const submit = (event?: FormEvent) => {
    event?.preventDefault()
    if (isEmpty || create.isPending) return
    const description = text.text.trim() === '' ? null : text.text
    const card = { title: title.text.trim(), columnId, index: 0, ticketType: type, description }
    afterwards(create.mutateAsync(card), () => {
      title.sent(title.text)
      text.sent(text.text)
      // Whoever already writes elsewhere isn't called away.
      if (!isTyping(document.activeElement)) field.current?.focus()
    })
  }
  const leave = () => {
    const add = form.current?.closest('[data-column-id]')?.querySelector<HTMLElement>('header button')
    const back = before.current?.isConnected && before.current !== document.body ? before.current : add
    close()
    back?.focus()
  }
  const keys = (event: KeyboardEvent) => {
    if (event.key === 'Escape') leave()
    else if (isSend(event)) submit()
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  const box =
    'w-full rounded-sm bg-transparent px-1 placeholder:text-faint focus-visible:outline-none max-sm:text-[1rem]'
  return (
    <form
      ref={form}
      aria-label="New card"
      onSubmit={submit}
      onKeyDown={keys}
      className="mb-1.5 grid gap-1 rounded-md border border-live bg-sheet p-1.5 shadow-card"
    >
      <input
        ref={field}
        aria-label="Title"
        placeholder="What is to be done?"
        maxLength={500}
        className={`${box} h-7 font-medium`}
        value={title.text}
        onChange={(event) => title.set(event.target.value)}
      />
      <textarea
        aria-label="Description"
        placeholder="More about it (Markdown)"
        rows={2}
        className={`${box} field-sizing-content max-h-60 resize-none text-sm`}
        value={text.text}
        onChange={(event) => text.set(event.target.value)}
      />
      {create.error && <Trouble error={create.error} />}
      <div className="flex items-center gap-1">
        <TypeChoice value={type} choose={setType} />
        <span className="grow" />
        <Button look="quiet" onClick={leave}>
          Close
        </Button>
        <Button look="main" type="submit" disabled={isEmpty || create.isPending}>
          Add card
        </Button>
      </div>
    </form>
  )
}
