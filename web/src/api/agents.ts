import type { AgentProtocol } from '@boardcast/client'
import type { components } from './generated/schema.d.ts'
import { answered, content, server } from './request.ts'

export type ProfileConfig = components['schemas']['ProfileConfig']

export interface AgentFields {
  label: string | null
  protocol: AgentProtocol
  command: string
  args: string[]
  /** All of it; what is left out stays. */
  env?: Record<string, string>
}

export interface ProfileFields {
  agent: string
  label: string | null
  config: ProfileConfig
}

const named = (agent: string) => ({ path: { agent } })
const of = (profile: string) => ({ path: { profile } })

export const listAgents = async () => (await content(server.GET('/agents'))).agents
export const createAgent = (body: AgentFields & { agent: string }) => answered(server.POST('/agents', { body }))
export const changeAgent = (agent: string, body: AgentFields) =>
  answered(server.PATCH('/agents/{agent}', { params: named(agent), body }))
export const deleteAgent = (agent: string) => answered(server.DELETE('/agents/{agent}', { params: named(agent) }))

export const listPresets = async () => (await content(server.GET('/agents/presets'))).presets
export const tryAgent = (agent: string) => content(server.POST('/agents/{agent}/try', { params: named(agent) }))

export const listProfiles = async () => (await content(server.GET('/agent-profiles'))).agentProfiles
export const createProfile = (body: ProfileFields) => answered(server.POST('/agent-profiles', { body }))
export const changeProfile = (profile: string, body: ProfileFields) =>
  answered(server.PATCH('/agent-profiles/{profile}', { params: of(profile), body }))
export const deleteProfile = (profile: string) =>
  answered(server.DELETE('/agent-profiles/{profile}', { params: of(profile) }))
