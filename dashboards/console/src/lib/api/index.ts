// The questions that pages ask, by name. The types come from the OpenAPI document.
import { ask, client, type Schemas } from './client';
import type { paths } from './schema';

export { Trouble } from './client';
export type { Schemas } from './client';

type Query<P extends keyof paths> = paths[P] extends { get: { parameters: { query?: infer Q } } } ? NonNullable<Q> : never;
export type DeviceQuery = Query<'/api/v1/devices'>;
export type AssetQuery = Query<'/api/v1/assets'>;
export type DiscrepancyQuery = Query<'/api/v1/discrepancies'>;
export type FindingQuery = Query<'/api/v1/findings'>;
export type Window = Query<'/api/v1/sites/{id}/availability'>;
export type Samples = Query<'/api/v1/interfaces/{id}/traffic'>;

/** The most that one page of a list may hold; small lists are asked for whole. */
const LIMIT_MAX = 1000;
const whole = { query: { limit: LIMIT_MAX } };
/** A list that may also be asked for as CSV; here it comes as JSON. */
const page = <Name extends 'DevicePage' | 'AssetPage' | 'MaintenancePage' | 'DiscrepancyPage'>(answer: Parameters<typeof ask<Schemas[Name] | string>>[0]) =>
  ask(answer) as Promise<Schemas[Name]>;
const at = (id: string) => ({ path: { id } });

export const api = {
  session: (signal?: AbortSignal) => ask(client.GET('/api/v1/session', { signal })),
  signIn: (body: Schemas['SignIn']) => ask(client.POST('/api/v1/session', { body })),
  signOut: () => ask(client.DELETE('/api/v1/session')),
  setPassword: (body: Schemas['PasswordChange']) => ask(client.PUT('/api/v1/session/password', { body })),

  overview: (signal?: AbortSignal) => ask(client.GET('/api/v1/overview', { signal })),
  organisation: (signal?: AbortSignal) => ask(client.GET('/api/v1/organisation', { signal })),
  units: (signal?: AbortSignal) => ask(client.GET('/api/v1/units', { params: whole, signal })),
  sites: (signal?: AbortSignal) => ask(client.GET('/api/v1/sites', { params: whole, signal })),
  site: (id: string, signal?: AbortSignal) => ask(client.GET('/api/v1/sites/{id}', { params: at(id), signal })),
  availability: (id: string, query: Window, signal?: AbortSignal) =>
    ask(client.GET('/api/v1/sites/{id}/availability', { params: { ...at(id), query }, signal })),
  siteTimeline: (id: string, query: Window, signal?: AbortSignal) =>
    ask(client.GET('/api/v1/sites/{id}/timeline', { params: { ...at(id), query }, signal })),
  facility: (id: string, date: string | undefined, signal?: AbortSignal) =>
    ask(client.GET('/api/v1/sites/{id}/facility', { params: { ...at(id), query: date ? { date } : {} }, signal })),
  facilityMeasures: (id: string, signal?: AbortSignal) =>
    ask(client.GET('/api/v1/sites/{id}/facility/measures', { params: at(id), signal })),
  whatIf: (id: string, out: string, signal?: AbortSignal) =>
    ask(client.GET('/api/v1/sites/{id}/what-if', { params: { ...at(id), query: { out } }, signal })),
  /** Work at a site that is requested, approved or running and not over, the nearest first. */
  plannedWork: async (site: string, from: string, signal?: AbortSignal) => {
    const found = await ask(client.GET('/api/v1/maintenance', { params: { query: { site, from, state: 'open', limit: 100 } }, signal }));
    return ((found as Schemas['MaintenancePage']).items ?? []).toSorted((a, b) => a.spec.from.localeCompare(b.spec.from));
  },
  racks: (site?: string, signal?: AbortSignal) =>
    ask(client.GET('/api/v1/racks', { params: { query: { limit: LIMIT_MAX, ...(site ? { site } : {}) } }, signal })),
  overviewOfMonths: (query: Query<'/api/v1/reports/availability'>, signal?: AbortSignal) =>
    ask(client.GET('/api/v1/reports/availability', { params: { query }, signal })),
  months: (id: string, query: Query<'/api/v1/sites/{id}/months'>, signal?: AbortSignal) =>
    ask(client.GET('/api/v1/sites/{id}/months', { params: { ...at(id), query }, signal })),
  month: (id: string, month: string, query: Query<'/api/v1/sites/{id}/months/{month}'>, signal?: AbortSignal) =>
    ask(client.GET('/api/v1/sites/{id}/months/{month}', { params: { path: { id, month }, query }, signal })),
  closeMonth: (id: string, month: string, body: Schemas['MonthClose']) =>
    ask(client.POST('/api/v1/sites/{id}/months/{month}/close', { params: { path: { id, month } }, body })),
  rack: (id: string, signal?: AbortSignal) => ask(client.GET('/api/v1/racks/{id}', { params: at(id), signal })),

  devices: (query: DeviceQuery, signal?: AbortSignal) => page<'DevicePage'>(client.GET('/api/v1/devices', { params: { query }, signal })),
  device: (id: string, signal?: AbortSignal) => ask(client.GET('/api/v1/devices/{id}', { params: at(id), signal })),
  deviceInterfaces: (id: string, signal?: AbortSignal) =>
    ask(client.GET('/api/v1/devices/{id}/interfaces', { params: { ...at(id), ...whole }, signal })),
  deviceSensors: (id: string, signal?: AbortSignal) =>
    ask(client.GET('/api/v1/devices/{id}/sensors', { params: { ...at(id), ...whole }, signal })),
  deviceTimeline: (id: string, query: Window, signal?: AbortSignal) =>
    ask(client.GET('/api/v1/devices/{id}/timeline', { params: { ...at(id), query }, signal })),
  addDevice: (body: Schemas['DeviceCreate']) => ask(client.POST('/api/v1/devices', { body })),
  editDevice: (id: string, body: Schemas['DeviceEdit']) => ask(client.PUT('/api/v1/devices/{id}', { params: at(id), body })),
  removeDevice: (id: string, version: number) =>
    ask(client.DELETE('/api/v1/devices/{id}', { params: { ...at(id), query: { version } } })),
  testDevice: (body: Schemas['DeviceTest']) => ask(client.POST('/api/v1/devices/test', { body })),

  interface: (id: string, signal?: AbortSignal) => ask(client.GET('/api/v1/interfaces/{id}', { params: at(id), signal })),
  traffic: (id: string, query: Samples, signal?: AbortSignal) =>
    ask(client.GET('/api/v1/interfaces/{id}/traffic', { params: { ...at(id), query }, signal })),
  sensorSamples: (id: string, query: Samples, signal?: AbortSignal) =>
    ask(client.GET('/api/v1/sensors/{id}/samples', { params: { ...at(id), query }, signal })),

  circuits: (site?: string, signal?: AbortSignal) =>
    ask(client.GET('/api/v1/circuits', { params: { query: { limit: LIMIT_MAX, ...(site ? { site } : {}) } }, signal })),
  circuit: (id: string, signal?: AbortSignal) => ask(client.GET('/api/v1/circuits/{id}', { params: at(id), signal })),
  probes: (id: string, query: Samples, signal?: AbortSignal) =>
    ask(client.GET('/api/v1/circuits/{id}/probes', { params: { ...at(id), query }, signal })),

  assets: (query: AssetQuery, signal?: AbortSignal) => page<'AssetPage'>(client.GET('/api/v1/assets', { params: { query }, signal })),
  asset: (tag: string, signal?: AbortSignal) => ask(client.GET('/api/v1/assets/{tag}', { params: { path: { tag } }, signal })),
  addAsset: (record: unknown) => ask(client.POST('/api/v1/assets', { body: { record } as Schemas['AssetCreate'] })),
  editAsset: (tag: string, version: number, record: unknown) =>
    ask(client.PUT('/api/v1/assets/{tag}', { params: { path: { tag } }, body: { version, record } as Schemas['AssetEdit'] })),
  assetHistory: (tag: string, signal?: AbortSignal) => ask(client.GET('/api/v1/assets/{tag}/history', { params: { path: { tag } }, signal })),
  assetAge: (tag: string, signal?: AbortSignal) => ask(client.GET('/api/v1/assets/{tag}/age', { params: { path: { tag } }, signal })),
  assetStep: (tag: string, version: number, step: unknown) =>
    ask(client.POST('/api/v1/assets/{tag}/transitions', { params: { path: { tag } }, body: { version, step } as Schemas['AssetTransitionAsk'] })),
  assetDecide: (tag: string, body: Schemas['AssetTransitionDecision']) =>
    ask(client.POST('/api/v1/assets/{tag}/decision', { params: { path: { tag } }, body })),
  previewImport: (file: Blob, query: Record<string, string>) =>
    ask<Schemas['ImportPreview']>(
      client.POST('/api/v1/imports', {
        params: { query },
        body: file as unknown as string,
        bodySerializer: (body) => body as unknown as Blob,
        headers: { 'content-type': 'application/octet-stream' }
      })
    ),
  commitImport: (id: string) => ask(client.POST('/api/v1/imports/{id}', { params: at(id) })),
  assetSources: (tag: string, signal?: AbortSignal) => ask(client.GET('/api/v1/assets/{tag}/sources', { params: { path: { tag } }, signal })),
  waivers: (query: Query<'/api/v1/waivers'>, signal?: AbortSignal) => ask(client.GET('/api/v1/waivers', { params: { query }, signal })),
  askWaiver: (tag: string, body: Schemas['WaiverAsk']) => ask(client.POST('/api/v1/assets/{tag}/waivers', { params: { path: { tag } }, body })),
  decideWaiver: (tag: string, body: Schemas['WaiverDecision']) => ask(client.POST('/api/v1/assets/{tag}/waivers/decision', { params: { path: { tag } }, body })),
  endWaiver: (tag: string, body: Schemas['WaiverEnd']) => ask(client.POST('/api/v1/assets/{tag}/waivers/end', { params: { path: { tag } }, body })),
  attachments: (tag: string, signal?: AbortSignal) => ask(client.GET('/api/v1/assets/{tag}/attachments', { params: { path: { tag } }, signal })),
  attach: (tag: string, file: Blob, query: { name: string; note?: string }) =>
    ask(
      client.POST('/api/v1/assets/{tag}/attachments', {
        params: { path: { tag }, query },
        body: file as unknown as string,
        bodySerializer: (body) => body as unknown as Blob,
        headers: { 'content-type': 'application/octet-stream' }
      })
    ),
  detach: (tag: string, id: number) => ask(client.DELETE('/api/v1/assets/{tag}/attachments/{id}', { params: { path: { tag, id: String(id) } } })),
  previewBulkEdit: (body: Schemas['BulkEdit']) => ask(client.POST('/api/v1/bulk-edits', { body })),
  labelSheets: (signal?: AbortSignal) => ask(client.GET('/api/v1/label-sheets', { signal })),
  ageReport: (query: Query<'/api/v1/reports/age'>, signal?: AbortSignal) =>
    ask(client.GET('/api/v1/reports/age', { params: { query }, signal })),

  discrepancies: (query: DiscrepancyQuery, signal?: AbortSignal) => page<'DiscrepancyPage'>(client.GET('/api/v1/discrepancies', { params: { query }, signal })),
  discrepancy: (id: string, signal?: AbortSignal) => ask(client.GET('/api/v1/discrepancies/{id}', { params: at(id), signal })),
  acceptDiscrepancy: (id: string, body: Schemas['DiscrepancyAccept']) => ask(client.POST('/api/v1/discrepancies/{id}/accept', { params: at(id), body })),
  dismissDiscrepancy: (id: string, body: Schemas['DiscrepancyDismiss']) => ask(client.POST('/api/v1/discrepancies/{id}/dismiss', { params: at(id), body })),
  assetOfDiscrepancy: (id: string, body: Schemas['DiscrepancyCreateAsset']) =>
    ask(client.POST('/api/v1/discrepancies/{id}/create-asset', { params: at(id), body })),
  transitDiscrepancy: (id: string, body: Schemas['DiscrepancyTransition']) =>
    ask(client.POST('/api/v1/discrepancies/{id}/transition', { params: at(id), body })),

  stocktakes: (signal?: AbortSignal) => ask(client.GET('/api/v1/stocktakes', { params: whole, signal })),
  stocktake: (id: string, signal?: AbortSignal) => ask(client.GET('/api/v1/stocktakes/{id}', { params: at(id), signal })),
  openStocktake: (body: Schemas['StockTakeCreate']) => ask(client.POST('/api/v1/stocktakes', { body })),
  uploadScans: (id: string, body: Schemas['StockTakeUpload']) => ask(client.POST('/api/v1/stocktakes/{id}/scans', { params: at(id), body })),
  closeStocktake: (id: string, body: Schemas['StockTakeClose']) => ask(client.POST('/api/v1/stocktakes/{id}/close', { params: at(id), body })),
  acceptMoves: (id: string, body: Schemas['StockTakeMoves']) => ask(client.POST('/api/v1/stocktakes/{id}/moves', { params: at(id), body })),

  alerts: (query: Query<'/api/v1/alerts'>, signal?: AbortSignal) => ask(client.GET('/api/v1/alerts', { params: { query }, signal })),
  acknowledge: (id: string, body: Schemas['Acknowledge']) =>
    ask(client.POST('/api/v1/alerts/{id}/acknowledge', { params: at(id), body })),
  events: (query: Query<'/api/v1/events'>, signal?: AbortSignal) => ask(client.GET('/api/v1/events', { params: { query }, signal })),
  findings: (query: FindingQuery, signal?: AbortSignal) =>
    ask(client.GET('/api/v1/findings', { params: { query }, signal })) as Promise<Schemas['FindingPage']>,
  waiveFinding: (id: string, body: Schemas['FindingWaive']) =>
    ask(client.POST('/api/v1/findings/{id}/waive', { params: at(id), body })),
  systems: (level: number | undefined, signal?: AbortSignal) =>
    ask(client.GET('/api/v1/systems', { params: { query: { ...whole.query, ...(level === undefined ? {} : { level }) } }, signal })),
  securityLevels: (signal?: AbortSignal) => ask(client.GET('/api/v1/security-levels', { params: whole, signal })),
  ipv6: (signal?: AbortSignal) => ask(client.GET('/api/v1/reports/ipv6', { signal })) as Promise<Schemas['Ipv6Report']>,
  sources: (signal?: AbortSignal) => ask(client.GET('/api/v1/sources', { params: whole, signal })),
  syncSource: (id: string, body: Schemas['SourceSync']) =>
    ask(client.POST('/api/v1/sources/{id}/sync', { params: at(id), body })),

  collectors: (signal?: AbortSignal) => ask(client.GET('/api/v1/collectors', { params: whole, signal })),

  maintenances: (query: Query<'/api/v1/maintenance'>, signal?: AbortSignal) =>
    page<'MaintenancePage'>(client.GET('/api/v1/maintenance', { params: { query }, signal })),
  maintenance: (id: string, signal?: AbortSignal) => ask(client.GET('/api/v1/maintenance/{id}', { params: at(id), signal })),
  addMaintenance: (body: Schemas['MaintenanceCreate']) => ask(client.POST('/api/v1/maintenance', { body })),
  editMaintenance: (id: string, body: Schemas['MaintenanceEdit']) => ask(client.PUT('/api/v1/maintenance/{id}', { params: at(id), body })),
  tryMaintenance: (body: Schemas['MaintenanceSpec'], signal?: AbortSignal) => ask(client.POST('/api/v1/maintenance/what-if', { body, signal })),
  lookAhead: (id: string) => ask(client.POST('/api/v1/maintenance/{id}/what-if', { params: at(id) })),
  approveMaintenance: (id: string, body: Schemas['MaintenanceApproval']) =>
    ask(client.POST('/api/v1/maintenance/{id}/approve', { params: at(id), body })),
  stepMaintenance: (id: string, step: 'refuse' | 'begin' | 'close' | 'cancel', body: Schemas['MaintenanceNote']) =>
    ask(client.POST(`/api/v1/maintenance/{id}/${step}`, { params: at(id), body })),

  users: (signal?: AbortSignal) => ask(client.GET('/api/v1/users', { params: whole, signal })),
  addUser: (body: Schemas['UserCreate']) => ask(client.POST('/api/v1/users', { body })),
  editUser: (id: string, body: Schemas['UserEdit']) => ask(client.PUT('/api/v1/users/{id}', { params: at(id), body })),
  userLink: (id: string) => ask(client.POST('/api/v1/users/{id}/link', { params: at(id) })),
  tokens: (signal?: AbortSignal) => ask(client.GET('/api/v1/tokens', { params: whole, signal })),
  addToken: (body: Schemas['TokenCreate']) => ask(client.POST('/api/v1/tokens', { body })),
  revokeToken: (id: string) => ask(client.DELETE('/api/v1/tokens/{id}', { params: at(id) })),
  credentials: (signal?: AbortSignal) => ask(client.GET('/api/v1/credentials', { params: whole, signal })),
  writeCredential: (id: string, body: Schemas['CredentialWrite']) =>
    ask(client.PUT('/api/v1/credentials/{id}', { params: at(id), body })),
  removeCredential: (id: string, version: number) =>
    ask(client.DELETE('/api/v1/credentials/{id}', { params: { ...at(id), query: { version } } })),
  audit: (query: Query<'/api/v1/audit'>, signal?: AbortSignal) => ask(client.GET('/api/v1/audit', { params: { query }, signal })),
  verifyAudit: (signal?: AbortSignal) => ask(client.GET('/api/v1/audit/verify', { signal }))
};
