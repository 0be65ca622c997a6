export interface Goal {
  key: string
  /** What kind of thing it is. */
  kind: string
  words: string
  /** Shown faintly beside it, and found by, too. */
  hint: string
}

const MOST = 40

/** How well something fits: every word must occur; at the start of a word counts more, early counts more. */
function score(goal: Goal, words: readonly string[]): number {
  const text = `${goal.hint} ${goal.words}`.toLowerCase()
  let sum = 0
  for (const word of words) {
    const at = text.indexOf(word)
    if (at < 0) return 0
    const isStart = at === 0 || /\W/.test(text.charAt(at - 1))
    sum += (isStart ? 2 : 1) + 1 / (at + 1)
  }
  return sum
}

/** The goals that are meant, best first; all of them in their order while nothing is typed. */
export function find<T extends Goal>(goals: readonly T[], typed: string): T[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return goals.slice(0, MOST)
  return goals
    .map((goal) => ({ goal, fits: score(goal, words) }))
    .filter(({ fits }) => fits > 0)
    .sort((a, b) => b.fits - a.fits)
    .slice(0, MOST)
    .map(({ goal }) => goal)
}
