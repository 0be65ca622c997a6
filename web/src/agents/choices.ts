import type { Agent, AgentProfile } from '@boardcast/client'

/** The agent inside the program: it needs no registration. */
export const DEMO = 'demo'
export const DEMO_LABEL = 'Demo (built in)'

/** One that is known only from reports has no command, so this server can't run it. */
export const isRunnable = ({ command }: Agent): boolean => command !== ''

export type AgentChoice = readonly [value: string, words: string]

const nameOf = ({ agent, label }: { agent: string; label: string | null }) => label ?? agent

/** Everybody who can be given work here, by name; the built-in one last. */
export const agentChoices = (agents: readonly Agent[]): AgentChoice[] => [
  ...agents
    .filter((agent) => isRunnable(agent) && agent.agent !== DEMO)
    .map((agent): AgentChoice => [agent.agent, nameOf(agent)]),
  [DEMO, DEMO_LABEL],
]

/** An agent as it is, or set up by a profile: what an attempt is asked for. */
export interface Worker {
  key: string
  words: string
  asked: { agent: string } | { profileId: string }
}

export const agentKey = (agent: string): string => `agent ${agent}`

/** Agents, each followed by its profiles. */
export const workers = (agents: readonly Agent[], profiles: readonly AgentProfile[]): Worker[] =>
  agentChoices(agents).flatMap(([agent, words]): Worker[] => [
    { key: agentKey(agent), words, asked: { agent } },
    ...profiles
      .filter((profile) => profile.agent === agent)
      .map(({ profileId, label }) => ({
        key: `profile ${profileId}`,
        words: `${words}: ${label ?? profileId}`,
        asked: { profileId },
      })),
  ])
