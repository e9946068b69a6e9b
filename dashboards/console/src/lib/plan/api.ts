// The questions of plans, contracts, units and the yearly return.
import { ask, client, type Schemas } from '$lib/api/client';
import type { paths } from '$lib/api/schema';

type Query<P extends keyof paths> = paths[P] extends { get: { parameters: { query?: infer Q } } } ? NonNullable<Q> : never;
const at = (id: string) => ({ path: { id } });

export const planApi = {
  preview: (query: Query<'/api/v1/reports/plan'>, signal?: AbortSignal) => ask(client.GET('/api/v1/reports/plan', { params: { query }, signal })),
  why: (query: paths['/api/v1/reports/plan/why']['get']['parameters']['query'], signal?: AbortSignal) =>
    ask(client.GET('/api/v1/reports/plan/why', { params: { query }, signal })),
  plans: (signal?: AbortSignal) => ask(client.GET('/api/v1/plans', { params: { query: { limit: 1000 } }, signal })),
  plan: (id: string, signal?: AbortSignal) =>
    ask(client.GET('/api/v1/plans/{id}', { params: at(id), signal }) as Parameters<typeof ask<Schemas['ReplacementPlan']>>[0]),
  add: (body: Schemas['PlanCreate']) => ask(client.POST('/api/v1/plans', { body })),
  freeze: (id: string, body: Schemas['PlanStep']) => ask(client.POST('/api/v1/plans/{id}/freeze', { params: at(id), body })),
  approve: (id: string, body: Schemas['PlanStep']) => ask(client.POST('/api/v1/plans/{id}/approve', { params: at(id), body })),
  track: (id: string, body: Schemas['PlanTrack']) => ask(client.POST('/api/v1/plans/{id}/track', { params: at(id), body })),
  remove: (id: string, version: number) => ask(client.DELETE('/api/v1/plans/{id}', { params: { ...at(id), query: { version } } })),
  contracts: (signal?: AbortSignal) =>
    ask(client.GET('/api/v1/contracts', { params: { query: { limit: 1000 } }, signal }) as Parameters<typeof ask<Schemas['EquipmentContractPage']>>[0]),
  contractReport: (query: Query<'/api/v1/reports/contracts'>, signal?: AbortSignal) => 
    ask(client.GET('/api/v1/reports/contracts', { params: { query }, signal }) as Parameters<typeof ask<Schemas['ContractReport']>>[0]),
  forecast: (query: Query<'/api/v1/reports/forecast'>, signal?: AbortSignal) =>
    ask(client.GET('/api/v1/reports/forecast', { params: { query }, signal }) as Parameters<typeof ask<Schemas['Forecast']>>[0]),
  putContract: (id: string, body: Schemas['EquipmentContractEdit']) => ask(client.PUT('/api/v1/contracts/{id}', { params: at(id), body })),
  removeContract: (id: string, version: number) => ask(client.DELETE('/api/v1/contracts/{id}', { params: { ...at(id), query: { version } } })),
  units: (signal?: AbortSignal) =>
    ask(client.GET('/api/v1/reports/units', { signal }) as Parameters<typeof ask<Schemas['UnitReport']>>[0]),
  yearly: (query: Query<'/api/v1/reports/yearly'>, signal?: AbortSignal) =>
    ask(client.GET('/api/v1/reports/yearly', { params: { query }, signal }) as Parameters<typeof ask<Schemas['YearlyReturn']>>[0]),
  yearlyEvidence: (query: paths['/api/v1/reports/yearly/evidence']['get']['parameters']['query'], signal?: AbortSignal) =>
    ask(client.GET('/api/v1/reports/yearly/evidence', { params: { query }, signal }) as Parameters<typeof ask<Schemas['YearlyItemPage']>>[0])
};
