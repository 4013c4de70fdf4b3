import { type FormEvent, useState } from 'react';
import { useObservatory } from '../live/observatory.ts';
import { useStore } from '../state/store.ts';

/** Asks for the token that this server was started with. */
export function TokenPrompt() {
  const { link } = useObservatory();
  const { isTokenRefused } = useStore(link.state);
  const [token, setToken] = useState('');
  function submit(event: FormEvent): void {
    event.preventDefault();
    if (token.trim() !== '') link.authorize(token.trim());
  }
  return (
    <main className="token-prompt">
      <form className="card" onSubmit={submit}>
        <h1>
          pprof<span className="accent">ql</span>
        </h1>
        <label htmlFor="token">This process asks for its access token</label>
        <input
          id="token"
          type="password"
          autoComplete="off"
          spellCheck={false}
          // biome-ignore lint/a11y/noAutofocus: the only thing to do on this page
          autoFocus
          value={token}
          onChange={(event) => setToken(event.target.value)}
          aria-describedby="token-hint"
          aria-invalid={isTokenRefused}
        />
        {isTokenRefused && (
          <p className="note note-warning" role="alert">
            That token was refused.
          </p>
        )}
        <p id="token-hint" className="hint">
          It is the value of <code>PPROFQL_TOKEN</code> there, and stays in this browser tab only.
        </p>
        <button type="submit" className="primary">
          Open
        </button>
      </form>
    </main>
  );
}
