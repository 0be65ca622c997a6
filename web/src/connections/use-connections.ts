import { useQuery } from '@tanstack/react-query'
import { openConnections, openStreams } from '../api/connections.ts'

const EVERY_MS = 2000

/** How many streams are open, and each of them; read again and again while somebody looks. */
export const useConnections = () =>
  useQuery({
    queryKey: ['connections'],
    queryFn: async () => {
      const [counts, { streams }] = await Promise.all([openConnections(), openStreams()])
      return { counts, streams }
    },
    refetchInterval: EVERY_MS,
  })

type Read = NonNullable<ReturnType<typeof useConnections>['data']>

/** One open stream. */
export type OpenStream = Read['streams'][number]
