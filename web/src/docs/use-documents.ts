import { useQuery } from '@tanstack/react-query'
import { content, server } from '../api/request.ts'
import { guide, readChannels } from './messages.ts'
import { readApi } from './operations.ts'

// They are those of the program that runs; it is started anew with another page.
const lasting = { staleTime: Number.POSITIVE_INFINITY } as const

/** The served OpenAPI document, and what it says. */
export const useApi = () =>
  useQuery({
    ...lasting,
    queryKey: ['openapi'],
    queryFn: async () => {
      const document = await content(server.GET('/openapi.json'))
      return { document, about: guide(document), api: readApi(document) }
    },
  })

/** The served AsyncAPI document, and what it says. */
export const useStream = () =>
  useQuery({
    ...lasting,
    queryKey: ['asyncapi'],
    queryFn: async () => {
      const document = await content(server.GET('/asyncapi.json'))
      return { document, about: guide(document), channels: readChannels(document) }
    },
  })
