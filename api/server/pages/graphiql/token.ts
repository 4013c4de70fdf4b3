/**
 * Adds the token to requests of GraphiQL's page: that of the tab which opened it, else one that a
 * form asks for. It stays in the session of the tab, as the dashboard's.
 */
export const CARRY_TOKEN = `(() => {
  const KEY = 'pprofql.token';
  const send = window.fetch;
  try {
    // Only a page of this server can be read.
    const token = window.opener?.sessionStorage.getItem(KEY);
    if (token) sessionStorage.setItem(KEY, token);
  } catch {}

  function showForm(isRefused) {
    const dialog = document.createElement('dialog');
    dialog.className = 'pprofql-token';
    dialog.setAttribute('aria-label', 'Access');
    dialog.innerHTML =
      '<form>' +
      '<label for="pprofql-token">This process asks for its access token</label>' +
      '<input id="pprofql-token" type="password" autocomplete="off" spellcheck="false" autofocus>' +
      '<p role="alert" hidden>That token was refused.</p>' +
      '<p>It is the value of <code>PPROFQL_TOKEN</code> there, and stays in this browser tab only.</p>' +
      '<button>Open</button>' +
      '</form>';
    dialog.querySelector('[role=alert]').hidden = !isRefused;
    // Its keys are not GraphiQL's.
    dialog.addEventListener('keydown', (event) => event.stopPropagation());
    document.body.append(dialog);
    dialog.showModal();
    return new Promise((resolve) => {
      dialog.querySelector('form').addEventListener('submit', (event) => {
        event.preventDefault();
        const token = dialog.querySelector('input').value.trim();
        if (token === '') return;
        sessionStorage.setItem(KEY, token);
        resolve(true);
        dialog.close();
      });
      dialog.addEventListener('close', () => {
        dialog.remove();
        resolve(false);
      });
    });
  }

  // Requests that are refused at the same time share one form.
  let asked = null;
  const ask = (isRefused) => {
    asked ??= showForm(isRefused).finally(() => {
      asked = null;
    });
    return asked;
  };

  window.fetch = async function fetchWithToken(input, init) {
    const request = new Request(input, init);
    if (new URL(request.url).origin !== location.origin) return send(request);
    for (;;) {
      const token = sessionStorage.getItem(KEY);
      const copy = request.clone();
      if (token && !copy.headers.has('authorization')) {
        copy.headers.set('authorization', 'Bearer ' + token);
      }
      const answer = await send(copy);
      if (answer.status !== 401 || request.headers.has('authorization')) return answer;
      const isNewer = sessionStorage.getItem(KEY) !== token;
      if (!isNewer && !(await ask(token !== null))) return answer;
    }
  };
})();`;

/** In the colors of the system, light and dark, as GraphiQL's. */
export const TOKEN_STYLE = `
.pprofql-token {
  color-scheme: light dark;
  width: min(360px, calc(100vw - 32px));
  box-sizing: border-box;
  margin: auto;
  padding: 20px;
  border: 1px solid light-dark(#e2e2dc, #2b2e35);
  border-radius: 8px;
  background: light-dark(#ffffff, #1a1c20);
  color: light-dark(#1a1b1e, #eeeeec);
  font: 14px/1.5 ui-sans-serif, system-ui, sans-serif;
}
.pprofql-token::backdrop {
  background: rgb(0 0 0 / 40%);
}
.pprofql-token form {
  display: grid;
  gap: 12px;
}
.pprofql-token label {
  font-weight: 600;
}
.pprofql-token p {
  margin: 0;
}
.pprofql-token [role='alert'] {
  color: light-dark(#b3231b, #ff938a);
}
.pprofql-token input,
.pprofql-token button {
  padding: 8px 10px;
  border: 1px solid light-dark(#c9c9c2, #43474f);
  border-radius: 5px;
  font: inherit;
}
.pprofql-token input {
  background: transparent;
  color: inherit;
}
.pprofql-token button {
  border-color: transparent;
  background: light-dark(#4347c9, #a3aaff);
  color: light-dark(#ffffff, #14152e);
  cursor: pointer;
}
`;
