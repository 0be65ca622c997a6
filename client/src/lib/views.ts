/** What readers are shown. Values: a change makes a new one, and shares what didn't change. */
import type {
  AgentProfileChanged,
  AgentRegistered,
  AttemptId,
  AttemptStatus,
  BoardId,
  BoardState,
  CardId,
  ConversationItem,
  DashboardOverview,
  GitStatus,
  LogLevel,
  PullRequest,
  SseMsg,
  TodoCount,
  Todos,
} from '@boardcast/shared'

/** How the one stream of this tab stands. */
export interface ConnectionView {
  readonly status: 'idle' | 'connecting' | 'live' | 'reconnecting' | 'failed'
  /** In plain words, why it reconnects or has failed. */
  readonly reason: string | null
  readonly code: FailureCode | null
  /** When something was last heard, in ms since 1970. */
  readonly lastEventAt: number | null
  /** Since when what is shown may be outdated; `null` while it is live. */
  readonly staleSince: number | null
  /** When the next try is due. */
  readonly retryAt: number | null
}

/** Why there is no stream. */
export type FailureCode =
  | 'unauthorized'
  | 'forbidden'
  | 'not_found'
  | 'no_content'
  | 'wrong_content_type'
  | 'gave_up'
  | 'access_revoked'

/** A board, live. */
export interface BoardView {
  readonly boardId: BoardId
  readonly connection: ConnectionView
  /** `null` until the first one has come. */
  readonly state: BoardState | null
  readonly attempts: Readonly<Record<AttemptId, AttemptView>>
  /** The attempt to show on a card. */
  readonly latestAttempt: Readonly<Record<CardId, AttemptId>>
  /** Of the board's own checkout. */
  readonly git: GitStatus | null
  /** What happened since the stream opened: newest last, at most 500. */
  readonly activity: readonly Activity[]
  readonly ended: null | 'board_deleted' | 'not_found' | 'access_revoked'
  /** One more at each fresh start: what was read over REST beside it must be read again. */
  readonly generation: number
}

/** Something that happened. */
export type Activity =
  | { readonly kind: 'fact'; readonly seq: number; readonly at: string; readonly msg: SseMsg }
  | { readonly kind: 'board'; readonly seq: number; readonly at: string; readonly changes: readonly BoardChange[] }

/** One difference between a board before and after. */
export type BoardChange =
  | { readonly what: 'card_added'; readonly cardId: string; readonly title: string; readonly to: string }
  | { readonly what: 'card_removed'; readonly cardId: string; readonly title: string; readonly from: string }
  | {
      readonly what: 'card_moved'
      readonly cardId: string
      readonly title: string
      readonly from: string
      readonly to: string
    }
  | {
      readonly what: 'card_edited'
      readonly cardId: string
      readonly title: string
      readonly fields: readonly string[]
    }
  | {
      readonly what: 'column_added' | 'column_changed' | 'column_removed'
      readonly columnId: string
      readonly title: string
    }

/** An attempt, as far as the stream and one look over REST have told. */
export interface AttemptView {
  readonly attemptId: AttemptId
  readonly cardId: CardId
  readonly agent: string
  readonly status: AttemptStatus
  readonly needsInput: boolean
  readonly startedAt: string | null
  readonly endedAt: string | null
  readonly error: string | null
  readonly updatedAt: string | null
  readonly branchName: string | null
  readonly baseBranch: string | null
  readonly profileId: string | null
  readonly sessionId: string | null
  /** The whole list, once the stream has told it. */
  readonly todos: Todos | null
  readonly todoCount: TodoCount | null
  /** Told since the stream opened, at most 500; a newer version takes the place of the older one. */
  readonly items: readonly { readonly seq: number; readonly item: ConversationItem }[]
  /** Told since the stream opened, at most 2,000. */
  readonly lines: readonly Line[]
  /** How many lines the list no longer holds. */
  readonly dropped: number
  readonly lastLine: string | null
  readonly git: GitStatus | null
  readonly pr: PullRequest | null
}

/** A line of an attempt's log. */
export interface Line {
  readonly seq: number
  readonly ts: string
  readonly level: LogLevel
  readonly message: string
}

/** All boards at one look, live. */
export interface DashboardView {
  readonly connection: ConnectionView
  readonly overview: DashboardOverview | null
  /** Facts about agents since the stream opened: newest last, at most 100. */
  readonly agents: readonly (AgentRegistered | AgentProfileChanged)[]
}

export const IDLE: ConnectionView = {
  status: 'idle',
  reason: null,
  code: null,
  lastEventAt: null,
  staleSince: null,
  retryAt: null,
}

/** A record that finds nothing but what was put into it. */
export const emptyRecord = <T>(): Readonly<Record<string, T>> => Object.freeze(Object.create(null))

/** A record of these, without anything inherited. */
export const recordOf = <T>(entries: readonly (readonly [string, T])[]): Readonly<Record<string, T>> => {
  const record: Record<string, T> = Object.create(null)
  for (const [name, value] of entries) record[name] = value
  return record
}

/** A board of which nothing is known yet. */
export const emptyBoard = (boardId: BoardId, connection = IDLE): BoardView => ({
  boardId,
  connection,
  state: null,
  attempts: emptyRecord(),
  latestAttempt: emptyRecord(),
  git: null,
  activity: [],
  ended: null,
  generation: 0,
})
