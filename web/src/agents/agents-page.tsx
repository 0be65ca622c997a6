import type { Agent } from '@boardcast/client'
import { useDashboardSSE } from '@boardcast/client/react'
import { type ReactElement, useEffect, useEffectEvent, useState } from 'react'
import { Button } from '../ui/button.tsx'
import { Icon } from '../ui/icon.tsx'
import { PageHead } from '../ui/page-head.tsx'
import { Trouble } from '../ui/trouble.tsx'
import { AgentCard } from './agent-card.tsx'
import { AgentForm } from './agent-form.tsx'
import { BuiltIn } from './built-in.tsx'
import { DEMO } from './choices.ts'
import { Found } from './found.tsx'
import { useAgents, useProfiles, useReadAgain } from './use-agents.ts'

/** Who can work: the agents that are registered, and the ways in which each is set up. */
export const AgentsPage = (): ReactElement => {
  const agents = useAgents()
  const profiles = useProfiles()
  const [isAdding, setAdding] = useState(false)
  const others = agents.data?.filter(({ agent }) => agent !== DEMO)
  useNews()
  return (
    <>
      <PageHead title="Agents">
        <Button look="main" disabled={isAdding} onClick={() => setAdding(true)}>
          <Icon name="plus" />
          New agent
        </Button>
      </PageHead>
      <div className="min-h-0 overflow-y-auto p-4">
        <div className="grid max-w-3xl grid-cols-1 gap-4">
          {isAdding && (
            <section aria-label="New agent" className="rounded-lg border border-live bg-sheet p-4">
              <AgentForm agent={null} done={() => setAdding(false)} />
            </section>
          )}
          {agents.error && <Trouble error={agents.error} retry={() => void agents.refetch()} />}
          <Found agents={agents.data ?? null} />
          {others?.length === 0 && !isAdding && <Nobody />}
          {others?.map((agent: Agent) => (
            <AgentCard
              key={agent.agent}
              agent={agent}
              profiles={profiles.data?.filter((profile) => profile.agent === agent.agent) ?? []}
            />
          ))}
          <BuiltIn />
        </div>
      </div>
    </>
  )
}

const Nobody = (): ReactElement => (
  <p className="max-w-prose text-soft">
    No agent is registered. One is a command that this server can run: one that speaks the Agent Client Protocol, or any
    program that reads its task from standard input.
  </p>
)

/** What others register or change is told by the stream; the lists are then read again. */
function useNews(): void {
  const { agents } = useDashboardSSE()
  const readAgain = useEffectEvent(useReadAgain())
  const heard = agents.length > 0 ? agents : null
  useEffect(() => {
    if (heard) readAgain()
  }, [heard])
}
