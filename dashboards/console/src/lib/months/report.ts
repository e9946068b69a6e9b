// The canonical report as the pages read it: the parts they show of `tierwatch-availability-report/1`.

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
    protection: { lost_ms: number; unproven_ms: number; maintainability_breaches: number };
    data_quality: { witnesses: { id: string; known_ms: number; down_ms: number; unknown_ms: number }[]; gaps: number; longest_gap_ms: number; proof_debt_percent: string | null };
  };
  attached: {
    topology: unknown;
    environment: unknown;
    lifecycle: { asset: string; name: string; why: string }[] | null;
    collectors: { id: string; last_reading_at: string | null; drained: boolean; declared_lost: boolean }[];
    override_reason: string | null;
  };
  difference: { field: string; before: unknown; after: unknown }[];
}
