/** Notices that what was expected does not come: a connection whose other end has vanished stays open for minutes. */
export interface Watchdog {
  /** Begins to wait, anew where it waits already. */
  expect(): void;
  rest(): void;
}

export function createWatchdog(patienceMs: number, onSilence: () => void): Watchdog {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const rest = () => clearTimeout(timer);
  return {
    expect() {
      rest();
      timer = setTimeout(onSilence, patienceMs);
    },
    rest,
  };
}
