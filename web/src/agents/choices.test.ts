import type { Agent, AgentProfile } from '@boardcast/client'
import { expect, test } from 'vitest'
import { agentChoices, workers } from './choices.ts'

const agent = (name: string, command: string, label: string | null = null): Agent => ({
  agent: name,
  label,
  protocol: 'acp',
  command,
  args: [],
  createdAt: '2026-01-01T00:00:00.000Z',
})
const known = [agent('claude', 'claude-agent-acp', 'Claude Code'), agent('heard-of', '')]

test('the built-in agent is always there, one that is only heard of never', () => {
  expect(agentChoices(known)).toEqual([
    ['claude', 'Claude Code'],
    ['demo', 'Demo (built in)'],
  ])
})

test('each agent is followed by its profiles', () => {
  const profile: AgentProfile = {
    profileId: 'p1',
    agent: 'claude',
    label: 'Careful',
    config: {},
    createdAt: '2026-01-01T00:00:00.000Z',
    updatedAt: '2026-01-01T00:00:00.000Z',
  }
  expect(workers(known, [profile]).map(({ asked, words }) => [asked, words])).toEqual([
    [{ agent: 'claude' }, 'Claude Code'],
    [{ profileId: 'p1' }, 'Claude Code: Careful'],
    [{ agent: 'demo' }, 'Demo (built in)'],
  ])
})
