import type { Agent, AgentProfile } from '@boardcast/client'
import { type ReactElement, useState } from 'react'
import { Button } from '../ui/button.tsx'
import { Icon } from '../ui/icon.tsx'
import { Sure } from '../ui/sure.tsx'
import { Trouble } from '../ui/trouble.tsx'
import { AgentForm } from './agent-form.tsx'
import { isRunnable } from './choices.ts'
import { ProfileForm } from './profile-form.tsx'
import { ProfileRow } from './profile-row.tsx'
import { TrialResult, TryButton } from './trial.tsx'
import { useDeleteAgent, useTry } from './use-agents.ts'

const PROTOCOLS = { acp: 'Agent Client Protocol', command: 'Plain command' } as const

/** An agent with its profiles. */
export const AgentCard = ({ agent, profiles }: { agent: Agent; profiles: AgentProfile[] }): ReactElement => {
  const [open, setOpen] = useState<'nothing' | 'agent' | 'profile'>('nothing')
  const remove = useDeleteAgent()
  const trial = useTry(agent.agent)
  const close = () => setOpen('nothing')
  return (
    <section aria-label={agent.label ?? agent.agent} className="rounded-lg border border-rule bg-sheet">
      <header className="flex items-start gap-2 p-3 pl-4">
        <div className="min-w-0 grow">
          <h2 className="truncate font-semibold">
            {agent.label ?? agent.agent} <span className="font-mono text-sm font-normal text-faint">{agent.agent}</span>
          </h2>
          {isRunnable(agent) ? (
            <p className="truncate text-sm text-soft">
              {PROTOCOLS[agent.protocol]}{' '}
              <code className="ml-2 font-mono text-xs">{[agent.command, ...agent.args].join(' ')}</code>
            </p>
          ) : (
            <p className="text-sm text-soft">Known from reports; it needs a command to run here.</p>
          )}
        </div>
        {isRunnable(agent) && <TryButton trial={trial} />}
        <Button
          look="icon"
          aria-label={`Edit ${agent.agent}`}
          title="Edit"
          onClick={() => setOpen(open === 'agent' ? 'nothing' : 'agent')}
        >
          <Icon name="pencil" />
        </Button>
        <Sure label={`Delete ${agent.agent}`} act={() => remove.mutate(agent.agent)} />
      </header>
      <TrialResult trial={trial} />
      {remove.error && (
        <div className="px-4 pb-3">
          <Trouble error={remove.error} />
        </div>
      )}
      {open === 'agent' && (
        <div className="border-t border-rule p-4">
          <AgentForm agent={agent} done={close} />
        </div>
      )}
      <div className="border-t border-rule px-4 py-2">
        <ul>
          {profiles.map((profile) => (
            <ProfileRow key={profile.profileId} profile={profile} />
          ))}
        </ul>
        {open === 'profile' ? (
          <div className="py-2">
            <ProfileForm agent={agent.agent} profile={null} done={close} />
          </div>
        ) : (
          <Button look="quiet" className="-ml-2" onClick={() => setOpen('profile')}>
            <Icon name="plus" />
            New profile
          </Button>
        )}
      </div>
    </section>
  )
}
