import type { Board } from '@boardcast/client'
import type { FormEvent, ReactElement } from 'react'
import { type AgentChoice, agentChoices } from '../agents/choices.ts'
import { useAgents } from '../agents/use-agents.ts'
import { useChangeBoard } from '../boards/use-boards.ts'
import { afterwards } from '../ui/afterwards.ts'
import { Button } from '../ui/button.tsx'
import { Choice, Input, Tick } from '../ui/field.tsx'
import { isSend } from '../ui/keys.ts'
import { Trouble } from '../ui/trouble.tsx'
import { useBoardChanges } from './use-board-changes.ts'

const orNull = (text: string) => (text.trim() === '' ? null : text.trim())

/** Only what was changed is sent, so that two people can change different things. */
export const BoardForm = ({ board }: { board: Board }): ReactElement => {
  const { changes, set, discard, saved } = useBoardChanges(board.id)
  const change = useChangeBoard(board.id)
  const { data: agents = [] } = useAgents()
  const shown = { ...board, ...changes }
  const isChanged = Object.keys(changes).length > 0
  const save = (event?: FormEvent) => {
    event?.preventDefault()
    if (isChanged && !change.isPending) afterwards(change.mutateAsync(changes), () => saved(changes))
  }
  const known = agentChoices(agents)
  // One that can't be run here may have been chosen elsewhere: it stays in sight.
  const isKnown = shown.defaultAgent === null || known.some(([agent]) => agent === shown.defaultAgent)
  const others: AgentChoice[] = isKnown ? [] : [[shown.defaultAgent ?? '', shown.defaultAgent ?? '']]
  return (
    <form onSubmit={save} onKeyDown={(event) => isSend(event) && save()} className="grid gap-3">
      <h2 className="text-lg font-semibold">Board</h2>
      <div className="grid gap-3 sm:grid-cols-[1fr_8rem]">
        <Input
          label="Name"
          maxLength={200}
          value={shown.name}
          onChange={(event) => set({ name: event.target.value })}
        />
        <Input
          label="Ticket prefix"
          className="font-mono"
          value={shown.ticketPrefix}
          onChange={(event) => set({ ticketPrefix: event.target.value.toUpperCase() })}
        />
      </div>
      <Input
        label="Repository"
        className="font-mono"
        spellCheck={false}
        value={shown.repositoryPath ?? ''}
        onChange={(event) => set({ repositoryPath: orNull(event.target.value) })}
        hint="The folder of a git work tree on this machine."
      />
      <div className="grid gap-3 sm:grid-cols-3">
        <Input
          label="Base branch"
          className="font-mono"
          placeholder="what is checked out"
          value={shown.baseBranch ?? ''}
          onChange={(event) => set({ baseBranch: orNull(event.target.value) })}
        />
        <Input
          label="Remote"
          className="font-mono"
          value={shown.remote}
          onChange={(event) => set({ remote: event.target.value })}
        />
        <Input
          label="GitHub repository"
          className="font-mono"
          placeholder="owner/name"
          value={shown.githubRepo ?? ''}
          onChange={(event) => set({ githubRepo: orNull(event.target.value) })}
        />
      </div>
      <Choice
        label="Default agent"
        value={shown.defaultAgent ?? ''}
        options={[['', 'None'], ...known, ...others]}
        onChange={(agent) => set({ defaultAgent: orNull(agent) })}
        hint="Takes up every card that is dropped on In Progress."
      />
      <div className="grid gap-2 py-1">
        <Tick
          label="Cards follow their attempts"
          hint="Started goes to In Progress, succeeded to Review, merged to Done."
          checked={shown.cardFollowsAttempt}
          onChange={(cardFollowsAttempt) => set({ cardFollowsAttempt })}
        />
        <Tick
          label="Commit what an attempt leaves behind"
          checked={shown.autoCommit}
          onChange={(autoCommit) => set({ autoCommit })}
        />
        <Tick label="Push it, too" checked={shown.autoPush} onChange={(autoPush) => set({ autoPush })} />
      </div>
      {change.error && <Trouble error={change.error} />}
      <div className="flex items-center gap-2">
        <Button look="main" type="submit" disabled={!isChanged || change.isPending}>
          Save
        </Button>
        {isChanged && (
          <Button look="quiet" onClick={discard}>
            Discard
          </Button>
        )}
      </div>
    </form>
  )
}
