import { useMutation } from '@tanstack/react-query'
import type { ReactElement } from 'react'
import { sendMessage } from '../api/attempts.ts'
import { useKey } from '../api/use-key.ts'
import { Button } from '../ui/button.tsx'
import { Trouble } from '../ui/trouble.tsx'
import { count } from '../ui/words.ts'
import { CommentBox } from './comment-box.tsx'
import { type Comment, type Comments, isWritten, messageOf, strayed } from './comments.ts'
import type { DiffFile } from './parts.ts'

interface SendProps {
  attemptId: string
  comments: Comments
  files: readonly DiffFile[]
}

/** All comments go to the agent as one message. */
export const SendComments = ({ attemptId, comments, files }: SendProps): ReactElement | null => {
  const key = useKey()
  const written = comments.all.filter(isWritten)
  const lost = strayed(comments.all, files)
  const send = useMutation({
    mutationFn: (sent: readonly Comment[]) => sendMessage(attemptId, messageOf(sent), key.of(sent)),
    onSuccess: (_, sent) => {
      key.done()
      comments.sent(sent)
    },
  })
  if (comments.all.length === 0 && !send.isSuccess && !send.error) return null
  return (
    <div className="sticky -bottom-3 grid gap-2 border-t border-rule bg-sheet py-2">
      {lost.map((comment) => (
        <div
          key={`${comment.path} ${comment.side} ${comment.line} ${comment.code}`}
          className="rounded-md border border-rule"
        >
          <p className="truncate px-2.5 py-1 text-sm text-soft">
            {comment.path}, line {comment.line}, has changed since:{' '}
            <code className="font-mono text-xs">{comment.code}</code>
          </p>
          <CommentBox comment={comment} comments={comments} />
        </div>
      ))}
      {send.error && <Trouble error={send.error} />}
      <div className="flex items-center gap-3">
        {comments.all.length > 0 && (
          <Button look="main" disabled={written.length === 0 || send.isPending} onClick={() => send.mutate(written)}>
            Send {count(written.length, 'comment')} to the agent
          </Button>
        )}
        <p role="status" className="text-sm text-faint">
          {send.isSuccess && comments.all.length === 0 && 'Sent. The agent reads it as its next message.'}
        </p>
      </div>
    </div>
  )
}
