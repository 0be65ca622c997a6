import type { Board } from '@boardcast/client'
import { type FormEvent, type ReactElement, useState } from 'react'
import { useNavigate } from 'react-router'
import { useDeleteBoard } from '../boards/use-boards.ts'
import { afterwards } from '../ui/afterwards.ts'
import { Button } from '../ui/button.tsx'
import { Input } from '../ui/field.tsx'
import { Trouble } from '../ui/trouble.tsx'

/** Nothing brings a board back, so its name has to be typed. */
export const DeleteBoard = ({ board }: { board: Board }): ReactElement => {
  const [typed, setTyped] = useState<string | null>(null)
  const remove = useDeleteBoard()
  const navigate = useNavigate()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (typed === board.name) afterwards(remove.mutateAsync(board.id), () => void navigate('/'))
  }
  return (
    <section aria-labelledby="delete" className="grid gap-2 border-t border-rule pt-5">
      <h2 id="delete" className="text-lg font-semibold">
        Delete this board
      </h2>
      <p className="text-soft">Its cards, attempts and history go with it. The repository stays as it is.</p>
      {typed === null ? (
        <div>
          <Button look="danger" onClick={() => setTyped('')}>
            Delete board…
          </Button>
        </div>
      ) : (
        <form onSubmit={submit} className="grid gap-3">
          <Input
            autoFocus
            label={`Type ${board.name} to delete it`}
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
          <div className="flex gap-2">
            <Button look="danger" type="submit" disabled={typed !== board.name || remove.isPending}>
              Delete board
            </Button>
            <Button look="quiet" onClick={() => setTyped(null)}>
              Keep it
            </Button>
          </div>
        </form>
      )}
      {remove.error && <Trouble error={remove.error} />}
    </section>
  )
}
