import type { AttemptView } from '@boardcast/client'
import { useMutation } from '@tanstack/react-query'
import type { FormEvent, ReactElement } from 'react'
import { sendMessage } from '../api/attempts.ts'
import { useKey } from '../api/use-key.ts'
import { Button } from '../ui/button.tsx'
import { useDraft } from '../ui/draft.ts'
import { isSend } from '../ui/keys.ts'
import { Trouble } from '../ui/trouble.tsx'
import { isActive, isInterrupted } from './state.ts'

interface MessageFormProps {
  attempt: AttemptView
  /** The reader wants to see what becomes of it. */
  sent: () => void
}

/** What a message would do now. */
function effect(attempt: AttemptView): string {
  if (isInterrupted(attempt))
    return 'The server was restarted in the middle. Your next message takes the session up again.'
  if (isActive(attempt.status)) return 'It is read when this turn ends.'
  return 'The agent goes on where it stopped.'
}

/** A follow-up to the agent. What is typed is kept until it was sent. */
export const MessageForm = ({ attempt, sent }: MessageFormProps): ReactElement => {
  const { attemptId } = attempt
  const draft = useDraft(`${attemptId}.message`)
  const key = useKey()
  const send = useMutation({
    mutationFn: (text: string) => sendMessage(attemptId, text, key.of(text)),
    onSuccess: () => {
      key.done()
      draft.clear()
      sent()
    },
  })
  const isReady = draft.text.trim() !== '' && !send.isPending
  const submit = (event?: FormEvent) => {
    event?.preventDefault()
    if (isReady) send.mutate(draft.text)
  }
  return (
    <form
      onSubmit={submit}
      onKeyDown={(event) => isSend(event) && submit()}
      className="shrink-0 border-t border-rule px-4 pt-2 pb-[max(0.625rem,env(safe-area-inset-bottom))]"
    >
      <div className="mx-auto grid max-w-3xl grid-cols-1 gap-1.5">
        {send.error && <Trouble error={send.error} />}
        <textarea
          aria-label="Message"
          placeholder="Say more…"
          rows={1}
          value={draft.text}
          onChange={(event) => draft.set(event.target.value)}
          className="field-sizing-content max-h-48 min-h-8 w-full resize-none rounded-md border border-rule bg-transparent px-2.5 py-1.5 placeholder:text-faint focus:border-live focus-visible:outline-none max-sm:text-[1rem]"
        />
        <div className="flex items-center gap-3">
          <p className={`text-sm ${isInterrupted(attempt) ? 'text-soft' : 'text-faint'}`}>{effect(attempt)}</p>
          <Button look="main" type="submit" className="ml-auto max-sm:h-10" disabled={!isReady} title="Ctrl/Cmd-Enter">
            {isActive(attempt.status) ? 'Queue' : 'Send'}
          </Button>
        </div>
      </div>
    </form>
  )
}
