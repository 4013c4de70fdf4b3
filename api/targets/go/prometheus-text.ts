/** Single figures out of the text form of Prometheus metrics (`/metrics`). */

/** What the Go and process collectors of most Go programs give. */
export interface PrometheusFigures {
  cpuSeconds: number | null;
  startedAtSeconds: number | null;
  residentBytes: number | null;
  maxProcs: number | null;
  goVersion: string | null;
}

const GO_VERSION = /^go_info\{[^}\n]*\bversion="([^"\n]+)"/m;

export function readPrometheusText(text: string): PrometheusFigures {
  const figure = (name: string) => {
    const match = new RegExp(`^${name} (\\S+)`, 'm').exec(text);
    const value = Number(match?.[1]);
    return match === null || !Number.isFinite(value) ? null : value;
  };
  return {
    cpuSeconds: figure('process_cpu_seconds_total'),
    startedAtSeconds: figure('process_start_time_seconds'),
    residentBytes: figure('process_resident_memory_bytes'),
    maxProcs: figure('go_sched_gomaxprocs_threads'),
    goVersion: GO_VERSION.exec(text)?.[1] ?? null,
  };
}
