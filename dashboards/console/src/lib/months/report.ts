// The canonical report as the pages read it: the parts they show of `tierwatch-availability-report/1`.

/** Part 5, as it is recorded. */
export interface Topology {
  shapes: {
    from: string;
    to: string;
    version: string;
    highest_tier_consistent: number;
    target_level: string | null;
    systems: { system: string; highest_tier_consistent: number }[];
    cases: { rule: string; element: string | null; loads: string[]; over_rating: string[] }[];
    fuel_not_attested: string[];
  }[];
  margin: { survives_ms: number; next_drops_ms: number; dark_ms: number; not_proven_ms: number; weakened_ms: number };
}

/** What had been recorded when an outage began. */
export interface Cause {
  outage: string;
  kind: string;
  id: string;
  what: { en: string | null; vi: string | null };
}

/** Part 7, as it is recorded. */
export interface Environment {
  air: { device: string; sensor: string; with_humidity: boolean; recommended_ms: number; allowable_ms: number; outside_ms: number; unknown_ms: number }[];
  energy: { equipment_wh: number; equipment_known_ppm: number; site_wh: number | null; site_known_ppm: number; pue: string | null } | null;
  tests: { id: string; what: string; components: string[]; began_at: string | null; ended_at: string | null; outcome: string | null }[];
  mains: { device: string; from: string; from_plus_minus_ms: number; last_seen: string; back_by: string | null }[];
  disturbances: { device: string; counted: number | null; seen: number }[];
}

/** Part 7 as it follows from the evidence: the mains at a UPS, with bounds. */
export interface Mains {
  ups: string;
  on_battery_ms: [number, number, number];
  unknown_ms: number;
  losses: number;
  missed: number;
}

export interface Report {
  evidence: {
    as_of: string;
    corrections: { id: string; subject: string; from: string; to: string; state: string; reason: string; author: string; recorded_at: string }[];
    witnesses: Record<string, unknown>;
  };
  findings: {
    method: { resolution_ms: number | null; hidden_breach_probability: string | null };
    result: {
      period_ms: number;
      downtime_ms: [number, number, number];
      unknown_ms: number;
      planned_ms: number;
      unplanned_ms: number;
      declared_late_ms: number;
      availability_percent: [string | null, string | null, string | null];
      coverage_percent: string | null;
      segments: { from: string; to: string; downtime_ppm: number; budget_seconds: string; downtime_seconds: [string, string, string]; unknown_seconds: string; verdict: 'MET' | 'MISSED' | 'INDETERMINATE' }[];
      outages: number;
      mttr_seconds: string | null;
      mtbf_seconds: string | null;
    };
    incidents: { from: string; from_plus_minus_ms: number; to: string | null; to_plus_minus_ms: number; in_month_ms: number; planned_ms: number; witnesses_down: string[] }[];
    maintenance: { id: string; what: string; from: string; to: string; approved_at: string | null; approved_by: string | null; planned: boolean; load_down_ms: number; breach: boolean }[];
    mains?: Mains[];
    protection: { lost_ms: number; unproven_ms: number; maintainability_breaches: number };
    data_quality: { witnesses: { id: string; known_ms: number; down_ms: number; unknown_ms: number }[]; gaps: number; longest_gap_ms: number; proof_debt_percent: string | null };
  };
  attached: {
    topology: Topology | null;
    causes?: Cause[];
    environment: Environment | null;
    lifecycle: { asset: string; name: string; why: string }[] | null;
    collectors: { id: string; last_reading_at: string | null; drained: boolean; declared_lost: boolean }[];
    override_reason: string | null;
  };
  difference: { field: string; before: unknown; after: unknown }[];
}
