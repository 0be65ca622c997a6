import type { TimeRangePreset } from '@boardcast/client'
import { content, server } from './request.ts'

export const overviewOf = (range: TimeRangePreset) =>
  content(server.GET('/dashboard', { params: { query: { timeRangePreset: range } } }))
