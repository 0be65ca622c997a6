import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import {
  type AgentFields,
  changeAgent,
  changeProfile,
  createAgent,
  createProfile,
  deleteAgent,
  deleteProfile,
  listAgents,
  listPresets,
  listProfiles,
  type ProfileFields,
  tryAgent,
} from '../api/agents.ts'

const AGENTS = ['agents'] as const
const PROFILES = ['profiles'] as const

export const useAgents = () => useQuery({ queryKey: AGENTS, queryFn: listAgents })
/** Programs come and go by other hands: asked for each time the page is opened. */
export const usePresets = () => useQuery({ queryKey: ['presets'], queryFn: listPresets, staleTime: 0 })
export const useProfiles = () => useQuery({ queryKey: PROFILES, queryFn: listProfiles })

/** Reads both lists again: an agent takes its profiles with it. */
export function useReadAgain(): () => void {
  const client = useQueryClient()
  return () => {
    void client.invalidateQueries({ queryKey: AGENTS })
    void client.invalidateQueries({ queryKey: PROFILES })
  }
}

function useListChange<T>(change: (input: T) => Promise<unknown>) {
  const onSuccess = useReadAgain()
  return useMutation({ mutationFn: change, onSuccess })
}

export const useSaveAgent = (known: string | null) =>
  useListChange(({ agent, ...fields }: AgentFields & { agent: string }) =>
    known === null ? createAgent({ agent, ...fields }) : changeAgent(known, fields),
  )
export const useTry = (agent: string) => useMutation({ mutationFn: () => tryAgent(agent) })
export const useDeleteAgent = () => useListChange(deleteAgent)

export const useSaveProfile = (known: string | null) =>
  useListChange((fields: ProfileFields) => (known === null ? createProfile(fields) : changeProfile(known, fields)))
export const useDeleteProfile = () => useListChange(deleteProfile)
