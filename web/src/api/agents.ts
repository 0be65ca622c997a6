import type { Agent, AgentProfile, AgentProtocol } from '@boardcast/client'
import { request, segment } from './request.ts'

export interface AgentFields {
  label: string | null
  protocol: AgentProtocol
  command: string
  args: string[]
}

export interface ProfileFields {
  agent: string
  label: string | null
  config: Record<string, unknown>
}

export const listAgents = async (): Promise<Agent[]> =>
  (await request<{ agents: Agent[] }>('GET', '/agents')).data.agents
export const createAgent = (agent: AgentFields & { agent: string }) =>
  request<Agent>('POST', '/agents', { body: agent })
export const changeAgent = (agent: string, fields: AgentFields) =>
  request<Agent>('PATCH', `/agents/${segment(agent)}`, { body: fields })
export const deleteAgent = (agent: string) => request<void>('DELETE', `/agents/${segment(agent)}`)

export const listProfiles = async (): Promise<AgentProfile[]> =>
  (await request<{ agentProfiles: AgentProfile[] }>('GET', '/agent-profiles')).data.agentProfiles
export const createProfile = (profile: ProfileFields) =>
  request<AgentProfile>('POST', '/agent-profiles', { body: profile })
export const changeProfile = (profile: string, fields: ProfileFields) =>
  request<AgentProfile>('PATCH', `/agent-profiles/${segment(profile)}`, { body: fields })
export const deleteProfile = (profile: string) => request<void>('DELETE', `/agent-profiles/${segment(profile)}`)
