import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { createToken, listTokens, withdrawToken } from '../api/access.ts'

const TOKENS = ['tokens'] as const

/** All but the operator's, the oldest first. */
export const useTokens = () => useQuery({ queryKey: TOKENS, queryFn: listTokens })

function useListChange<Input, Output>(change: (input: Input) => Promise<Output>) {
  const client = useQueryClient()
  return useMutation({ mutationFn: change, onSuccess: () => void client.invalidateQueries({ queryKey: TOKENS }) })
}

export const useCreateToken = () => useListChange(createToken)
export const useWithdrawToken = () => useListChange(withdrawToken)
