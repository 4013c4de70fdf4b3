/** What a process is called among many, as OpenTelemetry has it: the service, and which of its instances. */
import type { Environment } from './environment/environment.ts';

export interface ServiceIdentity {
  /** `service.name`; absent where nobody has told. */
  serviceName?: string;
  /** `service.instance.id`; absent where nobody has told. */
  serviceInstanceId?: string;
}

/** Longer ones are no names, and would go with every sample. */
const MOST_CHARACTERS = 255;

/**
 * The option goes before `OTEL_SERVICE_NAME`, and that before `OTEL_RESOURCE_ATTRIBUTES`, such as
 * `service.name=checkout,service.instance.id=checkout-7d9f`.
 */
export function serviceIdentity(option: string | null, env: Environment): ServiceIdentity {
  const attributes = readAttributes(env.OTEL_RESOURCE_ATTRIBUTES ?? '');
  const serviceName = option ?? (env.OTEL_SERVICE_NAME || attributes.get('service.name'));
  const serviceInstanceId = attributes.get('service.instance.id');
  return {
    ...(serviceName && { serviceName: serviceName.slice(0, MOST_CHARACTERS) }),
    ...(serviceInstanceId && { serviceInstanceId: serviceInstanceId.slice(0, MOST_CHARACTERS) }),
  };
}

/** Values are percent-encoded. One that is not told well is left out. */
function readAttributes(text: string): Map<string, string> {
  const attributes = new Map<string, string>();
  for (const pair of text.split(',')) {
    const [key = '', ...value] = pair.split('=');
    try {
      attributes.set(key.trim(), decodeURIComponent(value.join('=').trim()));
    } catch {}
  }
  return attributes;
}
