const STORAGE_KEY = 'pprofql.token';

/** The access token, kept by the browser for this tab and this session only. */
export const sessionToken = {
  read: (): string | null => sessionStorage.getItem(STORAGE_KEY),
  write: (token: string): void => sessionStorage.setItem(STORAGE_KEY, token),
  forget: (): void => sessionStorage.removeItem(STORAGE_KEY),
};
