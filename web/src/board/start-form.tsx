import type { AgentProfile, Card } from '@boardcast/client'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, type ReactElement, useEffect, useRef, useState } from 'react'
import { useNavigate } from 'react-router'
import { agentKey, type Worker, workers } from '../agents/choices.ts'
import { filled } from '../agents/config.ts'
import { useAgents, useProfiles } from '../agents/use-agents.ts'
import { startAttempt } from '../api/attempts.ts'
import { useKey } from '../api/use-key.ts'
import { Button } from '../ui/button.tsx'
import { useDraft } from '../ui/draft.ts'
import { Area, Choice, Input } from '../ui/field.tsx'
import { isSend } from '../ui/keys.ts'
import { Trouble } from '../ui/trouble.tsx'
import { useOpenBoard } from './board-context.ts'

/** What an agent is asked unless something else is typed: by its profile's template, else in the card's own words. */
function taskOf(card: Card, profile: AgentProfile | undefined): string {
  const { title, description } = card
  const template = profile?.config.promptTemplate
  if (typeof template === 'string') return filled(template, card)
  return description?.trim() ? `${title}\n\n${description.trim()}` : title
}

const profileOf = (worker: Worker | undefined, profiles: readonly AgentProfile[]): AgentProfile | undefined =>
  profiles.find(({ profileId }) => worker && 'profileId' in worker.asked && worker.asked.profileId === profileId)

/** Gives a card to an agent; everything is filled in as the board would have it. */
export const StartForm = ({ card, done }: { card: Card; done: () => void }): ReactElement => {
  const { boardId, board } = useOpenBoard()
  const { data: agents = [] } = useAgents()
  const { data: profiles = [] } = useProfiles()
  const [chosen, choose] = useState<string | null>(null)
  const [branchName, setBranch] = useState('')
  const navigate = useNavigate()
  const key = useKey()
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => form.current?.querySelector('select')?.focus(), [])

  const all = workers(agents, profiles)
  const wanted = chosen ?? agentKey(board?.defaultAgent ?? '')
  const worker = all.find(({ key }) => key === wanted) ?? all[0]
  const prompt = useDraft(`${boardId}.${card.id}.prompt`, taskOf(card, profileOf(worker, profiles)))
  const start = useMutation({
    mutationFn: () => {
      const branch = branchName.trim() === '' ? {} : { branchName: branchName.trim() }
      const task = prompt.isOwn ? { prompt: prompt.text } : {}
      const asked = { ...worker?.asked, ...branch, ...task }
      return startAttempt(boardId, card.id, asked, key.of(asked))
    },
    onSuccess: ({ data }) => {
      key.done()
      prompt.clear()
      void navigate(`/boards/${boardId}/attempts/${data.id}/conversation`)
    },
  })
  const isReady = prompt.text.trim() !== '' && !start.isPending
  const submit = (event?: FormEvent) => {
    event?.preventDefault()
    if (isReady) start.mutate()
  }
  return (
    <form
      ref={form}
      aria-label="Start an attempt"
      onSubmit={submit}
      onKeyDown={(event) => isSend(event) && submit()}
      className="mb-2 grid grid-cols-1 gap-3 rounded-md border border-rule p-3"
    >
      <div className="grid gap-3 sm:grid-cols-2">
        <Choice
          label="Agent"
          value={worker?.key ?? ''}
          options={all.map(({ key, words }) => [key, words] as const)}
          onChange={choose}
        />
        <Input
          label="Branch"
          className="font-mono"
          spellCheck={false}
          placeholder={`boardcast/${card.ticketKey.toLowerCase()}-…`}
          value={branchName}
          onChange={(event) => setBranch(event.target.value)}
        />
      </div>
      <Area label="Prompt" rows={3} value={prompt.text} onChange={(event) => prompt.set(event.target.value)} />
      {start.error && <Trouble error={start.error} />}
      <div className="flex gap-2">
        <Button look="main" type="submit" disabled={!isReady}>
          Start
        </Button>
        <Button look="quiet" onClick={done}>
          Cancel
        </Button>
      </div>
    </form>
  )
}
