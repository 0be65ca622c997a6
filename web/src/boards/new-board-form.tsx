import { type FormEvent, type ReactElement, useState } from 'react'
import { useNavigate } from 'react-router'
import { afterwards } from '../ui/afterwards.ts'
import { Button } from '../ui/button.tsx'
import { useDraft } from '../ui/draft.ts'
import { Input } from '../ui/field.tsx'
import { isSend } from '../ui/keys.ts'
import { Trouble } from '../ui/trouble.tsx'
import { useFocusBack } from '../ui/use-focus-back.ts'
import { folderName } from '../ui/words.ts'
import { useCreateBoard } from './use-boards.ts'

/** A board in one step: a repository's path names it, or a name alone makes one without. */
export const NewBoardForm = ({ onGiveUp }: { onGiveUp?: () => void }): ReactElement => {
  const path = useDraft('new-board.path')
  const name = useDraft('new-board.name')
  const [isNamed, setNamed] = useState(false)
  useFocusBack()
  const create = useCreateBoard()
  const navigate = useNavigate()
  const repositoryPath = path.text.trim()
  const shownName = isNamed || name.text !== '' ? name.text : folderName(repositoryPath)

  const submit = (event?: FormEvent) => {
    event?.preventDefault()
    if (shownName.trim() === '' || create.isPending) return
    const board = { name: shownName.trim(), ...(repositoryPath === '' ? {} : { repositoryPath }) }
    afterwards(create.mutateAsync(board), ({ id }) => {
      path.clear()
      name.clear()
      void navigate(`/boards/${id}`)
    })
  }

  return (
    <form className="grid gap-3" onSubmit={submit} onKeyDown={(event) => isSend(event) && submit()}>
      <Input
        label="Repository"
        placeholder="/home/you/project"
        autoFocus={onGiveUp !== undefined}
        spellCheck={false}
        className="font-mono"
        value={path.text}
        onChange={(event) => path.set(event.target.value)}
        hint="The folder of a git work tree on this machine. Leave it empty for a board without one."
      />
      <Input
        label="Name"
        placeholder="What the board is called"
        maxLength={200}
        value={shownName}
        onChange={(event) => {
          setNamed(true)
          name.set(event.target.value)
        }}
      />
      {create.error && <Trouble error={create.error} />}
      <div className="flex items-center gap-2">
        <Button look="main" type="submit" disabled={shownName.trim() === '' || create.isPending}>
          Create board
        </Button>
        {onGiveUp && (
          <Button look="quiet" onClick={onGiveUp}>
            Cancel
          </Button>
        )}
      </div>
    </form>
  )
}
