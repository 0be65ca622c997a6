import type { ReactElement } from 'react'
import { Button } from '../ui/button.tsx'
import { useDraft } from '../ui/draft.ts'

/** Deleted by somebody else: what was being typed into it is still there to be taken along. */
export const CardGone = ({ boardId, cardId }: { boardId: string; cardId: string }): ReactElement => {
  const title = useDraft(`${boardId}.${cardId}.title`)
  const text = useDraft(`${boardId}.${cardId}.text`)
  const typed = [title, text].filter(({ isOwn }) => isOwn).map((draft) => draft.text)
  const forget = () => {
    title.clear()
    text.clear()
  }
  return (
    <div className="grid grid-cols-1 justify-items-start gap-2 overflow-y-auto p-4 text-soft">
      <p>This card is gone.</p>
      {typed.length > 0 && (
        <>
          <p>What you had typed into it:</p>
          <textarea
            readOnly
            aria-label="What you had typed"
            rows={4}
            value={typed.join('\n\n')}
            className="field-sizing-content max-h-96 w-full resize-none rounded-md border border-rule bg-transparent px-2.5 py-2 text-ink"
          />
          <Button look="quiet" onClick={forget}>
            Discard
          </Button>
        </>
      )}
    </div>
  )
}
