import type { Card } from '@boardcast/client'
import { type FormEvent, type ReactElement, useEffect, useRef, useState } from 'react'
import { afterwards } from '../ui/afterwards.ts'
import { Button } from '../ui/button.tsx'
import { useDraft } from '../ui/draft.ts'
import { isSend } from '../ui/keys.ts'
import { Prose } from '../ui/prose.tsx'
import { Trouble } from '../ui/trouble.tsx'
import { TypeChoice } from './type-choice.tsx'
import { useChangeCard } from './use-cards.ts'

/** Title, type and description, changed where they are read. Unsaved text is kept, and shown as such. */
export const CardForm = ({ boardId, card }: { boardId: string; card: Card }): ReactElement => {
  const title = useDraft(`${boardId}.${card.id}.title`, card.title)
  const text = useDraft(`${boardId}.${card.id}.text`, card.description ?? '')
  const [isWriting, setWriting] = useState(false)
  const field = useRef<HTMLTextAreaElement>(null)
  const change = useChangeCard(boardId, card.id)
  const isChanged = title.isOwn || text.isOwn
  const isOpen = isWriting || text.isOwn || card.description === null
  useEffect(() => {
    if (isWriting) field.current?.focus()
  }, [isWriting])

  const save = (event?: FormEvent) => {
    event?.preventDefault()
    if (!isChanged || title.text.trim() === '' || change.isPending) return
    const changes = {
      ...(title.isOwn ? { title: title.text.trim() } : {}),
      ...(text.isOwn ? { description: text.text === '' ? null : text.text } : {}),
    }
    afterwards(change.mutateAsync(changes), saved)
  }
  const saved = () => {
    title.sent(title.text)
    text.sent(text.text)
    setWriting(false)
  }
  const discard = () => {
    title.clear()
    text.clear()
    setWriting(false)
  }
  const box = 'w-full resize-none rounded-md border bg-transparent focus:border-live focus-visible:outline-none'
  return (
    <form onSubmit={save} onKeyDown={(event) => isSend(event) && save()} className="grid grid-cols-1 gap-2">
      <textarea
        aria-label="Title"
        rows={1}
        maxLength={500}
        value={title.text}
        onChange={(event) => title.set(event.target.value.replaceAll('\n', ' '))}
        onKeyDown={(event) => event.key === 'Enter' && save(event)}
        className={`${box} -mx-2 border-transparent box-content field-sizing-content px-2 py-0.5 text-xl font-semibold hover:border-rule`}
      />
      <div>
        <TypeChoice value={card.ticketType} choose={(ticketType) => change.mutate({ ticketType })} />
      </div>
      {isOpen ? (
        <textarea
          ref={field}
          aria-label="Description"
          placeholder="More about it (Markdown)"
          rows={4}
          value={text.text}
          onChange={(event) => text.set(event.target.value)}
          className={`${box} field-sizing-content min-h-24 border-rule px-2.5 py-2 placeholder:text-faint max-sm:text-[1rem]`}
        />
      ) : (
        <div>
          <Prose text={card.description ?? ''} />
          <Button look="quiet" className="mt-1 -ml-2" onClick={() => setWriting(true)}>
            Edit
          </Button>
        </div>
      )}
      {change.error && <Trouble error={change.error} />}
      {(isChanged || isWriting) && (
        <div className="flex items-center gap-2">
          <Button look="main" type="submit" disabled={!isChanged || title.text.trim() === '' || change.isPending}>
            Save
          </Button>
          <Button look="quiet" onClick={discard}>
            Discard
          </Button>
          <span className="text-sm text-faint">{isChanged ? 'Not saved yet' : ''}</span>
        </div>
      )}
    </form>
  )
}
