import type { AgentStat, Health, ProjectSnapshot } from '@boardcast/client'
import type { ReactElement, ReactNode } from 'react'
import { Link } from 'react-router'
import { Ago } from '../ui/ago.tsx'

const HEAD = 'px-2 py-1.5 text-right text-sm font-normal text-faint first:pl-1 first:text-left'
const CELL = 'border-t border-rule px-2 py-1.5 text-right first:pl-1 first:text-left'

export const percent = (rate: number | null) => (rate === null ? '–' : `${Math.round(rate * 100)} %`)

interface TableProps {
  title: string
  heads: readonly string[]
  children: ReactNode
}

const Table = ({ title, heads, children }: TableProps): ReactElement => (
  <section aria-label={title} className="overflow-x-auto">
    <h2 className="mb-1 text-lg font-semibold">{title}</h2>
    <table className="w-full">
      <thead>
        <tr>
          {heads.map((head) => (
            <th key={head} scope="col" className={HEAD}>
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  </section>
)

export const BoardTable = ({ boards }: { boards: readonly ProjectSnapshot[] }): ReactElement => (
  <Table
    title="Boards"
    heads={['Board', 'Health', 'Running', 'Backlog', 'In progress', 'Review', 'Done', 'Attempts', 'Failed']}
  >
    {boards.map((board) => (
      <tr key={board.projectId} className="hover:bg-sheet">
        <td className={CELL}>
          <Link to={`/boards/${board.projectId}`} className="font-medium hover:underline">
            {board.name}
          </Link>
        </td>
        <td className={`${CELL} whitespace-nowrap`}>
          <BoardHealth health={board.health} />
        </td>
        <td className={`${CELL} ${board.activeAttemptsCount > 0 ? 'font-medium text-live' : ''}`}>
          {board.activeAttemptsCount}
        </td>
        <td className={CELL}>{board.columnCardCounts.backlog}</td>
        <td className={CELL}>{board.columnCardCounts.inProgress}</td>
        <td className={CELL}>{board.columnCardCounts.review}</td>
        <td className={CELL}>{board.columnCardCounts.done}</td>
        <td className={CELL}>{board.attemptsInRange}</td>
        <td className={`${CELL} ${board.failedAttemptsInRange > 0 ? 'text-fail' : ''}`}>
          {board.failedAttemptsInRange}
        </td>
      </tr>
    ))}
  </Table>
)

/** In words; what it is made of stands in its title. */
const BoardHealth = ({ health }: { health: Health }): ReactElement => {
  const { activityScore, failureRateInRange, isAtRisk, isHighActivity } = health
  const busy = isHighActivity ? 'busy' : 'calm'
  return (
    <span title={`Activity ${activityScore}; ${percent(failureRateInRange)} of what ended failed`}>
      {isAtRisk ? <span className="font-medium text-fail">at risk</span> : <span className="text-soft">{busy}</span>}
      <span className="ml-1.5 text-faint">{activityScore}</span>
    </span>
  )
}

export const AgentTable = ({ agents }: { agents: readonly AgentStat[] }): ReactElement | null =>
  agents.length === 0 ? null : (
    <Table title="Agents" heads={['Agent', 'Started', 'Succeeded', 'Failed', 'Success', 'Last active']}>
      {agents.map((agent) => (
        <tr key={agent.agentId} className="hover:bg-sheet">
          <td className={CELL}>{agent.agentName}</td>
          <td className={CELL}>{agent.attemptsStarted}</td>
          <td className={CELL}>{agent.attemptsSucceeded}</td>
          <td className={CELL}>{agent.attemptsFailed}</td>
          <td className={CELL}>{percent(agent.successRate)}</td>
          <td className={`${CELL} whitespace-nowrap`}>
            {agent.lastActiveAt === null ? '–' : <Ago at={agent.lastActiveAt} />}
          </td>
        </tr>
      ))}
    </Table>
  )
