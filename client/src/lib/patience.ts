/** How long silence is taken for life. */

/** What is expected of a server that hasn't told its heartbeat yet, or tells an absurd one, in ms. */
const DEFAULT_HEARTBEAT_MS = 15_000
const SHORTEST_HEARTBEAT_MS = 10
const LONGEST_HEARTBEAT_MS = 60_000
/** So many heartbeats of silence mean that the other side is dead. */
const SILENT_HEARTBEATS = 2.5

/** After so much silence, in ms, a stream with this heartbeat is given up. */
export const patienceOf = (heartbeatMs: unknown): number => {
  const isBelieved =
    typeof heartbeatMs === 'number' && heartbeatMs >= SHORTEST_HEARTBEAT_MS && heartbeatMs <= LONGEST_HEARTBEAT_MS
  return (isBelieved ? heartbeatMs : DEFAULT_HEARTBEAT_MS) * SILENT_HEARTBEATS
}
