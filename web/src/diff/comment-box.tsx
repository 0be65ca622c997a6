import type { ReactElement } from 'react'
import { Button } from '../ui/button.tsx'
import { Icon } from '../ui/icon.tsx'
import type { Comment, Comments } from './comments.ts'

// One function for all renders: the focus is taken once, and only by a new one.
const focused = (field: HTMLTextAreaElement | null) => {
  if (field?.value === '') field.focus()
}

/** Words about a line, kept as they are typed; they go to the agent with all others. */
export const CommentBox = ({ comment, comments }: { comment: Comment; comments: Comments }): ReactElement => (
  <div className="flex items-start gap-1 border-y border-rule bg-canvas px-2.5 py-2 font-sans">
    <textarea
      ref={focused}
      aria-label={`Comment on line ${comment.line} of ${comment.path}`}
      placeholder="What should be different here?"
      rows={1}
      value={comment.words}
      onChange={(event) => comments.write({ ...comment, words: event.target.value })}
      className="field-sizing-content max-h-48 min-h-8 min-w-0 grow resize-none rounded-md border border-rule bg-sheet px-2.5 py-1.5 text-base placeholder:text-faint focus:border-live focus-visible:outline-none max-sm:text-[1rem]"
    />
    <Button look="icon" aria-label="Remove comment" title="Remove" onClick={() => comments.remove(comment)}>
      <Icon name="bin" />
    </Button>
  </div>
)
