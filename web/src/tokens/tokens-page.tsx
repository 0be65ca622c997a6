import { useMutation } from '@tanstack/react-query'
import { type ReactElement, useState } from 'react'
import { type listTokens, signOut } from '../api/access.ts'
import { useBoards } from '../boards/use-boards.ts'
import { Button } from '../ui/button.tsx'
import { Icon } from '../ui/icon.tsx'
import { PageHead } from '../ui/page-head.tsx'
import { Sure } from '../ui/sure.tsx'
import { Trouble } from '../ui/trouble.tsx'
import { ago, clock } from '../ui/words.ts'
import { MadeToken } from './made-token.tsx'
import { TokenForm } from './token-form.tsx'
import { useTokens, useWithdrawToken } from './use-tokens.ts'

type Token = Awaited<ReturnType<typeof listTokens>>[number]

/** Who else may come in, and how far. */
export const TokensPage = (): ReactElement => {
  const { data: tokens, error, refetch } = useTokens()
  const [isMaking, setMaking] = useState(false)
  const [made, setMade] = useState<string | null>(null)
  const leave = useMutation({ mutationFn: signOut })
  return (
    <>
      <PageHead title="Tokens">
        <Button look="quiet" disabled={leave.isPending} onClick={() => leave.mutate()}>
          Sign out
        </Button>
        <Button look="main" disabled={isMaking} onClick={() => setMaking(true)}>
          <Icon name="plus" />
          New token
        </Button>
      </PageHead>
      <div className="min-h-0 overflow-y-auto p-4">
        <div className="grid max-w-3xl grid-cols-1 gap-4">
          {isMaking && (
            <section aria-label="Make a token" className="rounded-lg border border-live bg-sheet p-4">
              <TokenForm
                made={(token) => {
                  setMade(token)
                  setMaking(false)
                }}
                done={() => setMaking(false)}
              />
            </section>
          )}
          {made && <MadeToken token={made} done={() => setMade(null)} />}
          {(error ?? leave.error) && <Trouble error={error ?? leave.error} retry={() => void refetch()} />}
          {tokens?.length === 0 && !isMaking && (
            <p className="max-w-prose text-soft">
              Nobody else has a token. One lets a person or a program in, to the boards and with the rights that you
              choose.
            </p>
          )}
          <ul className="rounded-lg border border-rule bg-sheet empty:hidden">
            {tokens?.map((token) => (
              <Row key={token.tokenId} token={token} />
            ))}
          </ul>
        </div>
      </div>
    </>
  )
}

const Row = ({ token }: { token: Token }): ReactElement => {
  const { data: boards = [] } = useBoards()
  const withdraw = useWithdrawToken()
  const { tokenId, label, rights, lastUsedAt, expiresAt } = token
  const places = token.boards.map((id) =>
    id === '*' ? 'all boards' : (boards.find((board) => board.id === id)?.name ?? 'a board that is gone'),
  )
  const now = Date.now()
  return (
    <li className="grid gap-1 border-rule px-4 py-2 not-first:border-t">
      <div className="flex items-center gap-3">
        <span className="min-w-0 truncate font-medium">{label}</span>
        <span className="min-w-0 truncate text-sm text-soft">
          {rights.join(', ')} on {places.join(', ')}
        </span>
        <span className="ml-auto shrink-0 text-sm text-faint">
          {lastUsedAt ? `used ${ago((now - Date.parse(lastUsedAt)) / 1000)}` : 'never used'}
          {expiresAt && `, until ${clock(Date.parse(expiresAt), now)}`}
        </span>
        <Sure label={`Withdraw ${label}`} sure="Withdraw" act={() => withdraw.mutate(tokenId)} />
      </div>
      {withdraw.error && <Trouble error={withdraw.error} />}
    </li>
  )
}
