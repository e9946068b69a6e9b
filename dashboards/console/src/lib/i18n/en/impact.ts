// What an asset's failure does to the loads behind it, in a plan.
export const impact = {
  heading: 'Redundancy impact',
  source: { graph: 'by the power chain', hand: 'entered by hand', none: 'not known' } as Record<string, string>,
  byHand: 'entered by hand in the policy of plans',
  byHandInstead: (graph: string) => `entered by hand in the policy of plans, instead of the chain's ${graph}`,
  onlyPath: (loads: string) => `the only path for ${loads}`,
  withoutRedundancy: (loads: string) => `during its replacement without redundancy: ${loads}`,
  nothing: 'no critical load hangs on it alone',
  unknown: 'in no declared chain and without a number by hand: a failure counts in full',
  more: (n: string) => `${n} more`,
  notKept: 'not kept in this plan',
};
