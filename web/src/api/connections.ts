import { content, server } from './request.ts'

export const openConnections = () => content(server.GET('/connections'))
export const openStreams = () => content(server.GET('/connections/streams'))
