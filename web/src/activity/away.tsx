import type { ReactElement } from 'react'
import { Link } from 'react-router'
import { useOpenBoard } from '../board/board-context.ts'
import { Button } from '../ui/button.tsx'
import { Icon } from '../ui/icon.tsx'
import { count } from '../ui/words.ts'
import type { Chapter } from './digest.ts'
import { Steps } from './steps.tsx'
import { useAway } from './use-away.ts'

/** Told on return to a board, card by card, until it is put away. */
export const WhileAway = (): ReactElement | null => {
  const away = useAway()
  const { boardId } = useOpenBoard()
  if (!away) return null
  const { chapters, isCut, dismiss } = away
  const cards = chapters.filter(({ cardId }) => cardId !== null).length
  return (
    <section
      aria-labelledby="while-away"
      className="max-h-[45%] shrink-0 overflow-y-auto border-b border-rule bg-look-wash/40 px-4 py-2"
    >
      <div className="flex items-center gap-3">
        <h2 id="while-away" className="font-semibold">
          While you were away
        </h2>
        <span className="text-sm text-soft">{cards > 0 && count(cards, 'card')}</span>
        <Link to={`/boards/${boardId}/activity`} className="ml-auto text-sm text-soft hover:text-ink hover:underline">
          All of it
        </Link>
        <Button look="small" aria-label="Put away" title="Put away" onClick={dismiss}>
          <Icon name="close" />
        </Button>
      </div>
      {isCut && <p className="text-sm text-soft">More happened than can be told here; this is what is kept of it.</p>}
      <ul className="mt-1 grid max-w-5xl gap-x-6 md:grid-cols-2">
        {chapters.map((chapter) => (
          <li key={chapter.cardId ?? ''} className="min-w-0 border-t border-rule py-1">
            <ChapterOf chapter={chapter} />
          </li>
        ))}
      </ul>
    </section>
  )
}

const LAST_STEPS = 5

const ChapterOf = ({ chapter: { cardId, steps } }: { chapter: Chapter }): ReactElement => {
  const { boardId, view } = useOpenBoard()
  const card = cardId === null ? null : view.state?.cards[cardId]
  const more = steps.length - LAST_STEPS
  return (
    <>
      <h3 className="flex min-w-0 items-baseline gap-2">
        {card && <span className="shrink-0 font-mono text-xs text-faint">{card.ticketKey}</span>}
        {card ? (
          <Link to={`/boards/${boardId}/cards/${card.id}`} className="truncate font-medium hover:underline">
            {card.title}
          </Link>
        ) : (
          <span className="font-medium">{cardId === null ? 'On the board' : 'A card that is gone'}</span>
        )}
      </h3>
      {more > 0 && <p className="text-sm text-faint">{count(more, 'step')} before</p>}
      <Steps steps={steps.slice(-LAST_STEPS)} />
    </>
  )
}
