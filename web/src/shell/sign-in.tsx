import { useBoardcast, useConnection } from '@boardcast/client/react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, type ReactElement, useEffect, useState, useSyncExternalStore } from 'react'
import { signIn } from '../api/access.ts'
import { Problem } from '../api/request.ts'
import { askForToken, isTokenWanted, onTokenWanted, stopAsking } from '../api/wanted.ts'
import { Button } from '../ui/button.tsx'
import { Input } from '../ui/field.tsx'
import { Sheet } from '../ui/sheet.tsx'
import { Trouble } from '../ui/trouble.tsx'

/** Asks for a token when the server does. The page stays under it as it is, with everything that is typed. */
export const SignIn = (): ReactElement | null => {
  const isWanted = useSyncExternalStore(onTokenWanted, isTokenWanted)
  const { code } = useConnection()
  useEffect(() => {
    if (code === 'unauthorized' || code === 'access_revoked') askForToken()
  }, [code])
  return isWanted ? <Form /> : null
}

const Form = (): ReactElement => {
  const [token, setToken] = useState('')
  const boardcast = useBoardcast()
  const client = useQueryClient()
  const enter = useMutation({
    mutationFn: () => signIn(token.trim()),
    onSuccess: () => {
      // What was refused is asked again; the stream goes on where it was.
      void client.invalidateQueries()
      boardcast.reconnect()
    },
  })
  const isWrong = enter.error instanceof Problem && enter.error.status === 401
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (token.trim() !== '' && !enter.isPending) enter.mutate()
  }
  return (
    <Sheet label="Sign in" close={stopAsking} className="w-[min(24rem,calc(100vw-1.5rem))]!">
      <form onSubmit={submit} className="grid gap-3 p-5">
        <h2 className="text-lg font-semibold">Sign in</h2>
        <Input
          autoFocus
          label="Token"
          type="password"
          autoComplete="current-password"
          className="font-mono"
          value={token}
          error={isWrong ? 'This token is not known, was withdrawn or has expired.' : null}
          onChange={(event) => setToken(event.target.value)}
          hint="The one that the server was started with, or one that you were given."
        />
        {enter.error && !isWrong && <Trouble error={enter.error} />}
        <Button look="main" type="submit" className="justify-center" disabled={token.trim() === '' || enter.isPending}>
          Sign in
        </Button>
      </form>
    </Sheet>
  )
}
