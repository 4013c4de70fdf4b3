import { expect, it } from 'vitest';
import { serviceIdentity } from './service.ts';

const ATTRIBUTES = 'service.name=from%20attributes, service.instance.id = pod-7=b,bad=%E0%A4%A';

it.each([
  ['nothing', null, {}, {}],
  ['attributes', null, { OTEL_RESOURCE_ATTRIBUTES: ATTRIBUTES }, ['from attributes', 'pod-7=b']],
  [
    'the name before attributes',
    null,
    { OTEL_SERVICE_NAME: 'named', OTEL_RESOURCE_ATTRIBUTES: ATTRIBUTES },
    ['named', 'pod-7=b'],
  ],
  ['the option before both', 'shop', { OTEL_SERVICE_NAME: 'named' }, ['shop', undefined]],
  ['no empty name', null, { OTEL_SERVICE_NAME: '' }, {}],
])('a service is called by %s', (_what, option, env, expected) => {
  const [serviceName, serviceInstanceId] = Array.isArray(expected) ? expected : [];
  const identity = serviceIdentity(option, env);
  expect([identity.serviceName, identity.serviceInstanceId]).toEqual([
    serviceName,
    serviceInstanceId,
  ]);
});
