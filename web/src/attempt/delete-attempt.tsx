import type { AttemptView } from '@boardcast/client'
import { useMutation } from '@tanstack/react-query'
import type { ReactElement } from 'react'
import { useNavigate } from 'react-router'
import { deleteAttempt } from '../api/attempts.ts'
import { Problem } from '../api/request.ts'
import { useOpenBoard } from '../board/board-context.ts'
import { Button } from '../ui/button.tsx'
import { Sure } from '../ui/sure.tsx'
import { Trouble } from '../ui/trouble.tsx'

// One function for all renders: the focus is taken once.
const focused = (button: HTMLButtonElement | null) => button?.focus()

/** Takes an attempt and its worktree away; work that isn't committed goes only when that is said once more. */
export const DeleteAttempt = ({ attempt: { attemptId, cardId } }: { attempt: AttemptView }): ReactElement => {
  const { boardId, forget } = useOpenBoard()
  const navigate = useNavigate()
  const remove = useMutation({
    mutationFn: (discard: boolean) => deleteAttempt(attemptId, discard),
    onSuccess: () => {
      void navigate(`/boards/${boardId}/cards/${cardId}`)
      forget(attemptId)
    },
  })
  const { error } = remove
  if (error instanceof Problem && error.code === 'uncommitted_work') {
    return (
      <div role="alert" className="grid basis-full gap-2 rounded-md bg-wait-wash px-3 py-2">
        <p className="text-wait">There is work in its worktree that isn't committed. It would be lost.</p>
        <div className="flex flex-wrap gap-2">
          <Button look="danger" ref={focused} onClick={() => remove.mutate(true)}>
            Delete it with this work
          </Button>
          <Button look="quiet" onClick={() => remove.reset()}>
            Keep
          </Button>
        </div>
      </div>
    )
  }
  return (
    <>
      <Sure label="Delete attempt" act={() => remove.mutate(false)} />
      {error && <Trouble error={error} />}
    </>
  )
}
