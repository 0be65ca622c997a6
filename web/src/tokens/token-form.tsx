import { type FormEvent, type ReactElement, useState } from 'react'
import { RIGHTS, type Right } from '../api/access.ts'
import { refusalOf } from '../api/request.ts'
import { useBoards } from '../boards/use-boards.ts'
import { Button } from '../ui/button.tsx'
import { Choice, Input, Tick } from '../ui/field.tsx'
import { Trouble } from '../ui/trouble.tsx'
import { useFocusBack } from '../ui/use-focus-back.ts'
import { useCreateToken } from './use-tokens.ts'

export const RIGHT_WORDS: Record<Right, string> = {
  read: 'See boards',
  write: 'Change them, and let agents work',
  ingest: 'Report from outside',
  admin: 'Agents, profiles, tokens and metrics',
}

const ALL = '*'

const FIELDS = ['label', 'rights', 'boards', 'expiresAt'] as const

/** A new token. `made` is told it: nobody will see it again. */
export const TokenForm = ({ made, done }: { made: (token: string) => void; done: () => void }): ReactElement => {
  const [label, setLabel] = useState('')
  const [rights, setRights] = useState<readonly Right[]>(['read'])
  const [board, setBoard] = useState(ALL)
  const [expires, setExpires] = useState('')
  const { data: boards = [] } = useBoards()
  useFocusBack()
  const create = useCreateToken()
  const isReady = label.trim() !== '' && rights.length > 0 && !create.isPending
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!isReady) return
    const expiresAt = expires === '' ? null : new Date(expires).toISOString()
    const wanted = { label: label.trim(), rights: [...rights], boards: [board], expiresAt }
    create.mutate(wanted, { onSuccess: ({ token }) => made(token) })
  }
  const at = (field: (typeof FIELDS)[number]) => refusalOf(create.error, field)
  return (
    <form onSubmit={submit} className="grid gap-3">
      <div className="grid gap-3 sm:grid-cols-3">
        <Input
          autoFocus
          label="What it is for"
          placeholder="The build server"
          value={label}
          error={at('label')}
          onChange={(event) => setLabel(event.target.value)}
        />
        <Choice
          label="Boards"
          value={board}
          error={at('boards')}
          options={[[ALL, 'All boards'], ...boards.map(({ id, name }) => [id, name] as const)]}
          onChange={setBoard}
        />
        <Input
          label="Good until"
          type="datetime-local"
          value={expires}
          error={at('expiresAt')}
          onChange={(event) => setExpires(event.target.value)}
          hint="For ever without a time."
        />
      </div>
      <fieldset className="grid gap-1.5">
        <legend className="mb-1 text-sm text-soft">What it allows</legend>
        {RIGHTS.map((right) => (
          <Tick
            key={right}
            label={RIGHT_WORDS[right]}
            checked={rights.includes(right)}
            onChange={(isOn) => setRights(RIGHTS.filter((one) => (one === right ? isOn : rights.includes(one))))}
          />
        ))}
      </fieldset>
      {create.error && (FIELDS.every((field) => at(field) === null) || at('rights') !== null) && (
        <Trouble error={create.error} />
      )}
      <div className="flex gap-2">
        <Button look="main" type="submit" disabled={!isReady}>
          Make token
        </Button>
        <Button look="quiet" onClick={done}>
          Cancel
        </Button>
      </div>
    </form>
  )
}
